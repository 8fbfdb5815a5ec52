package org.stjem.acoustic.graph;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.kaldi.MutableFst;

/** Grammars of a list: of sentences, one of which is said, or of words in any order. */
public final class TextGrammar {
  /** Symbols of a {@code words.txt} that are no words. */
  private static final Set<String> RESERVED = Set.of("<eps>", "<s>", "</s>");

  /** Sentences that begin alike, as often as they are in the list. */
  private static final class Node {
    private final Map<Integer, Node> next = new LinkedHashMap<>();
    private int sentences;
    private int ends;
  }

  private TextGrammar() {}

  /**
   * What was made of a list.
   *
   * @param used number of sentences or words in the grammar; those that stand there twice count
   *     twice
   * @param leftOut number of those that were left out for words that are not in the table
   */
  public record Result(MutableFst fst, int used, int leftOut) {}

  /**
   * Reads sentences, one in each line. Each is as probable as it is frequent in the list.
   *
   * @throws StjemException if the file cannot be read or has no sentence that can be used
   */
  public static Result sentences(Path path, GrammarWords table) {
    Node root = new Node();
    int leftOut = 0;
    for (String[] words : lines(path)) {
      List<Integer> ids = new ArrayList<>();
      for (String word : words) {
        ids.add(id(path, table, word));
      }
      if (ids.contains(GrammarWords.UNKNOWN)) {
        leftOut++;
      } else {
        add(root, ids);
      }
    }
    requireSome(root.sentences, leftOut, path, "sentence");
    MutableFst fst = new MutableFst();
    add(fst, root);
    return new Result(fst, root.sentences, leftOut);
  }

  private static void add(Node root, List<Integer> ids) {
    Node node = root;
    node.sentences++;
    for (int id : ids) {
      node = node.next.computeIfAbsent(id, unused -> new Node());
      node.sentences++;
    }
    node.ends++;
  }

  /** Without recursion: sentences may be long. */
  private static void add(MutableFst fst, Node root) {
    List<Node> nodes = new ArrayList<>(List.of(root));
    fst.addState();
    for (int state = 0; state < nodes.size(); state++) {
      Node node = nodes.get(state);
      if (node.ends > 0) {
        fst.setFinal(state, cost(node.ends, node.sentences));
      }
      for (Map.Entry<Integer, Node> entry : node.next.entrySet()) {
        float cost = cost(entry.getValue().sentences, node.sentences);
        fst.addArc(state, entry.getKey(), entry.getKey(), cost, fst.addState());
        nodes.add(entry.getValue());
      }
    }
  }

  private static float cost(int count, int total) {
    return (float) -Math.log((double) count / total);
  }

  /**
   * Reads words, one at the beginning of each line; what else is in a line does not count, so that
   * {@code words.txt} will do. All words, and the end, are equally probable at any time.
   *
   * @throws StjemException if the file cannot be read or has no word that can be used
   */
  public static Result words(Path path, GrammarWords table) {
    Set<Integer> ids = new LinkedHashSet<>();
    int leftOut = 0;
    for (String[] fields : lines(path)) {
      String word = fields[0];
      if (RESERVED.contains(word) || word.startsWith("#")) {
        continue;
      }
      int id = table.id(word);
      if (id == GrammarWords.UNKNOWN) {
        leftOut++;
      } else {
        ids.add(id);
      }
    }
    requireSome(ids.size(), leftOut, path, "word");
    MutableFst fst = new MutableFst();
    int state = fst.addState();
    float cost = cost(1, ids.size() + 1);
    fst.setFinal(state, cost);
    ids.forEach(id -> fst.addArc(state, id, id, cost, state));
    return new Result(fst, ids.size(), leftOut);
  }

  private static int id(Path path, GrammarWords table, String word) {
    if (RESERVED.contains(word) || word.startsWith("#")) {
      throw new StjemException(
          path + " has the word " + word + ", which graphs do not take for one");
    }
    return table.id(word);
  }

  private static void requireSome(int used, int leftOut, Path path, String what) {
    if (used == 0) {
      throw new StjemException(
          leftOut == 0
              ? path + " has no " + what
              : path + " has no " + what + " that words.txt has all words of");
    }
  }

  private static List<String[]> lines(Path path) {
    try {
      return TextFile.lines(path).stream()
          .map(ByteText::words)
          .filter(words -> words.length > 0)
          .toList();
    } catch (IOException e) {
      throw new StjemException("cannot read " + path + ": " + StjemException.reason(e), e);
    }
  }
}
