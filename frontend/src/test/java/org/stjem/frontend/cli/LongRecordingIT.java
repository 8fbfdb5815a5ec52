package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiInput;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/** An hour of audio as one file, to features, in processes with 16 MB of heap. */
class LongRecordingIT {
  private static final int RATE = 8000;
  private static final int SECONDS = 3600;
  private static final int FRAMES = 100 * SECONDS - 2;
  private static final int BINS = 80;

  @TempDir private Path folder;

  @Test
  void fbank_oneHour_fitsIntoSixteenMegabytes() throws Exception {
    Path hour = wave("hour.wav", SECONDS);
    Path minute = wave("minute.wav", 60);
    Files.writeString(folder.resolve("wav.scp"), "hour " + hour + "\nminute " + minute + "\n");
    Path archive = folder.resolve("feats.ark");

    run("--sample-frequency=8000", "--dither=0", "scp:wav.scp", "ark:" + archive);

    assertThat(folder.resolve("feats.ark")).hasSize(size("hour", FRAMES) + size("minute", 5998));
    FloatMatrix expected = readMinute(archive, size("hour", FRAMES));
    try (KaldiInput in = KaldiInput.open(archive.toString())) {
      assertThat(in.readToken()).isEqualTo("hour");
      in.readNBytes(1 + 2 + 3 + 1);
      assertThat(in.readInt32()).isEqualTo(FRAMES);
      in.readNBytes(1);
      assertThat(in.readInt32()).isEqualTo(BINS);
      // Not by AssertJ, which would print all 479840 values.
      assertThat(Arrays.equals(in.readFloats(expected.data().length), expected.data())).isTrue();
    }
  }

  @Test
  void fbank_oneHourThroughPipes_withTheMeanSubtracted() throws Exception {
    Path hour = wave("hour.wav", SECONDS);
    Files.writeString(folder.resolve("wav.scp"), "hour cat " + hour + " |\n");
    run(
        "--sample-frequency=16000",
        "--allow-upsample",
        "--subtract-mean",
        "scp:wav.scp",
        "ark:| wc -c > bytes");
    assertThat(Files.readString(folder.resolve("bytes")).strip())
        .isEqualTo(String.valueOf(size("hour", FRAMES)));
  }

  /** Bytes of an entry: key, blank, mark, type, two sizes, values. */
  private static long size(String key, int frames) {
    return key.length() + 1 + 2 + 3 + 2 * 5 + 4L * BINS * frames;
  }

  private FloatMatrix readMinute(Path archive, long offset) throws IOException {
    Path script = folder.resolve("minute.scp");
    Files.writeString(script, "minute " + archive + ":" + (offset + "minute ".length()) + "\n");
    try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices("scp:" + script)) {
      table.next();
      return table.value();
    }
  }

  /** Noise that begins alike whatever its length. */
  private Path wave(String name, int seconds) throws IOException {
    int bytes = 2 * RATE * seconds;
    ByteBuffer block = ByteBuffer.allocate(2 * RATE).order(ByteOrder.LITTLE_ENDIAN);
    block.put("RIFF".getBytes()).putInt(36 + bytes).put("WAVEfmt ".getBytes()).putInt(16);
    block.putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(2 * RATE);
    block.putShort((short) 2).putShort((short) 16).put("data".getBytes()).putInt(bytes);
    Path file = folder.resolve(name);
    SplittableRandom random = new SplittableRandom(1);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(block.array(), 0, block.position());
      for (int s = 0; s < seconds; s++) {
        block.clear();
        while (block.hasRemaining()) {
          block.putShort((short) random.nextInt(-5000, 5000));
        }
        out.write(block.array());
      }
    }
    return file;
  }

  private void run(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "fbank"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("failed for 0");
  }
}
