package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/** The roots of a decision tree, as {@code phones/roots.int} has them: what may share a pdf. */
public final class TreeRoots {
  private static final int MOST_CLASSES = 10_000;

  private final List<Root> roots;

  /**
   * A root.
   *
   * @param shared whether the states of its phones share it; otherwise each state has its own
   * @param split whether questions may be asked below it
   * @param phones ascending
   */
  public record Root(boolean shared, boolean split, int... phones) {}

  private TreeRoots(List<Root> roots) {
    this.roots = roots;
  }

  /** Phones that have their pdfs in common, each state its own, and no questions. */
  static TreeRoots ofSets(List<int[]> sets) {
    return new TreeRoots(sets.stream().map(set -> new Root(false, false, set)).toList());
  }

  /**
   * Reads a file with lines {@code shared|not-shared split|not-split phone-id …}.
   *
   * @throws StjemException if it cannot be read or has another line; names file and line
   */
  public static TreeRoots read(Path file) {
    List<Root> roots = new ArrayList<>();
    try {
      for (String line : TextFile.lines(file)) {
        roots.add(parse(ByteText.words(line), file + " line " + (roots.size() + 1)));
      }
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
    if (roots.isEmpty()) {
      throw new StjemException(file + " is empty");
    }
    return new TreeRoots(roots);
  }

  private static Root parse(String[] words, String where) {
    if (words.length < 3
        || !words[0].matches("(not-)?shared")
        || !words[1].matches("(not-)?split")) {
      throw new StjemException(
          where + " must be 'shared' or 'not-shared', 'split' or 'not-split', and phones");
    }
    int[] phones = new int[words.length - 2];
    for (int i = 0; i < phones.length; i++) {
      phones[i] = IntegerLines.parse(words[i + 2], where);
    }
    Arrays.sort(phones);
    return new Root(words[0].equals("shared"), words[1].equals("split"), phones);
  }

  /** In the order of the file. */
  public List<Root> roots() {
    return roots;
  }

  /**
   * The tree before any question is asked, in the shape in which Kaldi makes it (GetStubMap in
   * tree/build-tree-utils.cc); leaves are counted in the order of the roots.
   *
   * @param position where the phone itself stands in the window of phones
   * @throws StjemException if a phone has no HMM, stands twice or is missing
   */
  public TreeNode stub(HmmTopology topology, int position) {
    check(topology);
    return new Stub(topology, position).make(roots);
  }

  private void check(HmmTopology topology) {
    Set<Integer> seen = new HashSet<>();
    for (Root root : roots) {
      if (root.phones.length == 0) {
        throw new StjemException("a set of phones is empty");
      }
      for (int phone : root.phones) {
        if (topology.destinations(phone) == null) {
          throw new StjemException("phone " + phone + " is not in the topology");
        }
        int classes = topology.numPdfClasses(phone);
        if (classes < 1 || classes > MOST_CLASSES) {
          throw new StjemException(
              "phone " + phone + " has " + classes + " pdf classes in the topology");
        }
        if (!seen.add(phone)) {
          throw new StjemException("phone " + phone + " is in two sets of phones");
        }
      }
    }
    for (int phone : topology.phones()) {
      if (!seen.contains(phone)) {
        throw new StjemException("phone " + phone + " of the topology is in no set of phones");
      }
    }
  }

  private static final class Stub {
    private final HmmTopology topology;
    private final int position;
    private int pdfs;

    private Stub(HmmTopology topology, int position) {
      this.topology = topology;
      this.position = position;
    }

    private TreeNode make(List<Root> roots) {
      if (roots.size() == 1) {
        return roots.get(0).shared ? new TreeNode.Leaf(pdfs++) : ofStates(roots.get(0));
      }
      int largestPhone =
          roots.stream().flatMapToInt(root -> Arrays.stream(root.phones)).max().orElseThrow();
      if (roots.size() <= 2 * largestPhone
          && roots.stream().allMatch(root -> root.phones.length == 1)) {
        TreeNode[] branches = new TreeNode[largestPhone + 1];
        for (Root root : roots) {
          branches[root.phones[0]] = make(List.of(root));
        }
        return new TreeNode.Table(position, branches);
      }
      int half = roots.size() / 2;
      List<Root> first = roots.subList(0, half);
      TreeNode yes = make(first);
      TreeNode no = make(roots.subList(half, roots.size()));
      int[] values =
          first.stream().flatMapToInt(root -> Arrays.stream(root.phones)).sorted().toArray();
      return new TreeNode.Split(position, values, yes, no);
    }

    private TreeNode ofStates(Root root) {
      int classes = Arrays.stream(root.phones).map(topology::numPdfClasses).max().orElseThrow();
      TreeNode[] leaves = new TreeNode[classes];
      for (int i = 0; i < classes; i++) {
        leaves[i] = new TreeNode.Leaf(pdfs++);
      }
      return new TreeNode.Table(TreeNode.PDF_CLASS, leaves);
    }
  }
}
