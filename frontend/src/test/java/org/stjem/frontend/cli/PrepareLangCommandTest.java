package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.io.TextFile;

/**
 * Language directories beside those of Kaldi's utils/prepare_lang.sh: {@code golden/lang} has what
 * it made of {@code dict}, and of that with the files of {@code silprob}, all files in one,
 * transducers as {@code fstprint} prints them.
 */
class PrepareLangCommandTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path GOLDEN = ROOT.resolve("frontend/src/test/resources/golden/lang");

  @TempDir Path folder;

  private CommandRun prepare(String... arguments) {
    return CommandRun.of("prepare-lang", arguments);
  }

  private static Map<String, List<String>> golden(String name) throws IOException {
    Map<String, List<String>> files = new TreeMap<>();
    List<String> lines = null;
    for (String line : TextFile.lines(GOLDEN.resolve(name + ".txt"))) {
      if (line.startsWith("=== ")) {
        lines = new ArrayList<>();
        files.put(line.substring(4), lines);
      } else {
        lines.add(line);
      }
    }
    return files;
  }

  private static Map<String, List<String>> made(Path lang) throws IOException {
    Map<String, List<String>> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(lang)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        String name = lang.relativize(file).toString();
        files.put(
            name, name.endsWith(".fst") ? arcs(Files.readAllBytes(file)) : TextFile.lines(file));
      }
    }
    return files;
  }

  /** The arcs and final states of an OpenFst file of type vector, with costs as float bits. */
  private static List<String> arcs(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(in.getInt()).isEqualTo(2125659606);
    assertThat(string(in)).isEqualTo("vector");
    assertThat(string(in)).isEqualTo("standard");
    in.position(in.position() + 2 * Integer.BYTES + Long.BYTES);
    assertThat(in.getLong()).as("start").isZero();
    long states = in.getLong();
    in.getLong();
    List<String> lines = new ArrayList<>();
    for (int state = 0; state < states; state++) {
      float end = in.getFloat();
      if (end < Float.POSITIVE_INFINITY) {
        lines.add(state + " final " + end);
      }
      int lastLabel = 0;
      for (long left = in.getLong(); left > 0; left--) {
        int input = in.getInt();
        int output = in.getInt();
        float cost = in.getFloat() + 0f; // Kaldi writes -0
        lines.add(state + " " + in.getInt() + " " + input + " " + output + " " + cost);
        assertThat(output).as("sorted by output label").isGreaterThanOrEqualTo(lastLabel);
        lastLabel = output;
      }
    }
    assertThat(in.hasRemaining()).isFalse();
    lines.sort(null);
    return lines;
  }

  private static String string(ByteBuffer in) {
    byte[] text = new byte[in.getInt()];
    in.get(text);
    return new String(text, StandardCharsets.US_ASCII);
  }

  /** What {@link #arcs} would say of what {@code fstprint} printed. */
  private static List<String> printed(List<String> lines) {
    return lines.stream()
        .map(
            line -> {
              String[] fields = line.split("\t");
              boolean end = fields.length < 3;
              int labels = end ? 1 : 4;
              float cost = fields.length > labels ? Float.parseFloat(fields[labels]) + 0f : 0;
              return (end ? fields[0] + " final" : String.join(" ", Arrays.copyOf(fields, labels)))
                  + " "
                  + cost;
            })
        .sorted()
        .toList();
  }

  private static void assertSame(Path lang, Map<String, List<String>> expected) throws IOException {
    Map<String, List<String>> files = made(lang);
    assertThat(files.keySet()).isEqualTo(expected.keySet());
    for (Map.Entry<String, List<String>> file : files.entrySet()) {
      List<String> lines = expected.get(file.getKey());
      assertThat(file.getValue())
          .as(file.getKey())
          .isEqualTo(file.getKey().endsWith(".fst") ? printed(lines) : lines);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "stress, ''",
    "stress-opts, --share-silence-phones=true --num-sil-states=3 --num-nonsil-states=1"
        + " --sil-prob=0.2 --num-extra-phone-disambig-syms=3",
    "stress-nosil, --sil-prob=0 --num-sil-states=4 --position-dependent-phones=false"
  })
  void dictionaryFolder_makesWhatKaldiMakes(String name, String options) throws IOException {
    List<String> arguments = new ArrayList<>();
    if (!options.isEmpty()) {
      arguments.addAll(List.of(options.split(" ")));
    }
    Path lang = folder.resolve("lang");
    arguments.addAll(
        List.of("--oov-word=<SPOKEN_NOISE>", GOLDEN.resolve("dict").toString(), lang.toString()));
    CommandRun run = prepare(arguments.toArray(new String[0]));
    assertThat(run.status()).as(run.messages()).isZero();
    assertSame(lang, golden(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"an4", "so762"})
  void lexiconAlone_makesTheFilesOfRealSystems(String corpus) throws IOException {
    String data = System.getenv("STJEM_TEST_DATA");
    assumeTrue(data != null, "STJEM_TEST_DATA is not set: no language directories of Kaldi");
    Path kaldi = Path.of(data, corpus, "lang");
    Path lang = folder.resolve("lang");
    CommandRun run = prepare(Path.of(data, corpus, "lm/lexicon.txt").toString(), lang.toString());
    assertThat(run.status()).as(run.messages()).isZero();
    Map<String, List<String>> files = made(lang);
    int compared = 0;
    for (Map.Entry<String, List<String>> file : files.entrySet()) {
      Path same = kaldi.resolve(file.getKey());
      if (Files.exists(same)) {
        assertThat(file.getValue())
            .as(file.getKey())
            .isEqualTo(
                file.getKey().endsWith(".fst")
                    ? arcs(Files.readAllBytes(same))
                    : TextFile.lines(same));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(12);
  }

  @Test
  void bundledLexicon_makesThePhonesAndWordsOfItsModel() throws IOException {
    Path mini = ROOT.resolve("scripts/mini");
    Path lang = folder.resolve("lang");
    CommandRun run = prepare(mini.resolve("lm/lexicon.txt").toString(), lang.toString());
    assertThat(run.status()).as(run.messages()).isZero();
    for (String name : List.of("phones.txt", "words.txt")) {
      assertThat(lang.resolve(name))
          .hasSameTextualContentAs(mini.resolve("exp/tri1/graph/" + name));
    }
  }

  @Test
  void severalLexica_areOneAndTellVariantsApart() throws IOException {
    Path first = Files.writeString(folder.resolve("first.txt"), "b T AA1\na AA0 T\nb AA0 T\n");
    Path second = Files.writeString(folder.resolve("lexiconp-2.txt"), "b 0.5 T AA1\nc 0.5 AA0\n");
    Path lang = folder.resolve("lang");
    CommandRun run =
        prepare(
            "--position-dependent-phones=false",
            first.toString(),
            second.toString(),
            lang.toString());
    assertThat(run.status()).as(run.messages()).isZero();
    assertThat(TextFile.lines(lang.resolve("phones/align_lexicon.txt")))
        .containsExactly(
            "<UNK> <UNK> SPN", "<eps> <eps> SIL", "a a AA0 T", "b b AA0 T", "b b T AA1", "c c AA0");
    assertThat(TextFile.lines(lang.resolve("phones/silence.txt"))).containsExactly("SIL", "SPN");
    assertThat(TextFile.lines(lang.resolve("phones/sets.txt")))
        .containsExactly("SIL", "SPN", "AA0 AA1", "T");
    assertThat(TextFile.lines(lang.resolve("phones/extra_questions.txt")))
        .containsExactly("AA0", "AA1");
    assertThat(TextFile.lines(lang.resolve("oov.txt"))).containsExactly("<UNK>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lexicon.txt | a AA\\nb\\n | line 2 has no pronunciation for the word b",
        "lexicon.txt | a AA\\n\\nb B\\n | line 2 is empty",
        "lexicon.txt | a AA\\nb B\\na AA\\n | line 3 repeats line 1: the same phones for a",
        "lexicon.txt | a AA #1\\n | line 1 has the phone #1; names that start with # are",
        "lexicon.txt | a AA_B\\n | line 1 has the phone AA_B; _B, _E, _S and _I at the end",
        "lexicon.txt | a <eps>\\n | line 1 has the phone <eps>; that stands for no phone",
        "lexicon.txt | #0 AA\\n | line 1 has the word #0, which stands for something else",
        "lexicon.txt | </s> AA\\n | line 1 has the word </s>, which stands for something else",
        "lexicon.txt | '' | is empty",
        "lexicon.txt | <UNK> SPN\\n | no phones but those of silence and noise",
        "lexiconp.txt | a AA\\n | line 1 has 'AA' as the probability of a",
        "lexiconp.txt | a 1.5 AA\\n | line 1 has '1.5' as the probability of a; it must be above",
        "lexiconp.txt | a 0.5\\n | line 1 has no pronunciation for the word a",
        "lexiconp_silprob.txt | a 1 0.5 1 1\\n | line 1 has no pronunciation for the word a",
        "lexiconp_silprob.txt | a 1 1 1 1 A\\n | line 1 has '1' for silence around a; it must be a"
            + " number above 0 and below 1",
        "lexiconp_silprob.txt | a 1 0.5 0 1 A\\n | line 1 has '0' for silence around a; it must be a"
            + " number above 0",
        "lexiconp_silprob.txt | a 1 0.5 1 x A\\n | line 1 has 'x' for silence around a; it must be a"
            + " number above 0",
        "lexiconp_silprob.txt | <UNK> 1 .5 1 1 A\\n | lexiconp_silprob has to be in a dictionary"
            + " folder, with silprob.txt"
      })
  void faultsOfALexicon_areNamedWithTheirLine(String name, String text, String fault)
      throws IOException {
    Path lexicon = Files.writeString(folder.resolve(name), text.replace("\\n", "\n"));
    assertFails(fault, lexicon.toString());
  }

  private void assertFails(String fault, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    Path lang = folder.resolve("lang");
    all.add(lang.toString());
    CommandRun run = prepare(all.toArray(new String[0]));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.messages()).contains(fault).hasLineCount(1);
    assertThat(lang).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lexiconp.txt | a 1 XX | neither in silence_phones.txt nor in nonsilence_phones.txt",
        "nonsilence_phones.txt | AA1\\nN\\nSPN\\n | has the phone SPN a second time, or has it besides",
        "nonsilence_phones.txt | AA1 AE1\\nAH0\\nEY1 EY0\\nHH\\nN\\n | no question in extra_questions",
        "optional_silence.txt | PAU | has the phone PAU, which is not in silence_phones.txt",
        "optional_silence.txt | SIL SPN | must hold one phone",
        "extra_questions.txt | AA1 ZZ | has the phone ZZ, which is neither in",
        "silprob.txt | <s> 1 | line 1 has '1' behind <s>; it must be a number above 0 and below 1",
        "silprob.txt | <s> 0.5\\nend 1 | line 2 must be one of [<s>, </s>_s, </s>_n, overall] and a",
        "silprob.txt | <s> 0.5\\n</s>_s 2\\noverall 0.5 | has no line </s>_n"
      })
  void faultsOfADictionary_areNamedWithTheirFile(String name, String text, String fault)
      throws IOException {
    Path dictionary =
        copied(name.equals("silprob.txt") ? List.of("dict", "silprob") : List.of("dict"));
    Path changed = Files.writeString(dictionary.resolve(name), text.replace("\\n", "\n"));
    assertFails(fault, dictionary.toString());
    assertFails(changed.toString(), dictionary.toString());
  }

  /** A dictionary of the files of several folders. */
  private Path copied(List<String> sources) throws IOException {
    Path dictionary = Files.createDirectory(folder.resolve("dict"));
    for (String source : sources) {
      try (Stream<Path> files = Files.list(GOLDEN.resolve(source))) {
        for (Path file : files.toList()) {
          Files.copy(file, dictionary.resolve(file.getFileName()));
        }
      }
    }
    return dictionary;
  }

  @Test
  void probabilitiesOfSilence_makeWhatKaldiMakes() throws IOException {
    Path dictionary = copied(List.of("dict", "silprob"));
    Path lang = folder.resolve("lang");
    CommandRun run = prepare("--oov-word=<SPOKEN_NOISE>", dictionary.toString(), lang.toString());
    assertThat(run.status()).as(run.messages()).isZero();
    assertSame(lang, golden("stress-silprob"));
  }

  @Test
  void probabilitiesOfSilence_areNeededOfAllWords() throws IOException {
    Path dictionary = copied(List.of("dict", "silprob"));
    Path names = Files.writeString(folder.resolve("names.txt"), "EVE EY1 N\n");
    assertFails(
        "only some lexica say where silence is likely", dictionary.toString(), names.toString());
  }

  @Test
  void filesThatAreNotSupported_areNamed() throws IOException {
    Path dictionary = copied(List.of("dict"));
    Path unread = Files.writeString(dictionary.resolve("nonterminals.txt"), "");
    CommandRun run = prepare(dictionary.toString(), folder.resolve("lang").toString());
    assertThat(run.status()).isZero();
    assertThat(run.messages()).contains("WARNING").contains(unread + " is not read");
  }

  @Test
  void optionsAndFolders_thatCannotBe_areRefused() throws IOException {
    String dictionary = GOLDEN.resolve("dict").toString();
    assertFails("--sil-prob=1.0 is not from 0 to below 1", "--sil-prob=1", dictionary);
    assertFails("--num-sil-states=0 is not from 1", "--num-sil-states=0", dictionary);
    assertFails("the lexica have no word <oov>", "--oov-word=<oov>", dictionary);
    assertFails("only one can have the phones", dictionary, folder.toString());
    assertFails("none.txt: there is no such file", folder.resolve("none.txt").toString());
    Files.createDirectory(folder.resolve("full"));
    Path file = Files.writeString(folder.resolve("full/topo"), "mine");
    CommandRun run = prepare(dictionary, folder.resolve("full").toString());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.messages()).contains("is not empty");
    assertThat(file).hasContent("mine");
  }
}
