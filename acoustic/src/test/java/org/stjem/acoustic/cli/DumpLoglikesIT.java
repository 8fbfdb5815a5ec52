package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.TestDevice;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/** scripts/dump-loglikes on the bundled corpus, every job a process as a user starts it. */
@Timeout(300)
class DumpLoglikesIT {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path MINI = ROOT.resolve("scripts/mini");
  private static final int BINS = 20;

  @TempDir private Path folder;

  private void run(Path program, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of(program.toString()));
    line.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(line).directory(MINI.toFile()).redirectErrorStream(true).start();
    String messages = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(messages).isZero();
  }

  private static void saveModel(Path model) throws IOException {
    float[] stddev = new float[BINS];
    Arrays.fill(stddev, 1);
    double[] counts = new double[50];
    Arrays.fill(counts, 10);
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "baseline",
            "mlp",
            List.of(64),
            "silu",
            BINS,
            4,
            4,
            counts.length,
            10,
            "none",
            Map.of(),
            new float[BINS],
            stddev,
            counts,
            Map.of(),
            1,
            "unknown");
    try (EnergyNetwork network = TorchModels.newNetwork(description, TestDevice.get())) {
      ModelFolder.save(model, description, network.weights());
    }
  }

  @Test
  void dumpInJobs_isThatOfOneProcess() throws Exception {
    Path stjem = ROOT.resolve("scripts/stjem");
    Path data = Files.createDirectory(folder.resolve("data"));
    for (String file : List.of("utt2spk", "spk2utt", "text")) {
      Files.copy(MINI.resolve("data/test/" + file), data.resolve(file));
    }
    run(
        stjem,
        "frontend",
        "fbank",
        "--dither=0",
        "--num-mel-bins=" + BINS,
        "scp:data/test/wav.scp",
        "ark,scp:" + folder.resolve("feats.ark") + "," + data.resolve("feats.scp"));
    run(
        stjem,
        "frontend",
        "compute-cmvn-stats",
        "--spk2utt=ark:" + data.resolve("spk2utt"),
        "scp:" + data.resolve("feats.scp"),
        "ark,scp:" + folder.resolve("cmvn.ark") + "," + data.resolve("cmvn.scp"));
    Path model = folder.resolve("model");
    saveModel(model);
    run(
        stjem,
        "frontend",
        "apply-cmvn",
        "--utt2spk=ark:" + data.resolve("utt2spk"),
        "scp:" + data.resolve("cmvn.scp"),
        "scp:" + data.resolve("feats.scp"),
        "ark:" + folder.resolve("normalised.ark"));
    run(
        stjem,
        "acoustic",
        "forward",
        "--num-threads=1",
        model.toString(),
        "ark:" + folder.resolve("normalised.ark"),
        "ark:" + folder.resolve("whole.ark"));

    Path out = folder.resolve("dump");
    run(
        ROOT.resolve("scripts/dump-loglikes"),
        "--nj=3",
        "--cmd=" + ROOT.resolve("scripts/run-jobs") + " --mem 2G",
        "--apply-cmvn",
        model.toString(),
        data.toString(),
        out.toString());

    try (SequentialTableReader<FloatMatrix> whole =
            Tables.readFloatMatrices("ark:" + folder.resolve("whole.ark"));
        SequentialTableReader<FloatMatrix> parts =
            Tables.readFloatMatrices("scp:" + out.resolve("loglikes.scp"))) {
      while (whole.next()) {
        assertThat(parts.next()).isTrue();
        assertThat(parts.key()).isEqualTo(whole.key());
        assertThat(Arrays.equals(parts.value().data(), whole.value().data())).isTrue();
      }
      assertThat(parts.next()).isFalse();
    }
  }
}
