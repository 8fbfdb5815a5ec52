package org.stjem.frontend.lang;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.stjem.frontend.io.AtomicFolder;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FstWriter;
import org.stjem.frontend.kaldi.KaldiOutput;
import org.stjem.frontend.kaldi.KeyOrder;
import org.stjem.frontend.kaldi.MutableFst;

/** The files of a language directory, as utils/prepare_lang.sh makes them. */
public final class LangDirectory {
  private static final String EPSILON = "<eps>";

  /** Disambiguation symbol of grammars, which the lexicon lets pass. */
  private static final String GRAMMAR_SYMBOL = "#0";

  private final Dictionary dictionary;
  private final LangOptions options;
  private final PhoneVersions versions;
  private final List<Pronunciation> lexicon;
  private final Disambiguation disambiguation;
  private final List<String> silence;
  private final List<String> nonsilence;
  private final List<String> disambiguationSymbols = new ArrayList<>();
  private final Map<String, Integer> phones = new LinkedHashMap<>();
  private final Map<String, Integer> words = new LinkedHashMap<>();
  private Path folder;

  private LangDirectory(Dictionary dictionary, LangOptions options) {
    this.dictionary = dictionary;
    this.options = options;
    PhoneLists lists = dictionary.phones();
    this.versions = new PhoneVersions(lists, options.positionDependentPhones());
    this.lexicon = dictionary.entries().stream().map(versions::mark).toList();
    this.disambiguation = new Disambiguation(lexicon);
    this.silence = versions.ofAll(lists.silence());
    this.nonsilence = versions.ofAll(lists.nonsilence());
    int symbols = disambiguation.largest() + options.numExtraPhoneDisambigSyms();
    for (int i = 0; i <= symbols; i++) {
      disambiguationSymbols.add("#" + i);
    }
    number(phones, List.of(EPSILON));
    number(phones, silence);
    number(phones, nonsilence);
    number(phones, disambiguationSymbols);
    TreeSet<String> sorted = new TreeSet<>(KeyOrder::compare);
    lexicon.forEach(entry -> sorted.add(entry.word()));
    number(words, List.of(EPSILON));
    number(words, sorted);
    number(words, List.of(GRAMMAR_SYMBOL, "<s>", "</s>"));
  }

  private static void number(Map<String, Integer> table, Iterable<String> symbols) {
    symbols.forEach(symbol -> table.put(symbol, table.size()));
  }

  /**
   * Makes a language directory.
   *
   * @param target what does not exist yet, or an empty folder; appears whole or not at all
   * @return number of words, number of phones and number of pronunciations, for messages
   * @throws StjemException if {@code target} is something else or cannot be written
   */
  public static Size write(Dictionary dictionary, LangOptions options, Path target) {
    LangDirectory lang = new LangDirectory(dictionary, options);
    try (AtomicFolder folder = AtomicFolder.create(target)) {
      lang.folder = folder.temporary();
      lang.writeAll();
      folder.commit();
    } catch (IOException e) {
      throw new StjemException("cannot write " + target + ": " + StjemException.reason(e), e);
    }
    return new Size(
        lang.words.size(), lang.silence.size() + lang.nonsilence.size(), lang.lexicon.size());
  }

  /**
   * How much a language directory holds.
   *
   * @param words with epsilon, {@code #0}, {@code <s>} and {@code </s>}
   * @param phones without epsilon and disambiguation symbols
   * @param pronunciations of all words
   */
  public record Size(int words, int phones, int pronunciations) {}

  private void writeAll() throws IOException {
    Files.createDirectory(folder.resolve("phones"));
    write("phones.txt", table(phones));
    write("words.txt", table(words));
    write("oov.txt", dictionary.unknownWord() + "\n");
    write("oov.int", words.get(dictionary.unknownWord()) + "\n");
    write(
        "topo",
        TopologyText.of(
            options.numNonsilStates(),
            options.numSilStates(),
            ids(nonsilence, " "),
            ids(silence, " ")));
    writeSymbols("silence", silence);
    writeSymbols("nonsilence", nonsilence);
    writeSymbols("optional_silence", List.of(dictionary.optionalSilence()));
    writeSymbols("disambig", disambiguationSymbols);
    writeSymbols("context_indep", silence);
    writeSets();
    writeQuestions();
    if (options.positionDependentPhones()) {
      writeWordBoundary();
    }
    writeAlignLexicon();
    write("phones/wdisambig.txt", GRAMMAR_SYMBOL + "\n");
    write("phones/wdisambig_phones.int", phones.get(GRAMMAR_SYMBOL) + "\n");
    write("phones/wdisambig_words.int", words.get(GRAMMAR_SYMBOL) + "\n");
    writeFst("L.fst", fst(lexicon, null));
    String silenceSymbol = disambiguationSymbols.get(disambiguationSymbols.size() - 1);
    MutableFst disambiguated = fst(disambiguation.entries(), silenceSymbol);
    // Where words begin, and nowhere else, a symbol of the grammar may pass.
    int first = dictionary.silenceAtEnds() == null && options.silProb() == 0 ? 0 : 1;
    int last = dictionary.silenceAtEnds() == null ? first : 2;
    for (int loop = first; loop <= last; loop++) {
      disambiguated.addArc(loop, phones.get(GRAMMAR_SYMBOL), words.get(GRAMMAR_SYMBOL), 0, loop);
    }
    writeFst("L_disambig.fst", disambiguated);
  }

