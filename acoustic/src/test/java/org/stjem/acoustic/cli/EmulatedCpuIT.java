package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelWeights;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/**
 * A CPU with AVX2 and neither AVX-512 nor VNNI, emulated by QEMU (Debian's qemu-user), gives the
 * bits of this machine's CPU, in float32 and in eight bits.
 */
class EmulatedCpuIT {
  private static final Path QEMU = Path.of("/usr/bin/qemu-x86_64");
  private static final int DIM = 10;

  @TempDir private Path folder;

  @Test
  void forward_onAvx2_givesTheBitsOfThisCpu() throws Exception {
    assumeTrue(Files.isExecutable(QEMU), QEMU + " is missing; install qemu-user");
    ModelDescription description = description();
    Path model = folder.resolve("float32");
    ModelFolder.save(model, description, ModelWeights.fresh(description));
    Path eight = folder.resolve("int8");
    CommandResult quantized = CommandResult.of("quantize", model.toString(), eight.toString());
    assertThat(quantized.status()).as(quantized.messages()).isZero();
    Random random = new Random(11);
    String features = "ark:" + folder.resolve("feats.ark");
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(features)) {
      for (int frames : new int[] {1, 7, 90}) {
        FloatMatrix utterance = new FloatMatrix(frames, DIM);
        for (int i = 0; i < utterance.data().length; i++) {
          utterance.data()[i] = (float) (2 * random.nextGaussian());
        }
        writer.write("utterance-" + frames, utterance);
      }
      writer.commit();
    }
    for (Path each : List.of(model, eight)) {
      String ours = "ark:" + folder.resolve("native.ark");
      String emulated = "ark:" + folder.resolve("emulated.ark");
      CommandResult here =
          CommandResult.of("forward", "--output=logits", each.toString(), features, ours);
      assertThat(here.status()).as(here.messages()).isZero();
      forwardOnHaswell(each, features, emulated);
      assertSame(ours, emulated);
    }
  }

  private static ModelDescription description() {
    float[] ones = new float[DIM];
    Arrays.fill(ones, 1);
    double[] counts = new double[521];
    Arrays.fill(counts, 1);
    return new ModelDescription(
        ModelFolder.formatVersion(),
        "baseline",
        "mlp",
        List.of(300, 67),
        "silu",
        DIM,
        4,
        4,
        counts.length,
        10,
        "none",
        Map.of(),
        new float[DIM],
        ones,
        counts,
        Map.of(),
        1,
        "unknown");
  }

  private void forwardOnHaswell(Path model, String features, String scores)
      throws IOException, InterruptedException {
    // Interpreted: the emulator is slow at running what a compiler has just written.
    List<String> line =
        JavaProcess.line(
            List.of("-Xint", "-XX:+UseSerialGC"),
            "acoustic",
            "forward",
            "--engine=onnx",
            "--num-threads=1",
            "--output=logits",
            model.toString(),
            features,
            scores);
    List<String> emulated = new ArrayList<>(List.of(QEMU.toString(), "-cpu", "Haswell"));
    emulated.addAll(line);
    Path messages = folder.resolve("messages");
    Process process =
        new ProcessBuilder(emulated)
            .redirectErrorStream(true)
            .redirectOutput(messages.toFile())
            .start();
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(messages)).isZero();
  }

  private static void assertSame(String some, String others) {
    try (SequentialTableReader<FloatMatrix> a = Tables.readFloatMatrices(some);
        SequentialTableReader<FloatMatrix> b = Tables.readFloatMatrices(others)) {
      int utterances = 0;
      while (a.next()) {
        assertThat(b.next()).isTrue();
        assertThat(Arrays.mismatch(b.value().data(), a.value().data())).as(a.key()).isEqualTo(-1);
        utterances++;
      }
      assertThat(utterances).isEqualTo(3);
    }
  }
}
