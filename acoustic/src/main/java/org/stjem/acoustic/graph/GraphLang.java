package org.stjem.acoustic.graph;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.stjem.acoustic.decode.Fst;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.IntegerLines;
import org.stjem.frontend.kaldi.MutableFst;
import org.stjem.frontend.kaldi.SymbolTable;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * What a decoding graph takes from a language directory.
 *
 * @param folder the directory
 * @param lexicon {@code L_disambig.fst}, from phones to words
 * @param disambiguation ids of disambiguation symbols among the phones
 */
public record GraphLang(
    Path folder,
    SymbolTable words,
    SymbolTable phones,
    MutableFst lexicon,
    Set<Integer> disambiguation) {
  private static final String BACKOFF_SYMBOL = "#0";

  /** What a graph folder gets from a language directory, or cannot be made without. */
  private static final String SILENCE = "phones/silence.csl";

  /**
   * Reads a language directory.
   *
   * @throws StjemException if a file is missing or cannot be used
   */
  public static GraphLang read(Path folder) {
    if (!Files.isRegularFile(folder.resolve(SILENCE))) {
      throw new StjemException(folder + " is no language directory: it has no " + SILENCE);
    }
    Set<Integer> disambiguation = new TreeSet<>();
    IntegerLines.read(folder.resolve("phones/disambig.int"))
        .forEach(line -> Arrays.stream(line).forEach(disambiguation::add));
    Path lexicon = folder.resolve("L_disambig.fst");
    GraphLang lang =
        new GraphLang(
            folder,
            symbols(folder, "words.txt"),
            symbols(folder, "phones.txt"),
            fst(lexicon),
            disambiguation);
    lang.words.requireIds(Fst.read(ByteNames.of(lexicon)).words(), lexicon);
    return lang;
  }

  private static SymbolTable symbols(Path folder, String name) {
    return SymbolTable.read(ByteNames.of(folder.resolve(name)));
  }

  /**
   * Reads a transducer.
   *
   * @throws StjemException if it cannot be read, or has a cost that is no finite number
   */
  public static MutableFst fst(Path file) {
    Fst read = Fst.read(ByteNames.of(file));
    MutableFst fst = new MutableFst();
    for (int state = 0; state < read.numStates(); state++) {
      fst.setFinal(fst.addState(), read.finalCost(state));
      int end = state + 1 < read.numStates() ? read.firstArc(state + 1) : read.numArcs();
      for (int arc = read.firstArc(state); arc < end; arc++) {
        if (!Float.isFinite(read.cost(arc)) || read.finalCost(state) == Float.NEGATIVE_INFINITY) {
          throw new StjemException(file + " has an infinite cost at state " + state);
        }
        fst.addArc(
            state,
            read.inputLabel(arc),
            read.outputLabel(arc),
            read.cost(arc),
            read.nextState(arc));
      }
    }
    fst.setStart(read.start());
    return fst;
  }

  /**
   * The id of the symbol by which grammars back off.
   *
   * @throws StjemException if there is none
   */
  public int backoffSymbol() {
    if (!words.contains(BACKOFF_SYMBOL)) {
      throw new StjemException(
          folder.resolve("words.txt")
              + " has no "
              + BACKOFF_SYMBOL
              + ", by which n-grams back off");
    }
    return words.id(BACKOFF_SYMBOL);
  }

  /**
   * The id of the word that stands for all that are not in the lexicon.
   *
   * @throws StjemException if there is none
   */
  public int unknownWord() {
    Path file = folder.resolve("oov.int");
    int[] ids = IntegerLines.read(file).get(0);
    if (ids.length != 1) {
      throw new StjemException(file + " must hold one word");
    }
    return ids[0];
  }

  /**
   * Checks that a model has the phones of this directory.
   *
   * @param file of the model; the table of phones beside it, if there is one, has to agree as well
   * @throws StjemException names the first phone that differs
   */
  public void requireSamePhones(TransitionModel model, Path file) {
    Set<Integer> ofModel = new TreeSet<>();
    Arrays.stream(model.topology().phones()).forEach(ofModel::add);
    Path table = folder.resolve("phones.txt");
    for (int id : phones.ids()) {
      if (id != 0 && !disambiguation.contains(id) && !ofModel.remove(id)) {
        throw new StjemException(
            table
                + " has the phone "
                + phones.symbol(id)
                + " with id "
                + id
                + ", but "
                + file
                + " has no phone "
                + id);
      }
    }
    for (int id : ofModel) {
      throw new StjemException(file + " has the phone " + id + ", which " + table + " has not");
    }
    Path tableOfModel = file.resolveSibling("phones.txt");
    if (!Files.exists(tableOfModel)) {
      return;
    }
    SymbolTable others = SymbolTable.read(ByteNames.of(tableOfModel));
    for (int id : model.topology().phones()) {
      String name = phones.symbol(id);
      String other = Arrays.binarySearch(others.ids(), id) < 0 ? "missing" : others.symbol(id);
      if (!name.equals(other)) {
        throw new StjemException(
            "phone "
                + id
                + " is "
                + name
                + " in "
                + table
                + ", but "
                + other
                + " in "
                + tableOfModel);
      }
    }
  }
}