  private MutableFst fst(List<Pronunciation> entries, String silenceSymbol) {
    String optional = dictionary.optionalSilence();
    return dictionary.silenceAtEnds() == null
        ? LexiconFst.make(entries, phones, words, options.silProb(), optional, silenceSymbol)
        : LexiconFst.make(
            entries, phones, words, dictionary.silenceAtEnds(), optional, silenceSymbol);
  }

  private void writeFst(String name, MutableFst fst) throws IOException {
    fst.sortByOutputLabel();
    try (KaldiOutput out = KaldiOutput.open(ByteNames.of(folder.resolve(name)))) {
      FstWriter.writeVector(fst, out);
      out.commit();
    }
  }

  /** One symbol a line, as text and ids, and all ids in one line. */
  private void writeSymbols(String name, List<String> symbols) throws IOException {
    write("phones/" + name + ".txt", String.join("\n", symbols) + "\n");
    write("phones/" + name + ".int", ids(symbols, "\n") + "\n");
    write("phones/" + name + ".csl", ids(symbols, ":") + "\n");
  }

  /** Which phones share a root of the decision tree, and which of those are split. */
  private void writeSets() throws IOException {
    PhoneLists lists = dictionary.phones();
    List<List<String>> sets = new ArrayList<>();
    if (options.shareSilencePhones()) {
      sets.add(silence);
    } else {
      lists.silence().forEach(list -> sets.add(versions.of(list)));
    }
    lists.nonsilence().forEach(list -> sets.add(versions.of(list)));
    List<String> kinds = new ArrayList<>();
    for (int i = 0; i < sets.size(); i++) {
      boolean shared = i == 0 && options.shareSilencePhones();
      kinds.add(shared ? "not-shared not-split " : "shared split ");
    }
    StringBuilder text = new StringBuilder();
    StringBuilder numbers = new StringBuilder();
    StringBuilder roots = new StringBuilder();
    StringBuilder rootNumbers = new StringBuilder();
    for (int i = 0; i < sets.size(); i++) {
      String names = String.join(" ", sets.get(i));
      String ids = ids(sets.get(i), " ");
      text.append(names).append('\n');
      numbers.append(ids).append('\n');
      roots.append(kinds.get(i)).append(names).append('\n');
      rootNumbers.append(kinds.get(i)).append(ids).append('\n');
    }
    write("phones/sets.txt", text.toString());
    write("phones/sets.int", numbers.toString());
    write("phones/roots.txt", roots.toString());
    write("phones/roots.int", rootNumbers.toString());
  }

  /** The dictionary's questions, then those for positions, of speech and silence by themselves. */
  private void writeQuestions() throws IOException {
    PhoneLists lists = dictionary.phones();
    StringBuilder text = new StringBuilder();
    StringBuilder numbers = new StringBuilder();
    for (List<String> question : lists.questions()) {
      List<String> all = versions.of(question);
      text.append(String.join(" ", all)).append('\n');
      numbers.append(ids(all, " ")).append('\n');
    }
    if (options.positionDependentPhones()) {
      for (boolean ofSilence : new boolean[] {false, true}) {
        List<String> all = ofSilence ? silence : nonsilence;
        for (String position : List.of("nonword", "begin", "end", "internal", "singleton")) {
          List<String> those =
              all.stream().filter(x -> PhoneVersions.position(x).equals(position)).toList();
          if (!those.isEmpty()) {
            text.append(String.join(" ", those)).append(" \n");
            numbers.append(ids(those, " ")).append('\n');
          }
        }
      }
    }
    write("phones/extra_questions.txt", text.toString());
    write("phones/extra_questions.int", numbers.toString());
  }

  private void writeWordBoundary() throws IOException {
    StringBuilder text = new StringBuilder();
    StringBuilder numbers = new StringBuilder();
    for (List<String> list : List.of(silence, nonsilence)) {
      for (String phone : list) {
        String position = " " + PhoneVersions.position(phone) + "\n";
        text.append(phone).append(position);
        numbers.append(phones.get(phone)).append(position);
      }
    }
    write("phones/word_boundary.txt", text.toString());
    write("phones/word_boundary.int", numbers.toString());
  }

  /** Each word twice and its phones, by which words are found in the phones of a path. */
  private void writeAlignLexicon() throws IOException {
    TreeSet<String> lines = new TreeSet<>(KeyOrder::compare);
    for (Pronunciation entry : lexicon) {
      String word = entry.word();
      lines.add(word + " " + word + " " + String.join(" ", entry.phones()));
    }
    lines.add(EPSILON + " " + EPSILON + " " + dictionary.optionalSilence());
    StringBuilder numbers = new StringBuilder();
    for (String line : lines) {
      List<String> fields = List.of(line.split(" "));
      int word = words.get(fields.get(0));
      numbers.append(word).append(' ').append(word).append(' ');
      numbers.append(ids(fields.subList(2, fields.size()), " ")).append('\n');
    }
    write("phones/align_lexicon.txt", String.join("\n", lines) + "\n");
    write("phones/align_lexicon.int", numbers.toString());
  }

  private String ids(List<String> symbols, String separator) {
    return symbols.stream()
        .map(symbol -> phones.get(symbol).toString())
        .collect(Collectors.joining(separator));
  }

  private static String table(Map<String, Integer> symbols) {
    StringBuilder text = new StringBuilder();
    symbols.forEach((symbol, id) -> text.append(symbol).append(' ').append(id).append('\n'));
    return text.toString();
  }

  private void write(String name, String text) throws IOException {
    Files.write(folder.resolve(name), ByteText.encode(text));
  }
}
