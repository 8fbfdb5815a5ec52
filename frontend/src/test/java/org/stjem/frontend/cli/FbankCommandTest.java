package org.stjem.frontend.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.stjem.frontend.audio.AudioFiles;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The fbank command, held against the output of Kaldi's compute-fbank-feats for golden/fbank. */
class FbankCommandTest {
  /** Values differ by rounding only, relative to Kaldi's value and to the frame's largest. */
  private static final double RELATIVE = 5e-4;

  private static final double OF_FRAME_MAX = 5e-7;

  /** Largest difference of each golden case, as a fraction of what is allowed. */
  private static final Map<String, Double> LARGEST_DIFFERENCES = new LinkedHashMap<>();

  @TempDir private Path folder;

  private String messages = "";

  static Stream<String[]> goldenCases() throws IOException {
    List<String[]> cases = new ArrayList<>();
    for (String line : Files.readAllLines(golden("options.txt"))) {
      cases.add(line.split(" \\| "));
    }
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goldenCases")
  void goldenCase_features_equalKaldis(String name, String files, String options)
      throws IOException {
    List<String> script = new ArrayList<>();
    for (String file : files.split(" ")) {
      script.add(file + " " + wave(file));
    }
    List<String> arguments = new ArrayList<>(Arrays.asList(options.split(" ")));
    // Kaldi's own default; ours is 80.
    arguments.add(0, "--num-mel-bins=23");

    assertThat(run(arguments, scp(script), out())).isZero();

    boolean log = !options.contains("--use-log-fbank=false");
    Map<String, FloatMatrix> ours = read(out());
    Map<String, FloatMatrix> kaldis = read("ark:gunzip -c " + golden(name + ".txt.gz") + " |");
    assertThat(ours.keySet()).containsExactlyElementsOf(kaldis.keySet());
    kaldis.forEach(
        (key, expected) ->
            LARGEST_DIFFERENCES.merge(
                name, assertEqual(key, ours.get(key), expected, log), Math::max));
  }

  @AfterAll
  static void writeReport() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("# Features against Kaldi's");
    lines.add("");
    lines.add("Largest difference per golden case, as a fraction of what is allowed: 5e-4 of");
    lines.add("Kaldi's value plus 5e-7 of the frame's largest, both linear. Frames are as many.");
    lines.add("");
    lines.add("| case | largest difference |");
    lines.add("|---|---|");
    LARGEST_DIFFERENCES.forEach(
        (name, difference) ->
            lines.add(String.format(Locale.ROOT, "| %s | %.4f |", name, difference)));
    Files.write(Path.of("target", "fbank-parity.md"), lines);
  }

  /** Returns the largest difference as a fraction of what is allowed. */
  private static double assertEqual(String key, FloatMatrix ours, FloatMatrix kaldis, boolean log) {
    double worst = 0;
    assertThat(ours.rows()).as(key + ": frames").isEqualTo(kaldis.rows());
    for (int t = 0; t < ours.rows(); t++) {
      double[] our = linear(ours.row(t), log);
      double[] their = linear(kaldis.row(t), log);
      assertThat(our).hasSameSizeAs(their);
      double max = Arrays.stream(their).max().orElseThrow();
      for (int d = 0; d < our.length; d++) {
        double allowed = RELATIVE * their[d] + OF_FRAME_MAX * max;
        if (!(Math.abs(our[d] - their[d]) <= allowed)) {
          fail("%s: frame %d, value %d: %s where Kaldi has %s", key, t, d, our[d], their[d]);
        }
        worst = Math.max(worst, allowed == 0 ? 0 : Math.abs(our[d] - their[d]) / allowed);
      }
    }
    return worst;
  }

  private static double[] linear(float[] row, boolean log) {
    double[] values = new double[row.length];
    for (int d = 0; d < row.length; d++) {
      values[d] = log ? Math.exp(row[d]) : row[d];
    }
    return values;
  }

