package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.data.WaveDirs;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

class MakeFbankCommandTest {
  private static final int UTTERANCES = 20;

  @TempDir private Path folder;
  private Path data;
  private Path config;

  @BeforeEach
  void writeData() throws IOException {
    data = folder.resolve("train");
    WaveDirs.write(data, UTTERANCES);
    config = folder.resolve("fbank.conf");
    Files.writeString(config, "--num-mel-bins=40 # few\n--dither=0\n");
  }

  @Test
  void features_areThoseOfTheSingleCommands() throws IOException {
    assertThat(make().status()).isZero();

    Path feats = folder.resolve("feats.ark");
    Path packed = folder.resolve("packed.ark");
    Path frames = folder.resolve("utt2num_frames");
    Path durations = folder.resolve("utt2dur");
    CommandRun.of(
        "fbank",
        "--config=" + config,
        "--write-utt2dur=ark,t:" + durations,
        "scp:" + data.resolve("wav.scp"),
        "ark:" + feats);
    CommandRun.of(
        "copy-feats",
        "--compress",
        "--write-num-frames=ark,t:" + frames,
        "ark:" + feats,
        "ark:" + packed);
    assertThat(data.resolve("utt2num_frames")).hasSameBinaryContentAs(frames);
    assertThat(data.resolve("utt2dur")).hasSameBinaryContentAs(durations);
    Map<String, FloatMatrix> expected = read("ark:" + packed);
    Map<String, FloatMatrix> made = read("scp:" + data.resolve("feats.scp"));
    assertThat(made.keySet()).containsExactlyElementsOf(expected.keySet());
    made.forEach((key, matrix) -> assertThat(matrix.data()).isEqualTo(expected.get(key).data()));

    Path stats = folder.resolve("cmvn.ark");
    CommandRun.of(
        "compute-cmvn-stats",
        "--spk2utt=ark:" + data.resolve("spk2utt"),
        "ark:" + packed,
        "ark:" + stats);
    assertThat(data.resolve("data/cmvn_train.ark")).hasSameBinaryContentAs(stats);
    assertThat(Files.readString(data.resolve("cmvn.scp")))
        .startsWith("spk0 " + data + "/data/cmvn_train.ark:5\n");
    assertThat(data.resolve("frame_shift")).hasContent("0.01\n");
    assertThat(data.resolve("conf/fbank.conf")).hasSameBinaryContentAs(config);
    assertThat(data.resolve("log/make_fbank_train.json")).content().contains("\"numMelBins\": 40");
    assertThat(CommandRun.of("validate-data-dir", "--no-text", data.toString()).status()).isZero();
  }

  @Test
  void folders_mayBeGiven_andAnEarlierScriptFileIsKept() throws IOException {
    Files.writeString(data.resolve("feats.scp"), "old\n");
    Path log = folder.resolve("exp/log");
    Path fbank = folder.resolve("fbank");
    CommandRun run = make("--compress=false", "--cmvn=false", data, log, fbank);
    assertThat(run.status()).isZero();
    assertThat(data.resolve(".backup/feats.scp")).hasContent("old\n");
    assertThat(fbank.resolve("raw_fbank_train.16.scp")).exists();
    assertThat(log.resolve("make_fbank_train.json")).exists();
    assertThat(log.resolve("make_fbank_train.parts")).doesNotExist();
    assertThat(data.resolve("cmvn.scp")).doesNotExist();
    assertThat(data.resolve("data")).doesNotExist();
    Path feats = folder.resolve("feats.ark");
    CommandRun.of("fbank", "--config=" + config, "scp:" + data.resolve("wav.scp"), "ark:" + feats);
    Map<String, FloatMatrix> expected = read("ark:" + feats);
    read("scp:" + data.resolve("feats.scp"))
        .forEach((key, matrix) -> assertThat(matrix.data()).isEqualTo(expected.get(key).data()));
  }

