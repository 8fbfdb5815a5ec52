package org.stjem.acoustic.tying;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.HmmTopology;
import org.stjem.frontend.kaldi.TreeNode;
import org.stjem.frontend.kaldi.TreeRoots;

/**
 * Makes decision trees: asks the question that lets the likelihood of Gaussians of diagonal
 * covariance grow most, then the next, and merges leaves of the same root that hardly differ
 * (BuildTree in tree/build-tree.cc).
 */
public final class TreeBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(TreeBuilder.class);

  /** Numbers of leaves are multiples of this one where they are rounded. */
  private static final int MULTIPLE = 8;

  private final TreeStatistics statistics;
  private final List<Observed> observed;
  private final TreeRoots roots;
  private final TreeNode stub;
  private final TreeSplitter.Questions questions;
  private final TreeOptions options;
  private int leaves;

  /** What the last question brought. */
  private float smallestGain = Float.POSITIVE_INFINITY;

  private TreeBuilder(
      TreeStatistics statistics,
      TreeRoots roots,
      List<int[]> phoneQuestions,
      HmmTopology topology,
      TreeOptions options) {
    this.statistics = statistics;
    this.observed = statistics.observed();
    this.roots = roots;
    this.options = options;
    this.stub = roots.stub(topology, statistics.position());
    this.questions =
        new TreeSplitter.Questions(
            statistics.width(), sorted(phoneQuestions), classQuestions(topology));
  }

  /**
   * Makes a tree.
   *
   * @param phoneQuestions sets of phones to ask about
   * @throws StjemException if roots, topology and statistics do not fit each other
   */
  public static ContextDependency build(
      TreeStatistics statistics,
      TreeRoots roots,
      List<int[]> phoneQuestions,
      HmmTopology topology,
      TreeOptions options) {
    TreeBuilder builder = new TreeBuilder(statistics, roots, phoneQuestions, topology, options);
    builder.check();
    TreeNode root = builder.merge(builder.split());
    return ContextDependency.of(statistics.width(), statistics.position(), root);
  }

  /** Each question once, in ascending order: of two that bring the same, the first is asked. */
  private static List<int[]> sorted(List<int[]> questions) {
    TreeSet<int[]> sorted = new TreeSet<>(Arrays::compare);
    for (int[] question : questions) {
      sorted.add(Arrays.stream(question).sorted().toArray());
    }
    return List.copyOf(sorted);
  }

  /** The first state, the first two, and so on. */
  private static List<int[]> classQuestions(HmmTopology topology) {
    int most = Arrays.stream(topology.phones()).map(topology::numPdfClasses).max().orElse(0);
    return IntStream.range(1, most).mapToObj(i -> IntStream.range(0, i).toArray()).toList();
  }

  private void check() {
    for (TreeRoots.Root root : roots.roots()) {
      long independent =
          Arrays.stream(root.phones()).filter(statistics::isContextIndependent).count();
      if (independent > 0 && independent < root.phones().length) {
        throw new StjemException(
            "a root of the tree has phones whose context counts beside those whose does not: "
                + Arrays.toString(root.phones()));
      }
    }
    for (Observed each : observed) {
      if (each.state().pdf(stub) < 0) {
        throw new StjemException(
            "the alignments have state "
                + each.state().pdfClass()
                + " of phone "
                + each.state().value(statistics.position())
                + ", for which the tree has no root");
      }
    }
  }

  private TreeNode split() {
    leaves = numLeaves(stub);
    List<Integer> unsplit =
        roots.roots().stream()
            .filter(root -> !root.split())
            .flatMap(root -> Arrays.stream(root.phones()).boxed())
            .toList();
    List<Observed> splittable =
        observed.stream()
            .filter(each -> !unsplit.contains(each.state().value(statistics.position())))
            .toList();
    TreeMap<Integer, List<Observed>> byRoot = byLeaf(splittable, stub);
    Map<Integer, TreeSplitter> splitters = new HashMap<>();
    PriorityQueue<Candidate> queue = new PriorityQueue<>();
    byRoot.forEach(
        (leaf, states) -> {
          TreeSplitter splitter = new TreeSplitter(leaf, states, questions);
          splitters.put(leaf, splitter);
          queue.add(new Candidate(splitter.gain(), leaf));
        });
    int first = leaves;
    while (!queue.isEmpty()
        && queue.element().gain > options.threshold()
        && (options.maxLeaves() == 0 || leaves < options.maxLeaves())) {
      Candidate best = queue.remove();
      smallestGain = Math.min(smallestGain, best.gain);
      TreeSplitter splitter = splitters.get(best.root);
      splitter.split(leaves++);
      queue.add(new Candidate(splitter.gain(), best.root));
    }
    LOG.info("{} questions made {} leaves of {}", leaves - first, leaves, first);
    return stub.replaceLeaves(
        leaf -> splitters.containsKey(leaf) ? splitters.get(leaf).node() : new TreeNode.Leaf(leaf));
  }

  /** A root with the best question below it; the best gain first, of like ones the last root. */
  private record Candidate(float gain, int root) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      return Comparator.comparing(Candidate::gain)
          .thenComparing(Candidate::root)
          .compare(other, this);
    }
  }

  private TreeNode merge(TreeNode split) {
    float threshold = options.clusterThreshold() < 0 ? smallestGain : options.clusterThreshold();
    TreeNode merged = split;
    int left = leaves;
    if (threshold != 0) {
      merged = merge(split, threshold, 0, true);
      left = numLeaves(merged);
      LOG.info("{} leaves were merged with others of their roots", leaves - left);
    }
    if (options.roundNumLeaves()) {
      merged = round(merged, left / MULTIPLE * MULTIPLE);
      left = numLeaves(merged);
      LOG.info("{} leaves after rounding to a multiple of {}", left, MULTIPLE);
    }
    return renumbered(merged);
  }

  /** Merges the leaves of each root that lose least, until so many leaves are left. */
  private TreeNode round(TreeNode tree, int wanted) {
    TreeMap<Integer, List<Observed>> byRoot = byLeaf(observed, stub);
    int withoutFrames = byRoot.lastKey() + 1 - byRoot.size();
    if (wanted < byRoot.lastKey() + 1) {
      LOG.warn("the tree has more roots than {}, so its leaves are not rounded", wanted);
      return tree;
    }
    return merge(tree, Float.POSITIVE_INFINITY, wanted - withoutFrames, false);
  }

  /**
   * Merges leaves.
   *
   * @param each whether each root goes by itself; otherwise the roots share {@code least}
   * @param least where mergers end
   */
  private TreeNode merge(TreeNode tree, float threshold, int least, boolean each) {
    List<List<Integer>> indices = new ArrayList<>();
    List<List<GaussianStatistics>> points = new ArrayList<>();
    for (List<Observed> ofRoot : byLeaf(observed, stub).values()) {
      TreeMap<Integer, List<Observed>> ofLeaves = byLeaf(ofRoot, tree);
      indices.add(List.copyOf(ofLeaves.keySet()));
      points.add(ofLeaves.values().stream().map(TreeBuilder::sum).toList());
    }
    List<int[]> numbers = new ArrayList<>();
    if (each) {
      points.forEach(
          point -> numbers.addAll(BottomUpClusters.of(List.of(point), threshold, least)));
    } else {
      numbers.addAll(BottomUpClusters.of(points, threshold, least));
    }
    Map<Integer, Integer> mapping = new HashMap<>();
    for (int root = 0; root < indices.size(); root++) {
      List<Integer> ofRoot = indices.get(root);
      for (int i = 0; i < ofRoot.size(); i++) {
        mapping.put(ofRoot.get(i), ofRoot.get(numbers.get(root)[i]));
      }
    }
    return tree.replaceLeaves(leaf -> new TreeNode.Leaf(mapping.getOrDefault(leaf, leaf)));
  }

  private static GaussianStatistics sum(List<Observed> states) {
    GaussianStatistics sum = states.get(0).frames().copy();
    states.subList(1, states.size()).forEach(each -> sum.add(each.frames()));
    return sum;
  }

  private static TreeMap<Integer, List<Observed>> byLeaf(List<Observed> states, TreeNode tree) {
    TreeMap<Integer, List<Observed>> byLeaf = new TreeMap<>();
    for (Observed each : states) {
      byLeaf.computeIfAbsent(each.state().pdf(tree), unused -> new ArrayList<>()).add(each);
    }
    return byLeaf;
  }

  private static TreeSet<Integer> leaves(TreeNode tree) {
    TreeSet<Integer> leaves = new TreeSet<>();
    tree.replaceLeaves(
        leaf -> {
          leaves.add(leaf);
          return new TreeNode.Leaf(leaf);
        });
    return leaves;
  }

  private static int numLeaves(TreeNode tree) {
    return leaves(tree).size();
  }

  /** Leaves are counted without gaps, in the order in which they came into being. */
  private static TreeNode renumbered(TreeNode tree) {
    List<Integer> leaves = List.copyOf(leaves(tree));
    return tree.replaceLeaves(leaf -> new TreeNode.Leaf(Collections.binarySearch(leaves, leaf)));
  }
}
