package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Compares with {@code latgen-faster-mapped --max-active=7000 --beam=15 --lattice-beam=8}. */
class DecodeCommandTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path GOLDEN = ROOT.resolve("acoustic/src/test/resources/golden/decode-mini");
  private static final Path LATTICES =
      ROOT.resolve("acoustic/src/test/resources/golden/lattice-mini");
  private static final Path TRI1 = ROOT.resolve("scripts/mini/exp/tri1");
  private static final String MODEL = TRI1.resolve("final.mdl").toString();
  private static final String GRAPH = TRI1.resolve("graph/HCLG.fst").toString();
  private static final String WORDS = TRI1.resolve("graph/words.txt").toString();
  private static final String LOGLIKES = "ark:" + GOLDEN.resolve("loglikes.ark");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"0.1", "0.0667"})
  void decode_mini_equalsKaldi(String scale) throws IOException {
    Path costs = folder.resolve("costs.txt");
    Path alignments = folder.resolve("ali.txt");
    CommandResult result =
        decode(
            "--acoustic-scale=" + scale,
            "--costs-wspecifier=ark,t:" + costs,
            "--alignment-wspecifier=ark,t:" + alignments,
            LOGLIKES,
            "ark,t:" + folder.resolve("words.txt"));
    assertThat(result.status()).isZero();
    assertThat(result.lastLine()).endsWith("Done 16 utterances, failed for 0");
    assertThat(folder.resolve("words.txt"))
        .hasSameTextualContentAs(GOLDEN.resolve("words-acwt" + scale + ".txt"));
    assertThat(Files.readAllLines(alignments))
        .isEqualTo(gunzip(GOLDEN.resolve("transition-ids-acwt" + scale + ".txt.gz")));
    List<String> expected = Files.readAllLines(GOLDEN.resolve("costs-acwt" + scale + ".txt"));
    List<String> actual = Files.readAllLines(costs);
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      String[] ours = actual.get(i).split("\\s+");
      String[] kaldis = expected.get(i).split("\\s+");
      assertThat(ours[0]).isEqualTo(kaldis[0]);
      for (int column = 1; column <= 2; column++) {
        double kaldi = Double.parseDouble(kaldis[column]);
        assertThat(Double.parseDouble(ours[column]))
            .isCloseTo(kaldi, within(1e-5 * Math.abs(kaldi)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.1", "0.0667"})
  void decode_ctm_equalsKaldi(String scale) {
    Path ctm = folder.resolve("hyp.ctm");
    CommandResult result =
        decode(
            "--acoustic-scale=" + scale,
            "--ctm=" + ctm,
            "--align-lexicon=" + GOLDEN.resolve("align_lexicon.int"),
            LOGLIKES,
            folder.resolve("words.txt").toString());
    assertThat(result.status()).isZero();
    assertThat(ctm).hasSameTextualContentAs(GOLDEN.resolve("ctm-acwt" + scale + ".txt"));
  }

  @Test
  void decode_ctmWithALexiconThatLacksTheWords_warns() throws IOException {
    Path lexicon = folder.resolve("align_lexicon.int");
    Files.writeString(lexicon, "0 0 1\n");
    Path ctm = folder.resolve("hyp.ctm");
    CommandResult result =
        decode("--ctm=" + ctm, "--align-lexicon=" + lexicon, LOGLIKES, "/dev/null");
    assertThat(result.status()).isZero();
    assertThat(ctm).isEmptyFile();
    assertThat(result.messages())
        .contains("no word times for utterance t01-001: its phones are not the lexicon's");
    Files.writeString(lexicon, "0 0 SIL\n");
    CommandResult symbols =
        decode("--ctm=" + ctm, "--align-lexicon=" + lexicon, LOGLIKES, "/dev/null");
    assertThat(symbols.status()).isEqualTo(1);
    assertThat(symbols.messages()).contains("line 1 has 'SIL' in place of an integer");
    CommandResult alone = decode("--ctm=" + ctm, LOGLIKES, "/dev/null");
    assertThat(alone.messages()).contains("--ctm needs --align-lexicon");
    CommandResult useless = decode("--align-lexicon=" + lexicon, LOGLIKES, "/dev/null");
    assertThat(useless.messages()).contains("--align-lexicon goes with --ctm or --conf-ctm");
  }

  /** The same words; times and posteriors to the last digits, though alignment leaves choices. */
  @Test
  void decode_confCtm_equalsKaldi() throws IOException {
    Path ctm = folder.resolve("conf.ctm");
    CommandResult result =
        decode(
            "--acoustic-scale=0.03",
            "--lattice-beam=4",
            "--conf-ctm=" + ctm,
            "--align-lexicon=" + GOLDEN.resolve("align_lexicon.int"),
            LOGLIKES,
            "/dev/null");
    assertThat(result.status()).isZero();
    List<String> kaldis = Files.readAllLines(LATTICES.resolve("chain.ctm"));
    List<String> ours = Files.readAllLines(ctm);
    assertThat(ours).hasSameSizeAs(kaldis);
    for (int i = 0; i < ours.size(); i++) {
      String[] our = ours.get(i).split(" ");
      String[] kaldi = kaldis.get(i).split(" ");
      assertThat(our).hasSize(6);
      assertThat(our[0] + our[4]).isEqualTo(kaldi[0] + kaldi[4]);
      assertThat(Double.parseDouble(our[2])).isCloseTo(Double.parseDouble(kaldi[2]), within(0.006));
      assertThat(Double.parseDouble(our[3])).isCloseTo(Double.parseDouble(kaldi[3]), within(0.006));
      assertThat(Double.parseDouble(our[5])).isCloseTo(Double.parseDouble(kaldi[5]), within(3e-6));
    }
  }

  @Test
  void decode_confCtm_options() throws IOException {
    Path plain = folder.resolve("plain.ctm");
    Path inverse = folder.resolve("inverse.ctm");
    decode("--acoustic-scale=0.02", "--conf-ctm=" + plain, LOGLIKES, "/dev/null");
    decode(
        "--acoustic-scale=0.02",
        "--inv-acoustic-scale=50",
        "--confidence-digits=2",
        "--conf-ctm=" + inverse,
        LOGLIKES,
        "/dev/null");
    List<String> rounded = new ArrayList<>();
    for (String line : Files.readAllLines(plain)) {
      String[] fields = line.split(" ");
      fields[5] = String.format(Locale.ROOT, "%.2f", Double.parseDouble(fields[5]));
      rounded.add(String.join(" ", fields));
    }
    assertThat(Files.readAllLines(inverse)).isEqualTo(rounded);
    for (String[] fault :
        new String[][] {
          {"--inv-acoustic-scale=0", "--inv-acoustic-scale must be above 0, not 0.0"},
          {"--lm-scale=-1", "--lm-scale must be 0 or more, not -1.0"},
          {"--confidence-digits=0", "--confidence-digits must be from 1 to 9, not 0"},
          {"--frame-shift=0", "--frame-shift must be above 0, not 0.0"}
        }) {
      CommandResult refused = decode(fault[0], "--conf-ctm=" + plain, LOGLIKES, "/dev/null");
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.messages()).contains(fault[1]);
    }
  }

  @Test
  void decode_confCtmWithALexiconThatLacksTheWords_hasRoughTimes() throws IOException {
    Path lexicon = folder.resolve("align_lexicon.int");
    Files.writeString(lexicon, "0 0 1\n");
    Path rough = folder.resolve("rough.ctm");
    Path plain = folder.resolve("plain.ctm");
    CommandResult result =
        decode("--conf-ctm=" + rough, "--align-lexicon=" + lexicon, LOGLIKES, "/dev/null");
    assertThat(result.status()).isZero();
    assertThat(result.messages())
        .contains(
            "the word times of utterance t01-001 are rough: its phones are not the lexicon's");
    decode("--conf-ctm=" + plain, LOGLIKES, "/dev/null");
    assertThat(rough).hasSameTextualContentAs(plain);
  }

  /** The best path of each lattice has the costs and the alignment that are written apart. */
  @Test
  void decode_lattices_haveTheBestPath() throws IOException {
    Path lattices = folder.resolve("lattices.txt");
    Path costs = folder.resolve("costs.txt");
    CommandResult result =
        decode(
            "--acoustic-scale=0.02",
            "--lattice-wspecifier=ark,t:" + lattices,
            "--costs-wspecifier=ark,t:" + costs,
            LOGLIKES,
            "/dev/null");
    assertThat(result.status()).isZero();
    List<String> lines = Files.readAllLines(lattices);
    int at = 0;
    for (String line : Files.readAllLines(costs)) {
      String[] fields = line.trim().split(" ");
      assertThat(lines.get(at++)).isEqualTo(fields[0] + " ");
      int end = at + lines.subList(at, lines.size()).indexOf("");
      double best = leastCost(lines.subList(at, end), 0.02);
      assertThat(best)
          .isCloseTo(
              Double.parseDouble(fields[1]) + 0.02 * Double.parseDouble(fields[2]), within(1e-3));
      at = end + 1;
    }
    assertThat(at).isEqualTo(lines.size());
    assertThat(lines).hasSizeGreaterThan(1000);
  }

  private static double leastCost(List<String> arcs, double acousticScale) {
    Map<Integer, Double> costs = new HashMap<>();
    costs.put(0, 0.0);
    double least = Double.POSITIVE_INFINITY;
    for (String arc : arcs) {
      String[] fields = arc.split("\t");
      double cost = costs.get(Integer.parseInt(fields[0]));
      if (fields.length % 2 == 0) {
        String[] weight = fields[fields.length - 1].split(",");
        cost += Double.parseDouble(weight[0]) + acousticScale * Double.parseDouble(weight[1]);
      }
      if (fields.length > 2) {
        costs.merge(Integer.parseInt(fields[1]), cost, Math::min);
      } else {
        least = Math.min(least, cost);
      }
    }
    return least;
  }

  @Test
  void decode_severalThreads_equalsOneThread() throws IOException {
    decode(LOGLIKES, folder.resolve("one.txt").toString());
    CommandResult result = decode("--nj=4", LOGLIKES, folder.resolve("four.txt").toString());
    assertThat(result.status()).isZero();
    assertThat(folder.resolve("four.txt")).hasSameTextualContentAs(folder.resolve("one.txt"));
  }

  @Test
  void decode_sweep_equalsDecodingAtEachScale() throws IOException {
    Path sweep = folder.resolve("sweep");
    decode(
        "--sweep-dir=" + sweep,
        "--min-lmwt=10",
        "--max-lmwt=15",
        "--word-ins-penalties=0.0,1.0,300",
        LOGLIKES,
        folder.resolve("words.txt").toString());
    assertThat(sweep.resolve("penalty_0.0/10.txt"))
        .hasSameTextualContentAs(GOLDEN.resolve("words-acwt0.1.txt"));
    assertThat(sweep.resolve("penalty_0.0/15.txt"))
        .hasSameTextualContentAs(GOLDEN.resolve("words-acwt0.0667.txt"));
    assertThat(sweep.resolve("penalty_1.0")).isDirectoryContaining("glob:**/14.txt");
    try (var files = Files.walk(sweep)) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(18);
    }
    assertThat(wordCount(sweep.resolve("penalty_300/10.txt")))
        .isLessThanOrEqualTo(wordCount(sweep.resolve("penalty_0.0/10.txt")));
    CommandResult best =
        CommandResult.of(
            "best-wer", sweep.toString(), GOLDEN.resolve("words-acwt0.1.txt").toString());
    assertThat(best.output())
        .isEqualTo(
            "%WER 0.00 [ 0 / 67, 0 ins, 0 del, 0 sub ] " + sweep.resolve("penalty_0.0/10") + "\n");
    CommandResult at =
        CommandResult.of(
            "best-wer",
            "--at=15,1",
            sweep.toString(),
            GOLDEN.resolve("words-acwt0.1.txt").toString());
    assertThat(at.output()).endsWith(sweep.resolve("penalty_1.0/15") + "\n");
  }

  @Test
  void decode_badUtterances_areSkippedAndCounted() {
    Path table = folder.resolve("some.ark");
    FloatMatrix good = firstLoglikes();
    FloatMatrix nan = good.rows(0, good.rows());
    nan.set(3, 0, Float.NaN);
    write(
        table,
        List.of("empty", "good", "narrow", "nan", "short"),
        List.of(new FloatMatrix(0, 0), good, new FloatMatrix(9, 3), nan, good.rows(0, 2)));
    CommandResult result = decode("ark:" + table, "-");
    assertThat(result.status()).isZero();
    assertThat(result.output()).isEqualTo("good DIAL TWO NINE NINE \n");
    assertThat(result.messages())
        .contains("not decoding utterance empty: it has no frames")
        .contains("the log-likelihoods of narrow have 3 columns, but the model has 152 pdfs")
        .contains("not decoding utterance nan: the log-likelihood of pdf 0 in frame 3 is NaN")
        .contains("not producing output for utterance short since no final-state reached");
    assertThat(result.lastLine()).endsWith("Done 1 utterances, failed for 4");
  }

  @Test
  void decode_allowPartial_givesTheBestWordsSoFar() {
    Path table = folder.resolve("short.ark");
    FloatMatrix good = firstLoglikes();
    write(table, List.of("short"), List.of(good.rows(0, 2)));
    CommandResult refused = decode("ark:" + table, "-");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.output()).isEmpty();
    CommandResult result = decode("--allow-partial", "ark:" + table, "-");
    assertThat(result.status()).isZero();
    assertThat(result.output()).startsWith("short ");
    assertThat(result.messages()).contains("outputting partial output for utterance short");
  }

  @Test
  void decode_loglikesOfAnotherModel_areRefusedBeforeDecoding() {
    Path table = folder.resolve("narrow.ark");
    write(table, List.of("a", "b"), List.of(new FloatMatrix(9, 3), firstLoglikes()));
    CommandResult result = decode("ark:" + table, folder.resolve("words.txt").toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("have 3 columns, but the model has 152 pdfs");
    assertThat(folder.resolve("words.txt")).doesNotExist();
  }

  @Test
  void decode_wordsOfAnotherGraph_areRefused() throws IOException {
    Path words = folder.resolve("words.txt");
    Files.writeString(words, "<eps> 0\nONE 1\n");
    CommandResult result =
        CommandResult.of("decode", MODEL, GRAPH, words.toString(), LOGLIKES, "-");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("HCLG.fst and the words do not fit");
  }

  @Test
  void decode_truncatedGraph_isRefused() throws IOException {
    Path graph = folder.resolve("HCLG.fst");
    Files.write(graph, Arrays.copyOf(Files.readAllBytes(Path.of(GRAPH)), 50_000));
    CommandResult result =
        CommandResult.of("decode", MODEL, graph.toString(), WORDS, LOGLIKES, "-");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("HCLG.fst is truncated: it ends at byte 50000");
  }

  @Test
  void decode_truncatedLoglikes_leaveNoFileBehind() throws IOException {
    Path table = folder.resolve("cut.ark");
    byte[] whole = Files.readAllBytes(GOLDEN.resolve("loglikes.ark"));
    Files.write(table, Arrays.copyOf(whole, whole.length / 2));
    CommandResult result =
        decode(
            "--sweep-dir=" + folder.resolve("sweep"),
            "ark:" + table,
            folder.resolve("words.txt").toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("cut.ark");
    try (var files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile)).containsExactly(table);
    }
  }

  @Test
  void help_showsTheDefaultsOfKaldi() {
    String help = CommandResult.of("decode", "--help").output().replaceAll("\\s+", " ");
    assertThat(help)
        .containsPattern("--acoustic-scale=FACTOR .*?likelihoods \\(default: 0\\.1\\)")
        .containsPattern("--allow-partial.*?\\(default: false\\)")
        .containsPattern("--nj=N .*?\\(default: 1\\)")
        .containsPattern("--word-ins-penalty=WIP .*?\\(default: 0\\.0\\)")
        .containsPattern("--decode-mbr.*?\\(default: true\\)")
        .containsPattern("--lm-scale=FACTOR .*?\\(default: 1\\.0\\)")
        .containsPattern("--frame-shift=SECONDS .*?\\(default: 0\\.01\\)")
        .containsPattern("--confidence-digits=N .*?\\(default: 6\\)")
        .containsPattern("--min-lmwt=LMWT .*?\\(default: 7\\)")
        .containsPattern("--max-lmwt=LMWT .*?\\(default: 17\\)")
        .containsPattern("--word-ins-penalties=WIP,... .*?\\(default: 0\\.0,0\\.5,1\\.0\\)")
        .containsPattern("--beam=COST .*?\\(default: 16\\.0\\)");
  }

  private CommandResult decode(String... optionsThenTables) {
    List<String> arguments = new ArrayList<>();
    arguments.add("decode");
    arguments.addAll(List.of("--max-active=7000", "--beam=15", "--lattice-beam=8"));
    List<String> given = Arrays.asList(optionsThenTables);
    arguments.addAll(given.subList(0, given.size() - 2));
    arguments.addAll(List.of(MODEL, GRAPH, WORDS));
    arguments.addAll(given.subList(given.size() - 2, given.size()));
    return CommandResult.of(arguments.toArray(new String[0]));
  }

  private static FloatMatrix firstLoglikes() {
    try (var reader = Tables.readFloatMatrices(LOGLIKES)) {
      reader.next();
      return reader.value();
    }
  }

  private static void write(Path table, List<String> keys, List<FloatMatrix> matrices) {
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices("ark:" + table)) {
      for (int i = 0; i < keys.size(); i++) {
        writer.write(keys.get(i), matrices.get(i));
      }
      writer.commit();
    }
  }

  private static int wordCount(Path text) throws IOException {
    return Files.readString(text).split("\\s+").length;
  }

  private static List<String> gunzip(Path file) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return reader.lines().collect(Collectors.toList());
    }
  }
}
