package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/**
 * A small corpus in which each phone raises a dimension of its own and each speaker another one,
 * and trainings on it.
 */
final class PhonesAndSpeakers {
  static final int PHONES = 4;
  static final int FRAMES = 40;
  static final List<String> SPEAKERS = List.of("zoe", "ada", "kim");

  final String feats;
  final String ali;
  final Path utt2spk;

  PhonesAndSpeakers(Path folder) throws IOException {
    feats = "ark:" + folder.resolve("feats.ark");
    ali = "ark:" + folder.resolve("ali.ark");
    utt2spk = folder.resolve("utt2spk");
    SeededRandom random = new SeededRandom(1, 0);
    List<String> speakers = new ArrayList<>();
    try (TableWriter<FloatMatrix> featsOut = Tables.writeFloatMatrices(feats);
        TableWriter<int[]> aliOut = Tables.writeIntVectors(ali)) {
      for (int u = 0; u < 9; u++) {
        FloatMatrix matrix = new FloatMatrix(FRAMES, PHONES + SPEAKERS.size());
        int[] phones = new int[FRAMES];
        for (int t = 0; t < FRAMES; t++) {
          phones[t] = (t / 5 + u) % PHONES;
          for (int d = 0; d < matrix.cols(); d++) {
            boolean raised = d == phones[t] || d == PHONES + u % SPEAKERS.size();
            matrix.set(t, d, (float) (random.nextGaussian() + (raised ? 3 : 0)));
          }
        }
        featsOut.write("u" + u, matrix);
        aliOut.write("u" + u, phones);
        // One utterance of nobody: an unlabelled one of the second head.
        if (u != 8) {
          speakers.add("u" + u + " " + SPEAKERS.get(u % SPEAKERS.size()));
        }
      }
      featsOut.commit();
      aliOut.commit();
    }
    Files.write(utt2spk, speakers);
  }

  /** Trains on it; two heads or more as the options say. */
  CommandResult train(Path target, String... options) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "train",
                "--num-pdfs=4",
                "--first-head=phones",
                "--hidden-layers=16",
                "--left-context=1",
                "--right-context=1",
                "--num-epochs=6",
                "--minibatch-size=10",
                "--learn-rate=0.01",
                "--buffer-size=20",
                "--sgld-steps=3",
                "--device=cpu",
                "--num-threads=1"));
    all.addAll(List.of(options));
    all.addAll(List.of(feats, ali, target.toString()));
    return CommandResult.of(all.toArray(new String[0]));
  }

  /** A model of both. */
  Path model(Path target) {
    CommandResult result = train(target, "--utterance-head=speakers=" + utt2spk);
    assertThat(result.status()).as(result.messages()).isZero();
    return target;
  }
}
