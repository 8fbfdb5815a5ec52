package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.audio.WaveHolder;
import org.stjem.frontend.kaldi.KaldiObjects;

/** {@code acoustic recognize -} on streams of several sentences, with a trained model. */
@Timeout(600)
class StreamIT {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final Path GRAPH = MINI.resolve("exp/tri1/graph");
  private static final int RATE = 16_000;

  @TempDir private static Path folder;

  @BeforeAll
  static void train() throws Exception {
    Path config =
        Files.writeString(folder.resolve("fbank.conf"), "--num-mel-bins=20\n--dither=0\n");
    MiniTraining training = new MiniTraining(folder);
    Process train =
        training.train(
            JavaProcess.SHORT_LIVED,
            folder.resolve("model"),
            "--objective=baseline",
            "--num-epochs=2",
            "--feature-config=" + config,
            "--feature-normalisation=none");
    assertThat(train.waitFor()).as(training.log()).isZero();
  }

  private static String file(String key) {
    return MINI.resolve("audio/" + key + ".flac").toString();
  }

  /** 16-bit samples of a recording. */
  private static byte[] raw(String key) {
    float[] samples = KaldiObjects.read(file(key), new WaveHolder()).channel(0);
    byte[] bytes = new byte[2 * samples.length];
    for (int i = 0; i < samples.length; i++) {
      int value = Math.round(samples[i]);
      bytes[2 * i] = (byte) value;
      bytes[2 * i + 1] = (byte) (value >> 8);
    }
    return bytes;
  }

  /** As quiet as the corpus where nobody speaks: its first tenth of a second, over and over. */
  private static byte[] pause(String key, double seconds) {
    byte[] speech = raw(key);
    byte[] quiet = new byte[2 * (int) (RATE * seconds)];
    Random random = new Random(3);
    for (int i = 0; i < quiet.length; i += 2) {
      int from = 2 * random.nextInt(RATE / 10);
      quiet[i] = speech[from];
      quiet[i + 1] = speech[from + 1];
    }
    return quiet;
  }

  private static Process recognize(List<String> jvm, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("recognize"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of(folder.resolve("model").toString(), GRAPH.toString(), "-"));
    return new ProcessBuilder(JavaProcess.line(jvm, "acoustic", arguments.toArray(new String[0])))
        .redirectError(folder.resolve("stream.log").toFile())
        .start();
  }

  private static String words(String key) {
    CommandResult result =
        CommandResult.of(
            "recognize", folder.resolve("model").toString(), GRAPH.toString(), file(key));
    assertThat(result.status()).as(result.messages()).isZero();
    return result.output().strip().split(" ", 2)[1];
  }

  @Test
  void sentences_withPausesBetween_haveALineEach() throws Exception {
    List<String> keys = List.of("t01-001", "t02-001", "t01-002");
    Process process = recognize(JavaProcess.SHORT_LIVED, "--format=json");
    try (OutputStream in = process.getOutputStream()) {
      for (String key : keys) {
        in.write(raw(key));
        in.write(pause(key, 1.5));
      }
    }
    List<String> utterances = new ArrayList<>();
    String settled = "";
    double last = 0;
    for (String line : process.inputReader().lines().toList()) {
      JsonObject heard = JsonParser.parseString(line).getAsJsonObject();
      String text = heard.get("text").getAsString();
      assertThat(text).startsWith(settled);
      settled = heard.get("final").getAsBoolean() ? "" : text;
      if (heard.get("final").getAsBoolean() && !text.isEmpty()) {
        utterances.add(text);
        double begin =
            heard.getAsJsonArray("words").get(0).getAsJsonObject().get("begin").getAsDouble();
        assertThat(begin).isGreaterThanOrEqualTo(last);
        last = heard.get("seconds").getAsDouble();
      }
    }
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("stream.log"))).isZero();
    assertThat(utterances).containsExactlyElementsOf(keys.stream().map(StreamIT::words).toList());
  }

  @Test
  void hours_needNoMoreMemoryThanMinutes() throws Exception {
    // The scores of all frames alone would be 152 pdfs x 4 bytes x 120 000 frames, 73 MB.
    Process process = recognize(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
    byte[] speech = raw("t01-001");
    byte[] pause = pause("t01-001", 1);
    Thread reader = new Thread(() -> process.inputReader().lines().forEach(line -> {}));
    reader.start();
    try (OutputStream in = process.getOutputStream()) {
      for (long sent = 0; sent < 2L * RATE * 1200; sent += speech.length + pause.length) {
        in.write(speech);
        in.write(pause);
      }
    }
    reader.join();
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("stream.log"))).isZero();
    assertThat(Files.readString(folder.resolve("stream.log"))).contains("real-time factor");
  }
}
