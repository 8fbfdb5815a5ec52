package org.stjem.acoustic.fst;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.stjem.frontend.kaldi.MutableFst;

/** Small random transducers without cycles, and all of their paths. */
final class RandomFst {
  private static final int STATES = 6;
  private static final int ARCS = 12;
  private static final int LABELS = 3;

  private RandomFst() {}

  /** Any labels, epsilons among them; costs are multiples of 1/8. */
  static MutableFst transducer(Random random) {
    return make(random, false);
  }

  /** Each input label is put out again, so that it can be made deterministic. */
  static MutableFst acceptor(Random random) {
    return make(random, true);
  }

  private static MutableFst make(Random random, boolean acceptor) {
    MutableFst fst = new MutableFst();
    for (int state = 0; state < STATES; state++) {
      fst.addState();
      if (random.nextInt(3) == 0 || state == STATES - 1) {
        fst.setFinal(state, random.nextInt(16) / 8f);
      }
    }
    for (int arc = 0; arc < ARCS; arc++) {
      int from = random.nextInt(STATES - 1);
      int to = from + 1 + random.nextInt(STATES - 1 - from);
      int input = random.nextInt(LABELS + 1);
      int output = acceptor ? input : random.nextInt(LABELS + 1);
      fst.addArc(from, input, output, random.nextInt(16) / 8f, to);
    }
    return fst;
  }

  /** A path: what it takes in and puts out, and its cost. */
  record Path(String input, String output, double cost) {}

  static List<Path> paths(MutableFst fst) {
    List<Path> paths = new ArrayList<>();
    if (fst.numStates() > 0) {
      follow(fst, fst.start(), new Path("", "", 0), paths);
    }
    return paths;
  }

  private static void follow(MutableFst fst, int state, Path path, List<Path> paths) {
    if (fst.isFinal(state)) {
      paths.add(new Path(path.input, path.output, path.cost + fst.finalCost(state)));
    }
    for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
      Path longer =
          new Path(
              path.input + label(fst.inputLabel(arc)),
              path.output + label(fst.outputLabel(arc)),
              path.cost + fst.cost(arc));
      follow(fst, fst.nextState(arc), longer, paths);
    }
  }

  static String label(int label) {
    return label == 0 ? "" : label + " ";
  }

  /** The probability of each input with each output. */
  static Map<String, Double> probabilities(List<Path> paths) {
    Map<String, Double> sums = new TreeMap<>();
    paths.forEach(p -> sums.merge(p.input + ": " + p.output, Math.exp(-p.cost), Double::sum));
    return sums;
  }

  /** The lowest cost of each input with each output. */
  static Map<String, Double> best(List<Path> paths) {
    Map<String, Double> costs = new TreeMap<>();
    paths.forEach(p -> costs.merge(p.input + ": " + p.output, p.cost, Double::min));
    return costs;
  }
}
