package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveReader;
import org.stjem.frontend.audio.WaveWriter;

class ReverberateCommandTest {
  private static final int RATE = 16000;
  private static final List<String> KEYS = List.of("b-1", "a/2", "c-3", "a-4", "d-5");

  @TempDir private Path folder;
  private Path clean;

  @BeforeEach
  void writeCleanData() throws IOException {
    clean = Files.createDirectory(folder.resolve("clean"));
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < KEYS.size(); i++) {
      Path file = folder.resolve("clean-" + i + ".wav");
      write(file, noise(4000 + 777 * i, i));
      script.append(KEYS.get(i)).append(i == 2 ? " cat " : " ").append(file);
      script.append(i == 2 ? " |\n" : "\n");
    }
    Files.writeString(clean.resolve("wav.scp"), script);
    Files.writeString(clean.resolve("text"), "b-1 ONE\n");
    Files.writeString(clean.resolve("feats.scp"), "b-1 clean.ark:4\n");
  }

  private static float[] noise(int samples, int seed) {
    Random random = new Random(seed);
    float[] noise = new float[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (float) (1000 * random.nextGaussian());
    }
    return noise;
  }

  private static void write(Path file, float[] samples) throws IOException {
    write(file, RATE, samples);
  }

  private static void write(Path file, int rate, float[] samples) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WaveWriter.write(WaveData.mono(rate, samples), bytes, file.toString());
    Files.write(file, bytes.toByteArray());
  }

  private int run(Path from, Path to, String... options) {
    String[] arguments = Arrays.copyOf(options, options.length + 4);
    System.arraycopy(options, 0, arguments, 2, options.length);
    arguments[0] = "reverberate";
    arguments[1] = "--num-rirs=1";
    arguments[options.length + 2] = from.toString();
    arguments[options.length + 3] = to.toString();
    return Cli.run("frontend", Main.COMMANDS, arguments);
  }

  private static byte[] audio(Path data, String name) throws IOException {
    return Files.readAllBytes(data.resolve("audio").resolve(name + ".wav"));
  }

  @Test
  void reverberate_dataDir_makesOneThatKaldiCanUse() throws IOException {
    Path out = folder.resolve("out");
    assertThat(run(clean, out, "--seed=3")).isZero();

    List<String> script = Files.readAllLines(out.resolve("wav.scp"));
    assertThat(script).hasSize(KEYS.size());
    for (int i = 0; i < KEYS.size(); i++) {
      String[] parts = script.get(i).split(" ", 2);
      assertThat(parts[0]).isEqualTo(KEYS.get(i));
      assertThat(Path.of(parts[1])).isAbsolute();
      byte[] bytes = Files.readAllBytes(Path.of(parts[1]));
      WaveData wave = WaveReader.read(new ByteArrayInputStream(bytes), parts[1]);
      assertThat(wave.numSamples()).isEqualTo(4000 + 777 * i);
      assertThat(wave.sampleRate()).isEqualTo(RATE);
    }
    assertThat(out.resolve("text")).hasContent("b-1 ONE\n");
    assertThat(out.resolve("feats.scp")).doesNotExist();
    assertThat(Files.readAllLines(out.resolve("utt2cond")))
        .hasSize(KEYS.size())
        .allMatch(
            line ->
                line.matches(
                    "\\S+\t(small\t0\\.25|medium\t0\\.50|large\t0\\.70)\t(near|far)\t20\\.0"));
    JsonObject json =
        JsonParser.parseString(Files.readString(out.resolve("reverb.json"))).getAsJsonObject();
    assertThat(json.get("seed").getAsLong()).isEqualTo(3);
  }

  @Test
  void reverberate_otherOrderAndJobs_givesTheSameAudio() throws IOException {
    Path reversed = Files.createDirectory(folder.resolve("reversed"));
    List<String> lines = Files.readAllLines(clean.resolve("wav.scp"));
    StringBuilder script = new StringBuilder();
    for (int i = lines.size() - 1; i >= 0; i--) {
      script.append(lines.get(i)).append('\n');
    }
    Files.writeString(reversed.resolve("wav.scp"), script);
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    Path seeded = folder.resolve("seeded");
    assertThat(run(clean, one, "--nj=1")).isZero();
    assertThat(run(reversed, other, "--nj=3")).isZero();
    assertThat(run(clean, seeded, "--seed=9")).isZero();
    for (String name : List.of("b-1", "a%2F2", "c-3", "a-4", "d-5")) {
      assertThat(audio(other, name)).isEqualTo(audio(one, name));
      assertThat(audio(seeded, name)).isNotEqualTo(audio(one, name));
    }
  }

  @Test
  void reverberate_repeated_makesOnlyWhatIsMissingUnlessTheConfigurationDiffers()
      throws IOException {
    Path out = folder.resolve("out");
    assertThat(run(clean, out)).isZero();
    byte[] first = audio(out, "a-4");
    Path kept = out.resolve("audio/b-1.wav");
    FileTime old = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(kept, old);
    Files.delete(out.resolve("audio/a-4.wav"));
    Files.delete(out.resolve("wav.scp"));

    assertThat(run(clean, out)).isZero();
    assertThat(audio(out, "a-4")).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(kept)).isEqualTo(old);
    assertThat(out.resolve("wav.scp")).exists();

    assertThat(run(clean, out, "--snr=5")).isZero();
    assertThat(Files.getLastModifiedTime(kept)).isNotEqualTo(old);
  }

  @Test
  void reverberate_unreadableRecordings_areSkippedAndTheOthersMade() throws IOException {
    Path bad = Files.createDirectory(folder.resolve("bad"));
    Files.writeString(folder.resolve("junk.wav"), "no audio at all");
    String good = Files.readAllLines(clean.resolve("wav.scp")).get(0);
    String broken =
        "x-1 "
            + folder.resolve("missing.wav")
            + "\nx-2 "
            + folder.resolve("junk.wav")
            + "\n"
            + "x-3 false |\n";
    Files.writeString(bad.resolve("wav.scp"), broken + good + "\n");
    Path out = folder.resolve("out");
    assertThat(run(bad, out)).isZero();
    assertThat(Files.readAllLines(out.resolve("wav.scp"))).hasSize(1);
    assertThat(Files.readAllLines(out.resolve("utt2cond"))).hasSize(1);
    assertThat(out.resolve("audio")).isDirectoryNotContaining("glob:**x-*");

    Files.writeString(bad.resolve("wav.scp"), broken);
    CommandRun none = CommandRun.of("reverberate", bad.toString(), out.toString());
    assertThat(none.status()).isOne();
    assertThat(none.messages())
        .endsWith("ERROR (stjem frontend reverberate) no recording was done, failed for 3\n");
    assertThat(out.resolve("wav.scp")).doesNotExist();
  }

  @Test
  void reverberate_givenResponsesAndNoises_usesThem() throws IOException {
    float[] response = new float[3000];
    for (int i = 0; i < response.length; i++) {
      response[i] = (float) (noise(3000, 50)[i] * Math.pow(10, -3.0 * i / 2400));
    }
    response[25] = 20000;
    write(folder.resolve("rir.wav"), response);
    write(folder.resolve("noise.wav"), noise(900, 51));
    Path rirs = folder.resolve("rirs.scp");
    Path noises = folder.resolve("noises.scp");
    Files.writeString(rirs, "hall " + folder.resolve("rir.wav") + "\n");
    Files.writeString(noises, "fan " + folder.resolve("noise.wav") + "\n");
    Path out = folder.resolve("out");
    assertThat(run(clean, out, "--rirs=" + rirs, "--noises=" + noises, "--snr=10")).isZero();
    assertThat(Files.readAllLines(out.resolve("utt2cond")))
        .allMatch(line -> line.matches("\\S+\thall\t0\\.1[3-7]\t-\t10\\.0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--rirs=", "--noises="})
  void reverberate_givenRecordingWithoutSamples_failsAndWritesNothing(String option)
      throws IOException {
    write(folder.resolve("empty.wav"), new float[0]);
    Path script = folder.resolve("empty.scp");
    Files.writeString(script, "void " + folder.resolve("empty.wav") + "\n");
    Path out = folder.resolve("out");
    assertThat(run(clean, out, option + script)).isOne();
    assertThat(out).doesNotExist();
  }

  @Test
  void reverberate_noiseOfHalfTheSampleRate_isResampled() throws IOException {
    write(folder.resolve("noise.wav"), RATE / 2, noise(900, 51));
    Path noises = folder.resolve("noises.scp");
    Files.writeString(noises, "fan " + folder.resolve("noise.wav") + "\n");
    Path out = folder.resolve("out");
    Path quiet = folder.resolve("quiet");
    assertThat(run(clean, out, "--noises=" + noises, "--snr=10")).isZero();
    assertThat(run(clean, quiet, "--snr=Infinity")).isZero();
    assertThat(Files.readAllLines(out.resolve("wav.scp"))).hasSize(KEYS.size());
    assertThat(audio(out, "b-1"))
        .hasSameSizeAs(audio(quiet, "b-1"))
        .isNotEqualTo(audio(quiet, "b-1"));
  }

  @Test
  void reverberate_withoutRoomThroughATelephone_saysSoInItsRecords() throws IOException {
    Path out = folder.resolve("out");
    Path wide = folder.resolve("wide");
    assertThat(run(clean, out, "--anechoic", "--telephone", "--snr=5")).isZero();
    assertThat(run(clean, wide, "--anechoic", "--snr=5")).isZero();
    assertThat(Files.readAllLines(out.resolve("utt2cond")))
        .hasSize(KEYS.size())
        .allMatch(line -> line.matches("\\S+\tnone\t0\\.00\t-\t5\\.0"));
    assertThat(Files.readString(out.resolve("reverb.json")))
        .contains("\"telephone\": true")
        .contains("\"rooms\": []");
    assertThat(audio(out, "b-1"))
        .hasSameSizeAs(audio(wide, "b-1"))
        .isNotEqualTo(audio(wide, "b-1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--rirs=", "--noises="})
  void reverberate_responseOrNoiseWithoutSamples_saysSo(String option) throws IOException {
    write(folder.resolve("empty.wav"), new float[0]);
    Path list = folder.resolve("list.scp");
    Files.writeString(list, "hall " + folder.resolve("empty.wav") + "\n");
    Path out = folder.resolve("out");
    CommandRun run = CommandRun.of("reverberate", option + list, clean.toString(), out.toString());
    assertThat(run.status()).isOne();
    assertThat(run.messages())
        .hasLineCount(1)
        .startsWith("ERROR")
        .contains("empty.wav: no samples behind the header");
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--rooms=huge",
        "--distances=5",
        "--num-rirs=0",
        "--nj=-1",
        "--snr=loud",
        "--snr=NaN",
        "--rirs=/nonexistent/list",
        "--noises=/nonexistent/list"
      })
  void reverberate_badOption_failsAndWritesNothing(String option) {
    Path out = folder.resolve("out");
    assertThat(run(clean, out, option)).isOne();
    assertThat(out).doesNotExist();
  }

  @Test
  void reverberate_badFolders_fail() throws IOException {
    assertThat(run(folder.resolve("nothing"), folder.resolve("out"))).isOne();
    assertThat(run(clean, clean)).isOne();
    assertThat(run(clean, folder.resolve("out"), "--anechoic", "--rirs=list")).isOne();
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(run(clean, file.resolve("out"))).isOne();
    Files.writeString(clean.resolve("wav.scp"), "a x.wav\na y.wav\n");
    assertThat(run(clean, folder.resolve("out"))).isOne();
    Files.writeString(clean.resolve("wav.scp"), "a\n");
    assertThat(run(clean, folder.resolve("out"))).isOne();
    Files.writeString(clean.resolve("wav.scp"), "");
    assertThat(run(clean, folder.resolve("out"))).isOne();
  }
}