  /** What {@code compute-fbank-feats --help} says. */
  @ParameterizedTest
  @CsvSource({
    "allow-downsample, false",
    "allow-upsample, false",
    "blackman-coeff, 0.42",
    "channel, -1",
    "debug-mel, false",
    "dither, 1.0",
    "energy-floor, 0.0",
    "frame-length, 25.0",
    "frame-shift, 10.0",
    "high-freq, 0.0",
    "htk-compat, false",
    "low-freq, 20.0",
    "max-feature-vectors, -1",
    "min-duration, 0.0",
    "output-format, kaldi",
    "preemphasis-coefficient, 0.97",
    "raw-energy, true",
    "remove-dc-offset, true",
    "round-to-power-of-two, true",
    "sample-frequency, 16000.0",
    "snip-edges, true",
    "subtract-mean, false",
    "use-energy, false",
    "use-log-fbank, true",
    "use-power, true",
    "utt2spk, ''",
    "vtln-high, -500.0",
    "vtln-low, 100.0",
    "vtln-map, ''",
    "vtln-warp, 1.0",
    "window-type, povey",
    "write-utt2dur, ''",
    // The one difference: Kaldi has 23.
    "num-mel-bins, 80"
  })
  void option_hasKaldisDefault(String name, String value) {
    OptionSpec option = new CommandLine(new FbankCommand()).getCommandSpec().findOption(name);
    assertThat(option).isNotNull();
    assertThat(String.valueOf((Object) option.getValue())).isEqualToIgnoringCase(value);
  }

  @Test
  void badWaves_areSkippedWithAWarningEach_othersAreDone() throws IOException {
    Path empty = write("empty.wav", new byte[0]);
    Path noise = write("noise.wav", new byte[] {1, 2, 3, 4, 5});
    Path good = wave("noise");
    Path flac = Path.of(System.getProperty("stjem.root"), "scripts/mini/audio/s01-001.flac");

    int status =
        run(
            List.of("--dither=0"),
            scp(
                List.of(
                    "a-empty " + empty,
                    "b-good " + good,
                    "c-missing " + folder.resolve("missing.wav"),
                    "d-noise " + noise,
                    "e-slow " + wave("speech-8k"),
                    "f-pipe cat " + good + " |",
                    "g-broken-pipe exit 3 |",
                    "h-flac " + flac)),
            out());

    assertThat(status).isZero();
    Map<String, FloatMatrix> features = read(out());
    assertThat(features.keySet()).containsExactly("b-good", "f-pipe", "h-flac");
    assertThat(features.get("f-pipe").data()).containsExactly(features.get("b-good").data());
    assertThat(messages.lines().filter(m -> m.startsWith("WARNING")))
        .hasSize(5)
        .anySatisfy(m -> assertThat(m).contains("a-empty", "empty.wav", "empty, no audio"))
        .anySatisfy(m -> assertThat(m).contains("c-missing", "missing.wav"))
        .anySatisfy(m -> assertThat(m).contains("d-noise", "01 02 03 04"))
        .anySatisfy(m -> assertThat(m).contains("e-slow", "8000 Hz", "--allow-upsample=true"))
        .anySatisfy(m -> assertThat(m).contains("g-broken-pipe", "status 3"));
    assertThat(messages.strip()).endsWith("Done 3 utterances, failed for 5");
  }

  @Test
  void commandThatFailsBehindItsSamples_isWarnedAbout_andRefusedIfTheyWereNotCounted()
      throws IOException {
    Path counted = wave("noise");
    byte[] header = Files.readAllBytes(counted);
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putInt(4, -1).putInt(40, -1);
    Path streamed = write("streamed.wav", header);

    int status =
        run(
            List.of("--dither=0"),
            scp(List.of("a cat " + counted + "; exit 3 |", "b cat " + streamed + "; exit 4 |")),
            out());

    assertThat(status).isZero();
    assertThat(read(out()).keySet()).containsExactly("a");
    assertThat(messages.lines().filter(m -> m.startsWith("WARNING")))
        .hasSize(2)
        .anySatisfy(
            m ->
                assertThat(m)
                    .contains("exit 3 |' ended with status 3; what was wanted of it had been read"))
        .anySatisfy(m -> assertThat(m).contains("b: no features:", "ended with status 4"));
  }

  @Test
  void commandThatTakesFeaturesAndFails_isAFailure() throws IOException {
    Path targets = write("out.scp", "a | cat > /dev/null; exit 5\n".getBytes(UTF_8));
    for (String output : List.of("scp:" + targets, "ark:| cat > /dev/null; exit 5")) {
      assertThat(run(List.of(), scp(List.of("a " + wave("noise"))), output)).isEqualTo(1);
      assertThat(messages).contains("ERROR", "exit 5' ended with status 5");
    }
  }

  @Test
  void noWaveDone_isAFailure() throws IOException {
    assertThat(run(List.of(), scp(List.of("a missing.wav")), out())).isEqualTo(1);
    assertThat(messages.strip())
        .endsWith("ERROR (stjem frontend fbank) no utterance was done, failed for 1");
  }

