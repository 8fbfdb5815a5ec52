package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.confidence.ConfidenceModel;
import org.stjem.acoustic.decode.DecoderOptions;
import org.stjem.acoustic.export.SmallModels;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelWeights;
import org.stjem.acoustic.recognition.DecodingGraph;
import org.stjem.acoustic.recognition.EndpointRules;
import org.stjem.acoustic.recognition.Recognition;
import org.stjem.acoustic.recognition.RecognitionStream;
import org.stjem.acoustic.recognition.RecognizedWord;
import org.stjem.acoustic.recognition.Recognizer;
import org.stjem.acoustic.serving.AudioFrontend;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveHolder;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.KaldiOutput;

/** Recordings of the bundled corpus, its graph, and a model of random weights. */
class RecognizeCommandTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final Path GRAPH = MINI.resolve("exp/tri1/graph");
  private static final Path TRANSITIONS = MINI.resolve("exp/tri1/final.mdl");
  private static final List<String> KEYS = List.of("t01-001", "t01-002", "t02-001");
  private static final int DIM = 20;
  private static final int PDFS = 152;
  private static final int RATE = 16_000;

  /** Random scores tell little, so that a weak acoustic model leaves the graph to decide. */
  private static final String SCALE = "--acoustic-scale=1";

  /** What min-active keeps beyond the beam is given up where words settle. */
  private static final String BEAM_ALONE = "--min-active=0";

  /** Makes random scores differ as much as those of a trained model do. */
  private static final float PEAKY = 20;

  @TempDir private Path folder;

  @BeforeEach
  void saveModel() throws IOException {
    save("model", "none");
  }

  private void save(String name, String normalisation) throws IOException {
    ModelDescription description =
        SmallModels.hearing(DIM, PDFS, normalisation, normalisation.equals("none") ? 12 : 0, 4);
    ModelFolder.save(
        folder.resolve(name),
        description,
        SmallModels.disturbed(ModelWeights.fresh(description), 5));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private CommandResult recognize(String... arguments) {
    List<String> all = new ArrayList<>(List.of("recognize", SCALE));
    all.addAll(List.of(arguments));
    return CommandResult.of(all.toArray(new String[0]));
  }

  private static WaveData wave(String key) {
    return KaldiObjects.read(MINI.resolve("audio/" + key + ".flac").toString(), new WaveHolder());
  }

  private String script(List<String> keys) throws IOException {
    Path script = folder.resolve("wav.scp");
    Files.write(
        script,
        keys.stream().map(key -> key + " " + MINI.resolve("audio/" + key + ".flac")).toList());
    return "scp:" + script;
  }

  private String wav(String name, WaveData wave) throws IOException {
    Path file = folder.resolve(name);
    try (KaldiOutput out = KaldiOutput.open(file.toString())) {
      new WaveHolder().write(out, true, wave);
      out.commit();
    }
    return file.toString();
  }

  private void makeFeatures(String wspecifier) throws IOException {
    CommandResult.of(
        "frontend",
        org.stjem.frontend.cli.Main.COMMANDS,
        "fbank",
        "--num-mel-bins=20",
        "--dither=0",
        script(KEYS),
        wspecifier);
  }

  @Test
  void recognize_table_hasTheWordsOfForwardAndDecode() throws IOException {
    for (String normalisation : List.of("none", "per-utterance mean")) {
      save("model", normalisation);
      String feats = "ark:" + path("feats.ark");
      String loglikes = "ark:" + path("loglikes.ark");
      makeFeatures(feats);
      CommandResult.of("forward", "--apply-normalisation=true", path("model"), feats, loglikes);
      CommandResult decoded =
          CommandResult.of(
              "decode",
              SCALE,
              BEAM_ALONE,
              "--word-ins-penalty=0",
              "--allow-partial=true",
              TRANSITIONS.toString(),
              GRAPH.resolve("HCLG.fst").toString(),
              GRAPH.resolve("words.txt").toString(),
              loglikes,
              "-");
      assertThat(decoded.output()).isNotEmpty();
      CommandResult heard = recognize(BEAM_ALONE, path("model"), GRAPH.toString(), script(KEYS));
      assertThat(heard.status()).as(heard.messages()).isZero();
      assertThat(heard.output().replace(" \n", "\n"))
          .isEqualTo(decoded.output().replace(" \n", "\n"));
      assertThat(heard.messages()).contains("real-time factor");
      assertThat(heard.lastLine()).endsWith("Done 3 recordings, failed for 0");
      CommandResult parallel =
          recognize("--nj=2", BEAM_ALONE, path("model"), GRAPH.toString(), script(KEYS));
      assertThat(parallel.output()).isEqualTo(heard.output());
    }
  }

  private static float[] joined(List<String> keys) {
    int count = keys.stream().mapToInt(key -> wave(key).numSamples()).sum();
    float[] all = new float[count];
    int at = 0;
    for (String key : keys) {
      float[] samples = wave(key).channel(0);
      System.arraycopy(samples, 0, all, at, samples.length);
      at += samples.length;
    }
    return all;
  }

  private Recognizer recognizer(AcousticModel model) {
    return new Recognizer(
        "model",
        model,
        AudioFrontend.of(model.description(), folder.resolve("model")),
        DecodingGraph.open(GRAPH, null, null, 0),
        new Recognizer.Settings(DecoderOptions.DEFAULT, PEAKY, Optional.empty()));
  }

  @Test
  void stream_inAnyPieces_hasTheSameWords_andNeverChangesASettledOne() {
    float[] samples = joined(List.of("t01-001", "t01-002", "t01-003", "t01-004"));
    try (AcousticModel model = ModelFolder.load(folder.resolve("model"))) {
      Recognizer recognizer = recognizer(model);
      assertThat(recognizer.wordsAfterEnd()).isFalse();
      RecognitionStream whole = recognizer.open("u");
      whole.accept(samples);
      Recognition expected = whole.finish();
      assertThat(expected.words()).isNotEmpty();
      List<String> words = expected.words().stream().map(RecognizedWord::word).toList();
      for (int seed = 0; seed < 4; seed++) {
        Random random = new Random(seed);
        RecognitionStream stream = recognizer.open("u");
        List<String> settled = List.of();
        int at = 0;
        while (at < samples.length) {
          int to = Math.min(samples.length, at + 1 + random.nextInt(6000));
          stream.accept(Arrays.copyOfRange(samples, at, to));
          at = to;
          List<String> now = stream.settled();
          assertThat(now.subList(0, settled.size())).isEqualTo(settled);
          settled = now;
        }
        assertThat(settled).isNotEmpty();
        Recognition heard = stream.finish();
        assertThat(heard).isEqualTo(expected);
        assertThat(words.subList(0, settled.size())).isEqualTo(settled);
      }
    }
  }

  @Test
  void stream_withEndpoints_hasTheSameUtterances_andNeverChangesASettledWord() {
    float[] samples = joined(List.of("t01-001", "t01-002", "t01-003", "t01-004"));
    EndpointRules two = new EndpointRules(0.5, 1, 2, 5, 2);
    try (AcousticModel model = ModelFolder.load(folder.resolve("model"))) {
      Recognizer recognizer = recognizer(model);
      RecognitionStream whole = recognizer.open("u", Optional.of(two));
      whole.accept(samples);
      Recognition end = whole.finish();
      List<Recognition> expected = new ArrayList<>(whole.takeEnded());
      expected.add(end);
      double seconds = (double) samples.length / RATE;
      assertThat(expected).hasSizeGreaterThanOrEqualTo((int) (seconds / 2));
      double before = 0;
      for (Recognition utterance : expected) {
        double begin = before;
        assertThat(utterance.words())
            .allSatisfy(word -> assertThat(word.begin()).isGreaterThanOrEqualTo(begin - 1e-9))
            .allSatisfy(word -> assertThat(word.end()).isLessThan(utterance.seconds() + 1e-9));
        assertThat(utterance.seconds() - begin).isLessThan(2 + 1e-9);
        before = utterance.seconds();
      }
      assertThat(before).isEqualTo(seconds);
      Random random = new Random(6);
      RecognitionStream stream = recognizer.open("u", Optional.of(two));
      List<Recognition> heard = new ArrayList<>();
      List<String> settled = List.of();
      for (int at = 0; at < samples.length; ) {
        int to = Math.min(samples.length, at + 1 + random.nextInt(3000));
        stream.accept(Arrays.copyOfRange(samples, at, to));
        at = to;
        for (Recognition utterance : stream.takeEnded()) {
          List<String> words = utterance.words().stream().map(RecognizedWord::word).toList();
          assertThat(words.subList(0, settled.size())).isEqualTo(settled);
          settled = List.of();
          heard.add(utterance);
        }
        List<String> now = stream.settled();
        assertThat(now.subList(0, settled.size())).isEqualTo(settled);
        settled = now;
      }
      heard.add(stream.finish());
      assertThat(heard).isEqualTo(expected);
    }
  }

  @Test
  void words_liesWithinTheRecording_oneAfterTheOther() throws IOException {
    CommandResult json = recognize("--format=json", path("model"), GRAPH.toString(), script(KEYS));
    String[] lines = json.output().split("\n");
    assertThat(lines).hasSize(KEYS.size());
    for (int i = 0; i < lines.length; i++) {
      JsonObject line = JsonParser.parseString(lines[i]).getAsJsonObject();
      assertThat(line.get("key").getAsString()).isEqualTo(KEYS.get(i));
      assertThat(line.get("seconds").getAsDouble())
          .isCloseTo((double) wave(KEYS.get(i)).numSamples() / RATE, within(1e-6));
      double last = 0;
      List<String> words = new ArrayList<>();
      for (var word : line.getAsJsonArray("words")) {
        JsonObject fields = word.getAsJsonObject();
        double begin = fields.get("begin").getAsDouble();
        double end = fields.get("end").getAsDouble();
        assertThat(begin).isGreaterThanOrEqualTo(last - 1e-6);
        assertThat(end).isGreaterThan(begin);
        assertThat(fields.get("confidence").getAsDouble()).isBetween(0.0, 1.0);
        words.add(fields.get("word").getAsString());
        last = end;
      }
      assertThat(last).isLessThanOrEqualTo(line.get("seconds").getAsDouble() + 0.02);
      assertThat(String.join(" ", words)).isEqualTo(line.get("text").getAsString());
    }
  }

  @Test
  void formats_haveTheSameWords_andFilesOfTheirOwn() throws IOException {
    String text = recognize(path("model"), GRAPH.toString(), script(KEYS)).output();
    CommandResult ctm = recognize("--format=ctm", path("model"), GRAPH.toString(), script(KEYS));
    Map<String, String> words =
        ctm.output()
            .lines()
            .map(line -> line.split(" "))
            .collect(
                Collectors.groupingBy(
                    fields -> fields[0],
                    Collectors.mapping(fields -> fields[4], Collectors.joining(" "))));
    text.lines()
        .map(line -> line.split(" ", 2))
        .filter(line -> line.length > 1)
        .forEach(line -> assertThat(words).containsEntry(line[0], line[1]));
    CommandResult vtt =
        recognize(
            "--format=vtt",
            "--output-dir=" + path("captions"),
            path("model"),
            GRAPH.toString(),
            script(KEYS));
    assertThat(vtt.status()).isZero();
    assertThat(vtt.output()).isEmpty();
    for (String key : KEYS) {
      String captions = Files.readString(folder.resolve("captions/" + key + ".vtt"));
      assertThat(captions).startsWith("WEBVTT\n\n00:00:0");
      assertThat(captions.lines().skip(3).findFirst().orElseThrow().replaceAll(" ?<[^>]*>", " "))
          .isEqualTo(words.get(key));
    }
    CommandResult many = recognize("--format=vtt", path("model"), GRAPH.toString(), script(KEYS));
    assertThat(many.status()).isEqualTo(1);
    assertThat(many.messages()).contains("needs --output-dir");
    assertThat(recognize("--format=srt", path("model"), GRAPH.toString(), script(KEYS)).messages())
        .contains("no format 'srt'; there are text, ctm, json and vtt");
  }

  @Test
  void badAudio_isNamedInASentence_andTheOthersGoOn() throws IOException {
    float[] samples = wave("t01-001").channel(0);
    String good = wav("good.wav", WaveData.mono(RATE, samples));
    String slow = wav("slow.wav", WaveData.mono(8000, samples));
    String stereo = wav("stereo.wav", new WaveData(RATE, new float[][] {samples, samples}));
    Path empty = Files.createFile(folder.resolve("empty.wav"));
    Path noise = Files.writeString(folder.resolve("noise.wav"), "these are no samples");
    byte[] bytes = Files.readAllBytes(Path.of(good));
    Path cut = Files.write(folder.resolve("cut.wav"), Arrays.copyOf(bytes, bytes.length / 2));
    String tiny = wav("tiny.wav", WaveData.mono(RATE, Arrays.copyOf(samples, 100)));
    CommandResult result =
        recognize(
            path("model"),
            GRAPH.toString(),
            slow,
            stereo,
            empty.toString(),
            noise.toString(),
            cut.toString(),
            tiny,
            path("missing.wav"),
            good);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages())
        .contains(
            "slow is not recognized: "
                + slow
                + ": it has 8000 samples per second, the model hears 16000")
        .contains(
            "stereo is not recognized: " + stereo + ": it has 2 channels, the model hears one")
        .contains("empty is not recognized: " + empty + ": empty, no audio")
        .contains("noise is not recognized: " + noise + ": starts with bytes 74 68 65 73")
        .contains("cut ends before its header says")
        .contains("tiny is not recognized: 100 samples are too short for a frame")
        .contains("missing is not recognized: ")
        .doesNotContain("Exception");
    assertThat(result.lastLine()).endsWith("Done 1 recordings, failed for 7");
    assertThat(result.output().lines().map(line -> line.split(" ")[0]))
        .containsExactly("cut", "good");
  }

  @Test
  void graphFolder_saysWhatIsMissing() throws IOException {
    String wav = wav("good.wav", wave("t01-001"));
    Path graph = Files.createDirectories(folder.resolve("tri/graph"));
    assertThat(recognize(path("model"), path("none"), wav).messages())
        .contains("is no folder; a graph folder has HCLG.fst and words.txt");
    assertThat(recognize(path("model"), graph.toString(), wav).messages())
        .contains("has no HCLG.fst; Kaldi's mkgraph.sh writes it");
    Files.copy(GRAPH.resolve("HCLG.fst"), graph.resolve("HCLG.fst"));
    assertThat(recognize(path("model"), graph.toString(), wav).messages())
        .contains("has no words.txt");
    Files.copy(GRAPH.resolve("words.txt"), graph.resolve("words.txt"));
    CommandResult lost = recognize(path("model"), graph.toString(), wav);
    assertThat(lost.status()).isEqualTo(1);
    assertThat(lost.messages())
        .contains("no transition model: there is neither")
        .contains("tri/graph/final.mdl nor")
        .contains("tri/final.mdl; give --transition-model=FINAL.MDL");
    CommandResult given =
        recognize("--transition-model=" + TRANSITIONS, path("model"), graph.toString(), wav);
    assertThat(given.status()).as(given.messages()).isZero();
    assertThat(given.messages()).contains("word times are rough");
    Files.copy(TRANSITIONS, folder.resolve("tri/final.mdl"));
    assertThat(recognize(path("model"), graph.toString(), wav).output()).isEqualTo(given.output());
  }

  @Test
  void wordTimes_areThoseOfPhonesByName_ofWordBoundaries_andOfALexicon() throws IOException {
    String wav = wav("good.wav", wave("t01-001"));
    Path graph = Files.createDirectories(folder.resolve("graph/phones")).getParent();
    for (String name : List.of("HCLG.fst", "words.txt")) {
      Files.copy(GRAPH.resolve(name), graph.resolve(name));
    }
    String[] command = {
      "--format=ctm", "--transition-model=" + TRANSITIONS, path("model"), graph.toString(), wav
    };
    String byName = recognize("--format=ctm", path("model"), GRAPH.toString(), wav).output();
    List<String> boundaries = new ArrayList<>();
    Map<String, String> positions =
        Map.of("B", "begin", "I", "internal", "E", "end", "S", "singleton");
    for (String line : Files.readAllLines(GRAPH.resolve("phones.txt"))) {
      String[] fields = line.split(" ");
      String suffix = fields[0].replaceAll(".*_", "");
      if (!fields[1].equals("0") && !fields[0].startsWith("#")) {
        boundaries.add(fields[1] + " " + positions.getOrDefault(suffix, "nonword"));
      }
    }
    Path file = graph.resolve("phones/word_boundary.int");
    Files.write(file, boundaries);
    assertThat(recognize(command).output()).isEqualTo(byName);
    Files.copy(
        Path.of(System.getProperty("stjem.root"))
            .resolve("acoustic/src/test/resources/golden/decode-mini/align_lexicon.int"),
        graph.resolve("phones/align_lexicon.int"));
    assertThat(recognize(command).output()).isEqualTo(byName);
    Files.delete(graph.resolve("phones/align_lexicon.int"));
    Files.writeString(file, "1 middle\n");
    assertThat(recognize(command).messages()).contains("line 1 must be a phone id and begin");
  }

  @Test
  void confidenceModel_inTheModelFolder_makesProbabilities() throws IOException {
    Map<String, Double> plain = confidences("--confidence-model=auto");
    ConfidenceModel confidence =
        new ConfidenceModel(
            1,
            List.of("posterior", "frame-entropy"),
            new double[] {1, 2},
            new double[] {2, 1},
            new double[] {0.7, 0},
            -0.3,
            Map.of(),
            null);
    confidence.write(folder.resolve("model/confidence.json"));
    Map<String, Double> fitted = confidences("--confidence-model=auto");
    assertThat(fitted.keySet()).isEqualTo(plain.keySet());
    plain.forEach(
        (word, p) -> {
          double kept = Math.min(1 - 1e-5, Math.max(1e-5, p));
          double score = -0.3 + 0.7 * (Math.log(kept / (1 - kept)) - 1) / 2;
          assertThat(fitted.get(word)).isCloseTo(1 / (1 + Math.exp(-score)), within(2e-4));
        });
    assertThat(confidences("--confidence-model=none")).isEqualTo(plain);
    new ConfidenceModel(
            1,
            List.of("density-rank"),
            new double[1],
            new double[] {1},
            new double[1],
            0,
            Map.of(),
            null)
        .write(folder.resolve("ranks.json"));
    CommandResult unknown =
        recognize(
            "--confidence-model=" + path("ranks.json"),
            path("model"),
            GRAPH.toString(),
            script(KEYS));
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.messages())
        .contains("needs the feature density-rank and has no training frames to rank by");
    new ConfidenceModel(
            1,
            List.of("domain-posterior"),
            new double[1],
            new double[] {1},
            new double[1],
            0,
            Map.of(),
            null)
        .write(folder.resolve("domains.json"));
    assertThat(
            recognize(
                    "--confidence-model=" + path("domains.json"),
                    path("model"),
                    GRAPH.toString(),
                    script(KEYS))
                .messages())
        .contains("needs the feature domain-posterior, which a mixture alone has");
  }

  @Test
  void confidenceModel_withRanks_hasTheFeaturesOfWordFeatures() throws IOException {
    String feats = "ark:" + path("feats.ark");
    makeFeatures(feats);
    assertThat(
            CommandResult.of(
                    "forward",
                    "--output=logits",
                    "--log-density-wspecifier=ark:" + path("logpx.ark"),
                    path("model"),
                    feats,
                    "ark:" + path("logits.ark"))
                .status())
        .isZero();
    Files.writeString(
        folder.resolve("lattice.ctm"),
        recognize(
                "--confidence-model=none",
                "--format=ctm",
                path("model"),
                GRAPH.toString(),
                script(KEYS))
            .output());
    assertThat(
            CommandResult.of(
                    "word-features",
                    "--logits=ark:" + path("logits.ark"),
                    "--train-log-density=ark:" + path("logpx.ark"),
                    path("lattice.ctm"),
                    path("words"))
                .status())
        .isZero();
    CommandResult fitted =
        CommandResult.of(
            "confidence-train",
            "--train-log-density=ark:" + path("logpx.ark"),
            path("words"),
            reference(),
            path("model/confidence.json"));
    assertThat(fitted.status()).as(fitted.messages()).isZero();
    CommandResult.of(
        "confidence-apply", path("model/confidence.json"), path("words"), path("applied.ctm"));
    Map<String, Double> expected = new HashMap<>();
    Files.readAllLines(folder.resolve("applied.ctm")).stream()
        .map(line -> line.split(" "))
        .forEach(f -> expected.put(f[0] + f[2], Double.parseDouble(f[5])));
    Map<String, Double> heard = confidences("--confidence-model=auto");
    assertThat(heard.keySet()).isEqualTo(expected.keySet());
    // Ranks are those of 1001 quantiles.
    heard.forEach((word, p) -> assertThat(p).isCloseTo(expected.get(word), within(2e-3)));
  }

  /** What was heard, but for every second word. */
  private String reference() throws IOException {
    Map<String, StringBuilder> text = new TreeMap<>();
    int count = 0;
    for (String line : Files.readAllLines(folder.resolve("lattice.ctm"))) {
      String[] fields = line.split(" ");
      text.computeIfAbsent(fields[0], key -> new StringBuilder(key))
          .append(' ')
          .append(count++ % 2 == 0 ? fields[4] : "OTHER");
    }
    return Files.write(folder.resolve("reference"), text.values()).toString();
  }

  private Map<String, Double> confidences(String option) throws IOException {
    Map<String, Double> confidences = new HashMap<>();
    CommandResult result =
        recognize(option, "--format=ctm", path("model"), GRAPH.toString(), script(KEYS));
    result
        .output()
        .lines()
        .map(line -> line.split(" "))
        .forEach(f -> confidences.put(f[0] + f[2], Double.parseDouble(f[5])));
    assertThat(confidences).isNotEmpty();
    return confidences;
  }

  @Test
  void modelOfAnotherSystem_isNamed() throws IOException {
    SmallModels.save(folder.resolve("other"), 1, 1, DIM, List.of(), 7, 1);
    CommandResult result = recognize(path("other"), GRAPH.toString(), script(KEYS));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("has 7 pdfs, the transition model of graph");
  }

  @Test
  void standardInput_printsTheWordsOfTheFile() throws Exception {
    float[] samples = joined(List.of("t01-001", "t01-002", "t01-003"));
    String wav = wav("long.wav", WaveData.mono(RATE, samples));
    String offline = recognize(path("model"), GRAPH.toString(), wav).output();
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    for (float sample : samples) {
      int value = Math.round(sample);
      raw.write(value);
      raw.write(value >> 8);
    }
    Files.write(folder.resolve("raw"), raw.toByteArray());
    for (String input : List.of(wav, path("raw"))) {
      Process live =
          new ProcessBuilder(
                  JavaProcess.line(
                      JavaProcess.SHORT_LIVED,
                      "acoustic",
                      "recognize",
                      SCALE,
                      path("model"),
                      GRAPH.toString(),
                      "-"))
              .redirectInput(Path.of(input).toFile())
              .redirectError(folder.resolve("log").toFile())
              .start();
      String words = new String(live.getInputStream().readAllBytes());
      assertThat(live.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
      assertThat("long " + words).isEqualTo(offline);
      assertThat(Files.readString(folder.resolve("log")))
          .contains("real-time factor")
          .contains("words were settled");
    }
  }
}
