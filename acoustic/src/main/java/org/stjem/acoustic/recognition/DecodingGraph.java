package org.stjem.acoustic.recognition;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.stjem.acoustic.confidence.PhoneCounts;
import org.stjem.acoustic.decode.AlignLexicon;
import org.stjem.acoustic.decode.BestPath;
import org.stjem.acoustic.decode.Fst;
import org.stjem.acoustic.decode.WordBoundaries;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SymbolTable;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * What a graph folder of Kaldi's {@code mkgraph.sh} holds: {@code HCLG.fst}, {@code words.txt}, the
 * transition model, which lies in the folder or beside it, and what tells where words begin and
 * end. Immutable.
 */
public final class DecodingGraph {
  private final Path folder;
  private final Fst fst;
  private final SymbolTable words;
  private final TransitionModel transitions;
  private final int[] pdfs;
  private final AlignLexicon lexicon;
  private final WordBoundaries boundaries;
  private final PhoneCounts phoneCounts;
  private final Map<Integer, String> phoneNames;
  private final boolean[] silentIds;

  private DecodingGraph(
      Path folder,
      Fst fst,
      SymbolTable words,
      TransitionModel transitions,
      AlignLexicon lexicon,
      WordBoundaries boundaries,
      PhoneCounts phoneCounts,
      Map<Integer, String> phoneNames,
      Set<Integer> silencePhones) {
    this.folder = folder;
    this.fst = fst;
    this.words = words;
    this.transitions = transitions;
    this.lexicon = lexicon;
    this.boundaries = boundaries;
    this.phoneCounts = phoneCounts;
    this.phoneNames = phoneNames;
    this.pdfs = new int[transitions.numTransitionIds() + 1];
    this.silentIds = new boolean[pdfs.length];
    for (int id = 1; id < pdfs.length; id++) {
      pdfs[id] = transitions.pdf(id);
      silentIds[id] = silencePhones.contains(transitions.phone(id));
    }
  }

  /**
   * Reads a folder.
   *
   * @param transitionModel file of the transition model; null to look for {@code final.mdl}
   * @param alignLexicon file of the pronunciations; null to look for {@code
   *     phones/align_lexicon.int}, {@code phones/word_boundary.int} and the names in {@code
   *     phones.txt}
   * @param wordPenalty added to the cost of each word
   * @throws StjemException if something is missing, cannot be read, or does not fit
   */
  public static DecodingGraph open(
      Path folder, Path transitionModel, Path alignLexicon, double wordPenalty) {
    if (!Files.isDirectory(folder)) {
      throw new StjemException(
          folder
              + " is no folder; a graph folder has HCLG.fst and words.txt, as mkgraph.sh writes");
    }
    Path hclg = needed(folder, "HCLG.fst");
    Path symbols = needed(folder, "words.txt");
    TransitionModel transitions =
        TransitionModel.read(ByteNames.of(transitionModel(folder, transitionModel)));
    Fst fst = Fst.read(ByteNames.of(hclg));
    SymbolTable words = SymbolTable.read(ByteNames.of(symbols));
    checkWords(hclg, fst, words);
    Path phones = folder.resolve("phones");
    Path lexicon = existing(alignLexicon, phones.resolve("align_lexicon.int"));
    Path wordBoundary = phones.resolve("word_boundary.int");
    Path names = folder.resolve("phones.txt");
    WordBoundaries boundaries = null;
    if (lexicon == null && Files.exists(wordBoundary)) {
      boundaries = WordBoundaries.read(wordBoundary);
    } else if (lexicon == null && Files.exists(names)) {
      boundaries = WordBoundaries.ofPhones(names);
    }
    Path counted = phones.resolve("align_lexicon.txt");
    return new DecodingGraph(
        folder,
        wordPenalty == 0 ? fst : fst.withWordPenalty(wordPenalty),
        words,
        transitions,
        lexicon == null ? null : AlignLexicon.read(lexicon),
        boundaries,
        Files.exists(counted) ? PhoneCounts.read(counted) : null,
        Files.exists(names) ? phoneNames(transitions, names) : Map.of(),
        SilencePhones.of(folder));
  }

  private static Map<Integer, String> phoneNames(TransitionModel transitions, Path file) {
    SymbolTable symbols = SymbolTable.read(ByteNames.of(file));
    Map<Integer, String> names = new HashMap<>();
    for (int id = 1; id <= transitions.numTransitionIds(); id++) {
      names.computeIfAbsent(transitions.phone(id), symbols::symbol);
    }
    return names;
  }

  private static Path needed(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      throw new StjemException(
          "graph folder " + folder + " has no " + name + "; Kaldi's mkgraph.sh writes it");
    }
    return file;
  }

  private static Path transitionModel(Path folder, Path given) {
    if (given != null) {
      return given;
    }
    List<Path> places =
        List.of(
            folder.resolve("final.mdl"),
            folder.toAbsolutePath().normalize().resolveSibling("final.mdl"));
    return places.stream()
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new StjemException(
                    "no transition model: there is neither "
                        + places.get(0)
                        + " nor "
                        + places.get(1)
                        + "; give --transition-model=FINAL.MDL, of the system the graph was made"
                        + " of"));
  }

  private static Path existing(Path given, Path otherwise) {
    return given != null || !Files.exists(otherwise) ? given : otherwise;
  }

  private static void checkWords(Path hclg, Fst fst, SymbolTable words) {
    try {
      for (int word : fst.words()) {
        words.symbol(word);
      }
    } catch (StjemException e) {
      throw new StjemException(
          "the graph " + hclg + " and the words do not fit: " + e.getMessage(), e);
    }
  }

  /** The folder. */
  Path folder() {
    return folder;
  }

  Fst fst() {
    return fst;
  }

  /** Column of the log-likelihoods per transition-id. */
  int[] pdfs() {
    return pdfs;
  }

  /** Which transition-ids are of silence or noise. */
  boolean[] silentIds() {
    return silentIds;
  }

  /** Columns of the log-likelihoods. */
  public int numPdfs() {
    return transitions.numPdfs();
  }

  /** The system's transition model. */
  public TransitionModel transitions() {
    return transitions;
  }

  /** What a phone is called; its number if the folder has no phones.txt. */
  public String phoneName(int phone) {
    return phoneNames.getOrDefault(phone, Integer.toString(phone));
  }

  String word(int id) {
    return words.symbol(id);
  }

  /** How many phones words have, if the folder tells. */
  Optional<PhoneCounts> phoneCounts() {
    return Optional.ofNullable(phoneCounts);
  }

  /** Whether something tells where words begin and end. */
  public boolean knowsWordTimes() {
    return lexicon != null || boundaries != null;
  }

  /**
   * When the words of a path were spoken.
   *
   * @throws StjemException if nothing tells, or its phones are not those of its words
   */
  List<AlignLexicon.WordTime> times(BestPath path) {
    if (lexicon != null) {
      return lexicon.times(path, transitions);
    }
    if (boundaries != null) {
      return boundaries.times(path, transitions);
    }
    throw new StjemException("nothing tells where words begin and end");
  }
}