  @Test
  void wavesInAnArchive_followEachOther() throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    for (String name : List.of("noise", "dc")) {
      archive.writeBytes((name + " ").getBytes(UTF_8));
      archive.writeBytes(Files.readAllBytes(wave(name)));
    }
    String input = "ark:" + write("waves.ark", archive.toByteArray());
    assertThat(run(List.of(), input, out())).isZero();
    assertThat(read(out()).keySet()).containsExactly("noise", "dc");
  }

  @Test
  void dither_dependsOnSeedAndKeyOnly() throws IOException {
    String first = "a " + wave("noise");
    String second = "b " + wave("noise");
    run(List.of(), scp(List.of(first, second)), out());
    Map<String, FloatMatrix> both = read(out());
    assertThat(both.get("a").data()).isNotEqualTo(both.get("b").data());
    run(List.of(), scp(List.of(second)), out());
    assertThat(read(out()).get("b").data()).containsExactly(both.get("b").data());
    run(List.of("--seed=1"), scp(List.of(second)), out());
    assertThat(read(out()).get("b").data()).isNotEqualTo(both.get("b").data());
  }

  @Test
  void configFile_isReadAsKaldiReadsIt() throws IOException {
    Path config =
        write("fbank.conf", "--num_mel_bins=40 # few\n\n--snip-edges=false\n".getBytes(UTF_8));
    String input = scp(List.of("a " + wave("len400")));
    run(List.of("--config=" + config, "--use-energy"), input, out());
    FloatMatrix features = read(out()).get("a");
    assertThat(features.cols()).isEqualTo(41);
    assertThat(features.rows()).isEqualTo(3);
  }

  @Test
  void vtlnMap_warpsBySpeakerAndSkipsUnknownOnes() throws IOException {
    Path warps = write("warps", "s1 0.9\ns2 1.1\n".getBytes(UTF_8));
    Path speakers = write("utt2spk", "a s1\nb s2\nc s3\n".getBytes(UTF_8));
    String wave = " " + wave("speech-m");
    String input = scp(List.of("a" + wave, "b" + wave, "c" + wave));
    int status =
        run(
            List.of("--dither=0", "--vtln-map=ark:" + warps, "--utt2spk=ark:" + speakers),
            input,
            out());
    assertThat(status).isZero();
    Map<String, FloatMatrix> mapped = read(out());
    assertThat(mapped.keySet()).containsExactly("a", "b");
    run(List.of("--dither=0", "--vtln-warp=1.1"), scp(List.of("b" + wave)), out());
    assertThat(mapped.get("b").data()).containsExactly(read(out()).get("b").data());
    assertThat(mapped.get("a").data()).isNotEqualTo(mapped.get("b").data());

    assertThat(run(List.of("--utt2spk=ark:" + speakers), input, out())).isEqualTo(1);
    assertThat(messages).contains("--utt2spk", "only with --vtln-map");
  }

  @Test
  void channel_isChosenAndHasToExist() throws IOException {
    int[] samples = new int[8000];
    Arrays.setAll(samples, i -> i % 2 == 0 ? 0 : i % 64 * 100);
    Path stereo = write("stereo.wav", AudioFiles.wav(1, 16, 2, 16000, AudioFiles.pcm16(samples)));
    String input = scp(List.of("a " + stereo));
    run(List.of("--dither=0"), input, out());
    assertThat(messages).contains("2 channels");
    float[] left = read(out()).get("a").data();
    assertThat(left).containsOnly((float) Math.log(1.1920929e-07));
    run(List.of("--dither=0", "--channel=0"), input, out());
    assertThat(read(out()).get("a").data()).containsExactly(left);
    assertThat(messages).doesNotContain("WARNING");
    run(List.of("--dither=0", "--channel=1"), input, out());
    assertThat(read(out()).get("a").data()).isNotEqualTo(left);
    assertThat(run(List.of("--channel=2"), input, out())).isEqualTo(1);
  }

  @Test
  void durations_areWrittenAndShortWavesLeftOut() throws IOException {
    Path durations = folder.resolve("utt2dur");
    List<String> lines = List.of("a " + wave("len400"), "b " + wave("noise"));
    run(List.of("--write-utt2dur=ark,t:" + durations), scp(lines), out());
    assertThat(durations).hasContent("a 0.025 \nb 0.5 \n");
    run(List.of("--min-duration=0.1"), scp(lines), out());
    assertThat(read(out()).keySet()).containsExactly("b");
  }

  @Test
  void otherRates_areResampledWhenAllowed() throws IOException {
    String input = scp(List.of("a " + wave("speech-8k")));
    run(List.of("--allow-upsample", "--dither=0"), input, out());
    FloatMatrix up = read(out()).get("a");
    run(List.of("--sample-frequency=8000", "--dither=0", "--num-mel-bins=40"), input, out());
    assertThat(up.rows()).isEqualTo(read(out()).get("a").rows());
    String high = scp(List.of("a " + wave("speech-m")));
    assertThat(run(List.of("--sample-frequency=8000"), high, out())).isEqualTo(1);
    assertThat(messages).contains("--allow-downsample=true");
    run(List.of("--sample-frequency=8000", "--allow-downsample"), high, out());
    assertThat(read(out()).get("a").rows()).isPositive();
  }

  @Test
  void samplesWithoutHeader_areReadWhenTheirRateIsGiven() throws IOException {
    byte[] wave = Files.readAllBytes(wave("noise"));
    Path raw = write("noise.raw", Arrays.copyOfRange(wave, 44, wave.length));
    String input = scp(List.of("a " + wave("noise"), "b " + raw));
    run(List.of("--dither=0"), input, out());
    assertThat(read(out()).keySet()).containsExactly("a");
    assertThat(messages).contains("b: no features", "--raw-sample-rate");
    run(List.of("--dither=0", "--raw-sample-rate=16000"), input, out());
    assertThat(read(out()).get("b").data()).containsExactly(read(out()).get("a").data());
    assertThat(run(List.of("--raw-sample-rate=-1"), input, out())).isEqualTo(1);
    assertThat(messages).contains("--raw-sample-rate=-1: must be at least 0");
  }

  @Test
  void htkFiles_haveKaldisHeaderAndCanBeReadBack() throws IOException {
    String input = scp(List.of("a " + wave("len560")));
    Path htk = folder.resolve("a.fbank");
    Path names = write("htk.scp", ("a " + htk + "\n").getBytes(UTF_8));
    run(List.of("--dither=0", "--num-mel-bins=23"), input, out());
    float[] features = read(out()).get("a").data();
    run(List.of("--dither=0", "--num-mel-bins=23", "--output-format=htk"), input, "scp:" + names);
    // Two frames, every 100000 times 100 ns, of 92 bytes, of kind FBANK_0, as Kaldi has it.
    assertThat(Arrays.copyOf(Files.readAllBytes(htk), 12))
        .containsExactly(0, 0, 0, 2, 0, 1, 0x86, 0xA0, 0, 92, 0x20, 7);
    CommandRun back = CommandRun.of("copy-feats", "--htk-in", "scp:" + names, out());
    assertThat(back.status()).isZero();
    assertThat(read(out()).get("a").data()).containsExactly(features);
    Files.write(htk, Arrays.copyOf(Files.readAllBytes(htk), 100));
    CommandRun cut = CommandRun.of("copy-feats", "--htk-in", "scp:" + names, out());
    assertThat(cut.status()).isEqualTo(1);
    assertThat(cut.messages()).contains("a.fbank", "implausible size");
  }

  private int run(List<String> options, String input, String output) {
    List<String> arguments = new ArrayList<>(List.of("fbank", "--print-args=false"));
    arguments.addAll(options);
    arguments.add(input);
    arguments.add(output);
    PrintStream standardError = System.err;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setErr(new PrintStream(captured, true, UTF_8));
    try {
      return Cli.run("frontend", Main.COMMANDS, arguments.toArray(new String[0]));
    } finally {
      System.setErr(standardError);
      messages = captured.toString(UTF_8);
    }
  }

  private String out() {
    return "ark:" + folder.resolve("feats.ark");
  }

  private String scp(List<String> lines) throws IOException {
    return "scp:" + Files.write(folder.resolve("wav.scp"), lines);
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static Map<String, FloatMatrix> read(String rspecifier) {
    Map<String, FloatMatrix> features = new LinkedHashMap<>();
    try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices(rspecifier)) {
      while (table.next()) {
        features.put(table.key(), table.value());
      }
    }
    return features;
  }

  private static Path wave(String name) {
    return golden("audio/" + name + ".wav");
  }

  private static Path golden(String name) {
    try {
      return Path.of(FbankCommandTest.class.getResource("/golden/fbank/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
