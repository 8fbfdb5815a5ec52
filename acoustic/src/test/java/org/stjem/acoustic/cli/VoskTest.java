package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.confidence.CtmTable;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.serving.AudioFrontend;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveReader;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.vosk.LibVosk;
import org.vosk.LogLevel;
import org.vosk.Model;
import org.vosk.Recognizer;

/**
 * Vosk, whose library has Kaldi's network code and decoder in it, hears in an exported model the
 * words that we do.
 *
 * <p>Two things that Vosk does are done here as well: it multiplies graph costs by 0.9 before it
 * takes the best path of the lattice, which at an acoustic scale of 0.1 is an LMWT of 9; and
 * features are computed as if the whole recording were there at once, which only {@code dither}
 * could tell apart. An alternative is asked for, since without any Vosk does not give the best path
 * but the words of least expected error.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class VoskTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final Path TRI1 = MINI.resolve("exp/tri1");
  private static final float SAMPLE_RATE = 16000;
  private static final int UTTERANCES = 12;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--hidden-layers=64,64",
        "--network=cnn --filters=6,8,8 --hidden-layers=64 --left-context=7 --right-context=4"
      })
  void words_equalOurs(String network) throws Exception {
    Path model = train(network);
    Path vosk = folder.resolve("vosk");
    CommandResult exported =
        CommandResult.of(
            "export",
            "--format=vosk",
            "--transition-model=" + TRI1.resolve("final.mdl"),
            "--graph=" + graph(),
            "--beam=15",
            "--lattice-beam=8",
            model.toString(),
            vosk.toString());
    assertThat(exported.status()).as(exported.messages()).isZero();
    Map<String, WaveData> waves = waves();
    Map<String, String> ours = decode(model, waves);
    assertThat(recognise(vosk, waves)).isEqualTo(ours);
    assertThat(ours.values().stream().distinct().count())
        .as("not the same words for all")
        .isGreaterThan(UTTERANCES / 2);
    assertSimilarConfidences(vosk, waves);
  }

  /**
   * Confidences are posteriors of a lattice in which graph costs count 0.9 times. Vosk's lattices
   * are determinized with phones, ours are not, so that each keeps other improbable paths.
   */
  private void assertSimilarConfidences(Path vosk, Map<String, WaveData> waves) throws IOException {
    Path ctm = folder.resolve("vosk.ctm");
    VoskCtm.write(vosk, waves, ctm);
    CommandResult decoded =
        CommandResult.of(
            "decode",
            "--beam=15",
            "--lattice-beam=8",
            "--acoustic-scale=0.1",
            "--lm-scale=0.9",
            "--inv-acoustic-scale=10",
            "--allow-partial",
            "--conf-ctm=" + folder.resolve("ours.ctm"),
            TRI1.resolve("final.mdl").toString(),
            TRI1.resolve("graph/HCLG.fst").toString(),
            TRI1.resolve("graph/words.txt").toString(),
            "ark:" + folder.resolve("loglikes.ark"),
            "ark:/dev/null");
    assertThat(decoded.status()).as(decoded.messages()).isZero();
    Map<String, List<CtmTable.Word>> theirs = CtmTable.read(ctm).utterances();
    Map<String, List<CtmTable.Word>> ours = CtmTable.read(folder.resolve("ours.ctm")).utterances();
    assertThat(theirs.keySet()).isEqualTo(ours.keySet());
    double difference = 0;
    int count = 0;
    int same = 0;
    for (String key : theirs.keySet()) {
      List<CtmTable.Word> words = theirs.get(key);
      List<CtmTable.Word> own = ours.get(key);
      if (words.stream()
          .map(CtmTable.Word::word)
          .toList()
          .equals(own.stream().map(CtmTable.Word::word).toList())) {
        same++;
        for (int i = 0; i < own.size(); i++) {
          difference += Math.abs(words.get(i).confidence() - own.get(i).confidence());
          count++;
        }
      }
    }
    assertThat(same).isGreaterThan(UTTERANCES / 2);
    assertThat(difference / count).isLessThan(0.05);
  }

  /** A small model on features that are not normalised, with a calibration and unusual priors. */
  private Path train(String network) throws Exception {
    Path config = folder.resolve("fbank.conf");
    Files.writeString(config, "--num-mel-bins=20\n--dither=0\n");
    Path model = folder.resolve("model");
    MiniTraining training = new MiniTraining(folder);
    List<String> options = new ArrayList<>(List.of(network.split(" ")));
    options.addAll(
        List.of(
            "--objective=baseline",
            "--num-epochs=2",
            "--feature-config=" + config,
            "--feature-normalisation=none"));
    Process process =
        training.train(JavaProcess.SHORT_LIVED, model, options.toArray(new String[0]));
    assertThat(process.waitFor()).as(training.log()).isZero();
    int pdfs = ModelFolder.describe(model).numPdfs();
    double[] factors = new double[pdfs];
    double[] offsets = new double[pdfs];
    for (int pdf = 0; pdf < pdfs; pdf++) {
      factors[pdf] = 0.8 + 0.3 * pdf / pdfs;
      offsets[pdf] = 0.01 * (pdf % 7);
    }
    PosteriorScaling.ofVectors(factors, offsets, Map.of()).write(ModelFolder.calibration(model));
    ModelFolder.setPriors(model, ModelFolder.priors(model).with(1e-3, 0.9));
    return model;
  }

  /** The graph folder with a phones folder, which the bundled one lacks. */
  private Path graph() throws IOException {
    Path graph = Files.createDirectories(folder.resolve("graph/phones")).getParent();
    for (String name : List.of("HCLG.fst", "words.txt", "num_pdfs")) {
      Files.copy(TRI1.resolve("graph").resolve(name), graph.resolve(name));
    }
    StringBuilder boundaries = new StringBuilder();
    Map<Integer, String> silence = new TreeMap<>();
    for (String line : Files.readAllLines(TRI1.resolve("graph/phones.txt"))) {
      String[] phone = line.split(" ");
      if (phone[0].equals("<eps>") || phone[0].startsWith("#")) {
        continue;
      }
      if (phone[0].startsWith("SIL") || phone[0].startsWith("SPN")) {
        silence.put(Integer.parseInt(phone[1]), phone[1]);
      }
      String place =
          switch (phone[0].replaceFirst(".*_", "_")) {
            case "_B" -> "begin";
            case "_E" -> "end";
            case "_I" -> "internal";
            case "_S" -> "singleton";
            default -> "nonword";
          };
      boundaries.append(phone[1]).append(' ').append(place).append('\n');
    }
    Files.writeString(graph.resolve("phones/word_boundary.int"), boundaries);
    Files.writeString(
        graph.resolve("phones/silence.csl"), String.join(":", silence.values()) + "\n");
    return graph;
  }

  private static Map<String, WaveData> waves() throws IOException {
    Map<String, WaveData> waves = new TreeMap<>();
    for (String line : Files.readAllLines(MINI.resolve("data/test/wav.scp"))) {
      if (waves.size() < UTTERANCES) {
        String[] words = line.split(" ");
        try (var in = Files.newInputStream(MINI.resolve(words[1]))) {
          waves.put(words[0], WaveReader.read(in, words[1]));
        }
      }
    }
    return waves;
  }

  private Map<String, String> decode(Path model, Map<String, WaveData> waves) throws IOException {
    ModelDescription description = ModelFolder.describe(model);
    AudioFrontend frontend = AudioFrontend.of(description, model);
    String features = "ark:" + folder.resolve("test.ark");
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(features)) {
      waves.forEach((key, wave) -> writer.write(key, frontend.features(key, wave.channel(0))));
      writer.commit();
    }
    String loglikes = "ark:" + folder.resolve("loglikes.ark");
    assertThat(CommandResult.of("forward", model.toString(), features, loglikes).status()).isZero();
    CommandResult decoded =
        CommandResult.of(
            "decode",
            "--beam=15",
            "--lattice-beam=8",
            "--acoustic-scale=0.1",
            "--allow-partial",
            "--sweep-dir=" + folder.resolve("sweep"),
            "--min-lmwt=9",
            "--max-lmwt=9",
            "--word-ins-penalties=0.0",
            TRI1.resolve("final.mdl").toString(),
            TRI1.resolve("graph/HCLG.fst").toString(),
            TRI1.resolve("graph/words.txt").toString(),
            loglikes,
            folder.resolve("hyp.txt").toString());
    assertThat(decoded.status()).as(decoded.messages()).isZero();
    return Files.readAllLines(folder.resolve("sweep/penalty_0.0/9.txt")).stream()
        .map(line -> line.strip().split(" ", 2))
        .collect(
            Collectors.toMap(
                words -> words[0],
                words -> words.length > 1 ? words[1] : "",
                (a, b) -> b,
                TreeMap::new));
  }

  private static Map<String, String> recognise(Path vosk, Map<String, WaveData> waves)
      throws IOException {
    LibVosk.setLogLevel(LogLevel.WARNINGS);
    Map<String, String> words = new TreeMap<>();
    try (Model model = new Model(vosk.toString())) {
      for (Map.Entry<String, WaveData> wave : waves.entrySet()) {
        // A recogniser keeps the context of its last utterance.
        try (Recognizer recognizer = new Recognizer(model, SAMPLE_RATE)) {
          recognizer.setMaxAlternatives(1);
          float[] samples = wave.getValue().channel(0);
          short[] pcm = new short[samples.length];
          for (int i = 0; i < pcm.length; i++) {
            pcm[i] = (short) samples[i];
          }
          // At once, for Vosk looks for the end of an utterance whenever it is given samples.
          recognizer.acceptWaveForm(pcm, pcm.length);
          JsonObject result = JsonParser.parseString(recognizer.getFinalResult()).getAsJsonObject();
          JsonObject best = result.getAsJsonArray("alternatives").get(0).getAsJsonObject();
          words.put(wave.getKey(), best.get("text").getAsString());
        }
      }
    }
    return words;
  }
}
