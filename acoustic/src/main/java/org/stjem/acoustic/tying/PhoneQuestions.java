package org.stjem.acoustic.tying;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.stjem.frontend.io.StjemException;

/**
 * Sets of phones to ask about, found by dividing all phones in two clusters of similar sound, these
 * again, and so on (AutomaticallyObtainQuestions in tree/build-tree.cc).
 */
public final class PhoneQuestions {
  private static final int BRANCHES = 2;

  private final List<GaussianStatistics> points;
  private final AdditiveRandom random = new AdditiveRandom();
  private final List<Node> leaves = new ArrayList<>();
  private final List<Node> inner = new ArrayList<>();

  /** Those with the same gain are split in the order in which they were made. */
  private final PriorityQueue<Node> queue =
      new PriorityQueue<>(
          (a, b) ->
              a.gain() == b.gain()
                  ? Integer.compare(a.number, b.number)
                  : Float.compare(b.gain(), a.gain()));

  private int nodes;

  private static final class Node {
    private final int number;
    private final List<Integer> members;
    private TwoMeans.Division division;

    Node(int number, List<Integer> members) {
      this.number = number;
      this.members = members;
    }

    float gain() {
      return division.gain();
    }
  }

  private PhoneQuestions(List<GaussianStatistics> points) {
    this.points = points;
  }

  /**
   * Finds questions.
   *
   * @param sets of phones that belong together, such as {@code phones/sets.int}
   * @param pdfClasses of the states whose sound decides
   * @return sets of phones, the largest clusters first
   * @throws StjemException if a set is empty or a phone is in two
   */
  public static List<int[]> of(
      TreeStatistics statistics, List<int[]> sets, Set<Integer> pdfClasses) {
    Map<Integer, GaussianStatistics> ofPhones = new HashMap<>();
    for (Observed observed : statistics.observed()) {
      if (pdfClasses.contains(observed.state().pdfClass())) {
        ofPhones
            .computeIfAbsent(
                observed.state().value(statistics.position()), unused -> observed.frames().empty())
            .add(observed.frames());
      }
    }
    GaussianStatistics none =
        ofPhones.values().stream().findFirst().orElseThrow(PhoneQuestions::noFrames).empty();
    Set<Integer> seen = new HashSet<>();
    List<GaussianStatistics> points = new ArrayList<>();
    for (int[] set : sets) {
      GaussianStatistics sum = null;
      for (int phone : set) {
        if (!seen.add(phone)) {
          throw new StjemException("phone " + phone + " is in two sets of phones");
        }
        GaussianStatistics of = ofPhones.getOrDefault(phone, none);
        if (sum == null) {
          sum = of.copy();
        } else {
          sum.add(of);
        }
      }
      if (sum == null) {
        throw new StjemException("a set of phones is empty");
      }
      points.add(sum);
    }
    return new PhoneQuestions(points).questions(sets);
  }

  private static StjemException noFrames() {
    return new StjemException(
        "no phone has a frame in the states that --pdf-class-list names; are they states of the"
            + " topology?");
  }

  private List<int[]> questions(List<int[]> sets) {
    add(new Node(nodes++, range(points.size())), 0);
    while (!queue.isEmpty()) {
      split(queue.remove());
    }
    List<int[]> found = new ArrayList<>();
    // The clusters at the top come first, but for all phones, about which there is nothing to ask;
    // those at the bottom come in the reverse of their order.
    inner.stream().skip(1).forEach(node -> found.add(phones(node, sets)));
    for (int i = leaves.size() - 1; i >= 0; i--) {
      found.add(phones(leaves.get(i), sets));
    }
    found.addAll(sets);
    return withoutDuplicates(found);
  }

  private static List<Integer> range(int size) {
    List<Integer> range = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      range.add(i);
    }
    return range;
  }

  /** Puts a leaf in its place and finds how it can be split best. */
  private void add(Node node, int place) {
    if (place == leaves.size()) {
      leaves.add(node);
    } else {
      leaves.set(place, node);
    }
    if (node.members.size() > 1) {
      node.division = TwoMeans.of(node.members.stream().map(points::get).toList(), random);
      if (node.gain() > 0) {
        queue.add(node);
      }
    }
  }

  private void split(Node node) {
    List<Node> children = new ArrayList<>();
    for (int branch = 0; branch < BRANCHES; branch++) {
      List<Integer> members = new ArrayList<>();
      for (int i = 0; i < node.members.size(); i++) {
        if (node.division.assignment()[i] == branch) {
          members.add(node.members.get(i));
        }
      }
      children.add(new Node(nodes++, members));
    }
    int place = leaves.indexOf(node);
    inner.add(node);
    add(children.get(0), place);
    add(children.get(1), leaves.size());
  }

  private static int[] phones(Node node, List<int[]> sets) {
    return node.members.stream()
        .flatMapToInt(member -> Arrays.stream(sets.get(member)))
        .sorted()
        .toArray();
  }

  private static List<int[]> withoutDuplicates(List<int[]> sets) {
    Set<List<Integer>> seen = new HashSet<>();
    return sets.stream()
        .filter(set -> set.length > 0 && seen.add(Arrays.stream(set).boxed().toList()))
        .toList();
  }
}