  @Test
  void tables_canBeLeftOut() throws IOException {
    make("--write-utt2dur=false", "--write-utt2num-frames=false", data);
    assertThat(data.resolve("feats.scp")).exists();
    assertThat(data.resolve("utt2dur")).doesNotExist();
    assertThat(data.resolve("utt2num_frames")).doesNotExist();
  }

  @Test
  void oneOfTwentyFails_isListedAndTolerated() throws IOException {
    Files.write(wave(7), new byte[] {'R', 'I', 'F', 'F'});
    CommandRun run = make();
    assertThat(run.status()).isZero();
    assertThat(run.messages())
        .contains("WARNING", key(7) + ": no features: ", "header ends early")
        .contains("not all of the feature files were successfully processed (19 != 20)")
        .endsWith("Done 19 utterances, failed for 1\n");
    assertThat(data.resolve("log/make_fbank_train.failed"))
        .content()
        .startsWith(key(7) + " ")
        .contains("header ends early")
        .hasLineCount(1);
    assertThat(Files.readAllLines(data.resolve("feats.scp"))).hasSize(19);

    WaveDirs.wave(wave(7), 0.3, 1, 7);
    assertThat(make().status()).isZero();
    assertThat(Files.readAllLines(data.resolve("feats.scp"))).hasSize(20);
    assertThat(data.resolve("log/make_fbank_train.failed")).doesNotExist();
  }

  @Test
  void moreThanOneOfTwentyFails_isAnError() throws IOException {
    Files.delete(wave(0));
    WaveDirs.wave(wave(19), 0.02, 1, 1);
    CommandRun run = make();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.messages())
        .contains("Less than 95%", "there is no such file", "0.02 s are too short for a frame");
    // As with Kaldi's script, the others are there all the same.
    assertThat(Files.readAllLines(data.resolve("feats.scp"))).hasSize(18);
    assertThat(Files.readAllLines(data.resolve("log/make_fbank_train.failed"))).hasSize(2);
  }

  @Test
  void nothingCanBeRead_isAnError_andTheNextRunTriesAgain() throws IOException {
    List<String> waves = Files.readAllLines(data.resolve("wav.scp"));
    Files.write(
        data.resolve("wav.scp"), waves.stream().map(line -> line.replace("/wav/", "/x/")).toList());
    CommandRun run = make();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.messages().strip())
        .contains(
            "Done 0 utterances, failed for 20\nERROR (stjem frontend make-fbank) Less than 95%")
        .endsWith("see " + data.resolve("log/make_fbank_train.failed"));
    assertThat(data.resolve("feats.scp")).doesNotExist();
    Files.move(data.resolve("wav"), data.resolve("x"));
    assertThat(make().status()).isZero();
  }

  @Test
  void segments_areCutOut() throws IOException {
    WaveDirs.wave(folder.resolve("r1.wav"), 3, 2, 1);
    WaveDirs.wave(folder.resolve("r2.wav"), 2, 1, 2);
    Files.writeString(
        data.resolve("wav.scp"),
        "r1 " + folder.resolve("r1.wav") + "\nr2 cat " + folder.resolve("r2.wav") + " |\n");
    Files.writeString(
        data.resolve("segments"),
        "s-1 r1 0.5 1.5 0\ns-2 r1 0.5 1.5 1\ns-3 r2 0.25 -1\ns-4 r2 1.5 2.4\ns-5 r1 0 1\n");
    StringBuilder utt2spk = new StringBuilder();
    for (int i = 1; i <= 5; i++) {
      utt2spk.append("s-").append(i).append(" s\n");
    }
    Files.writeString(data.resolve("utt2spk"), utt2spk);
    Files.writeString(data.resolve("spk2utt"), "s s-1 s-2 s-3 s-4 s-5\n");

    CommandRun run = make();

    assertThat(run.messages()).contains("s-5: no features", "2 channels, and the segment names no");
    assertThat(data.resolve("utt2dur")).hasContent("s-1 1 \ns-2 1 \ns-3 1.75 \ns-4 0.5 \n");
    Path segmented = folder.resolve("segments.ark");
    Path feats = folder.resolve("feats.ark");
    CommandRun.of(
        "extract-segments",
        "scp:" + data.resolve("wav.scp"),
        data.resolve("segments").toString(),
        "ark:" + segmented);
    CommandRun.of("fbank", "--config=" + config, "ark:" + segmented, "ark:" + feats);
    CommandRun.of("copy-feats", "--compress", "ark:" + feats, "ark:" + segmented);
    Map<String, FloatMatrix> expected = read("ark:" + segmented);
    Map<String, FloatMatrix> made = read("scp:" + data.resolve("feats.scp"));
    assertThat(made.keySet()).containsExactly("s-1", "s-2", "s-3", "s-4");
    made.forEach((key, matrix) -> assertThat(matrix.data()).isEqualTo(expected.get(key).data()));
  }

  @Test
  void warpFactors_areTakenBySpeakerOrUtterance() throws IOException {
    Files.writeString(data.resolve("spk2warp"), "spk0 0.9\nspk1 1\nspk2 1.1\n");
    make("--compress=false", data);
    Map<String, FloatMatrix> made = read("scp:" + data.resolve("feats.scp"));
    Path feats = folder.resolve("feats.ark");
    CommandRun.of(
        "fbank",
        "--config=" + config,
        "--vtln-map=ark:" + data.resolve("spk2warp"),
        "--utt2spk=ark:" + data.resolve("utt2spk"),
        "scp:" + data.resolve("wav.scp"),
        "ark:" + feats);
    Map<String, FloatMatrix> expected = read("ark:" + feats);
    made.forEach((key, matrix) -> assertThat(matrix.data()).isEqualTo(expected.get(key).data()));

    Files.delete(data.resolve("spk2warp"));
    StringBuilder byUtterance = new StringBuilder();
    for (int i = 0; i < UTTERANCES; i++) {
      byUtterance.append(key(i)).append(" 1.1\n");
    }
    Files.writeString(data.resolve("utt2warp"), byUtterance);
    make("--compress=false", data);
    Map<String, FloatMatrix> warped = read("scp:" + data.resolve("feats.scp"));
    assertThat(warped.get(key(19)).data()).isEqualTo(made.get(key(19)).data());
    assertThat(warped.get(key(0)).data()).isNotEqualTo(made.get(key(0)).data());
  }

  @Test
  void inconsistentDirectory_isNamedAndLeftAlone() throws IOException {
    Files.writeString(data.resolve("feats.scp"), "old\n");
    Files.writeString(data.resolve("utt2spk"), key(0) + " spk0\n");
    CommandRun run = make();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.messages())
        .contains("wav.scp:2: utterance '" + key(1) + "' is not in utt2spk")
        .contains("inconsistencies");
    assertThat(data.resolve("feats.scp")).hasContent("old\n");
  }

  @Test
  void configuration_mayBeAPipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Process writer = new ProcessBuilder("sh", "-c", "cat " + config + " > " + pipe).start();
    CommandRun run = CommandRun.of("make-fbank", "--fbank-config=" + pipe, data.toString());
    assertThat(run.status()).as(run.messages()).isZero();
    assertThat(writer.waitFor()).isZero();
    assertThat(data.resolve("conf/fbank.conf")).hasSameBinaryContentAs(config);
  }

  @Test
  void namesInAnyEncoding_keepTheirBytes() throws IOException {
    make();
    List<String> files = List.of("wav.scp", "utt2spk", "spk2utt");
    Path latin1 = ByteNames.resolve(folder, "stra\udcdfe");
    Files.createDirectory(latin1);
    for (String name : files) {
      String content = Files.readString(data.resolve(name)).replace("spk2", "sp\udcfc");
      content = content.replace(data + "/wav", ByteNames.of(latin1));
      AtomicFile.writeString(latin1.resolve(name), content);
    }
    for (int i = 0; i < UTTERANCES; i++) {
      Path copy = ByteNames.resolve(latin1, key(i).replace("spk2", "sp\udcfc") + ".wav");
      Files.copy(wave(i), copy);
    }
    String name = ByteNames.of(latin1);
    CommandRun validated = CommandRun.of("validate-data-dir", "--no-text", "--no-feats", name);
    assertThat(validated.status()).as(validated.output()).isZero();

    CommandRun run = CommandRun.of("make-fbank", "--fbank-config=" + config, "--nj=2", name);
    assertThat(run.status()).as(run.messages()).isZero();
    for (String table : List.of("utt2num_frames", "utt2dur")) {
      assertThat(ByteText.decode(Files.readAllBytes(latin1.resolve(table))))
          .isEqualTo(Files.readString(data.resolve(table)).replace("spk2", "sp\udcfc"));
    }
    Map<String, FloatMatrix> expected = read("scp:" + data.resolve("feats.scp"));
    Map<String, FloatMatrix> made = read("scp:" + name + "/feats.scp");
    assertThat(made.keySet())
        .containsExactlyElementsOf(
            expected.keySet().stream().map(key -> key.replace("spk2", "sp\udcfc")).toList());
    expected.forEach(
        (key, matrix) ->
            assertThat(made.get(key.replace("spk2", "sp\udcfc")).data()).isEqualTo(matrix.data()));
    assertThat(TextFile.lines(latin1.resolve("cmvn.scp")).get(2))
        .startsWith("sp\udcfc " + name + "/data/cmvn_stra\udcdfe.ark:");
    assertThat(ByteNames.resolve(latin1, "log/make_fbank_stra\udcdfe.json"))
        .content()
        .contains("stra\\udcdfe");
    assertThat(CommandRun.of("validate-data-dir", "--no-text", name).status()).isZero();
  }

  @Test
  void configuration_isCheckedBeforeAnythingIsChanged() throws IOException {
    Files.writeString(data.resolve("feats.scp"), "old\n");
    Files.writeString(config, "--num-mel-bins=2\n");
    assertThat(make().messages()).contains("--num-mel-bins=2: must be at least 3");
    Files.writeString(config, "--low-freq=9000\n");
    assertThat(make().status()).isEqualTo(1);
    Files.writeString(config, "--use-ham=1\n");
    assertThat(make().messages()).contains("fbank.conf", "--use-ham");
    Files.delete(config);
    assertThat(make().messages()).contains("fbank.conf");
    assertThat(data.resolve("feats.scp")).hasContent("old\n");
    assertThat(data.resolve("data")).doesNotExist();
  }

  @Test
  void configuration_isStoredSoThatKaldisProgramsMakeTheSame() throws IOException {
    Files.writeString(config, "--dither=0\n--frame-shift=12.5");
    make();
    assertThat(data.resolve("conf/fbank.conf"))
        .hasContent("--dither=0\n--frame-shift=12.5\n--num-mel-bins=80\n");
    assertThat(data.resolve("frame_shift")).hasContent("0.0125\n");
    Files.writeString(config, "--frame-shift=10\n");
    make();
    assertThat(data.resolve("frame_shift")).hasContent("0.010\n");
  }

  private CommandRun make() {
    return make("--nj=2", data);
  }

  private CommandRun make(Object... arguments) {
    List<String> all = new ArrayList<>(List.of("--fbank-config=" + config));
    for (Object argument : arguments) {
      all.add(argument.toString());
    }
    return CommandRun.of("make-fbank", all.toArray(new String[0]));
  }

  private static String key(int i) {
    return WaveDirs.key(i, UTTERANCES);
  }

  private Path wave(int i) {
    return data.resolve("wav").resolve(key(i) + ".wav");
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
}
