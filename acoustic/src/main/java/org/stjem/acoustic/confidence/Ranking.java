package org.stjem.acoustic.confidence;

import java.util.Arrays;

/**
 * What happens if words are accepted from the most confident down: words of equal confidence are
 * accepted together, so that nothing depends on their order.
 */
final class Ranking {
  /** Words accepted, and how many of them are right, after each different confidence. */
  final int[] accepted;

  final int[] right;

  private final int words;
  private final int allRight;

  Ranking(double[] confidences, boolean[] outcomes) {
    words = confidences.length;
    Integer[] order = new Integer[words];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(confidences[b], confidences[a]));
    int[] counts = new int[words];
    int[] rights = new int[words];
    int steps = 0;
    int sum = 0;
    for (int i = 0; i < words; i++) {
      sum += outcomes[order[i]] ? 1 : 0;
      if (i + 1 == words || confidences[order[i + 1]] != confidences[order[i]]) {
        counts[steps] = i + 1;
        rights[steps++] = sum;
      }
    }
    accepted = Arrays.copyOf(counts, steps);
    right = Arrays.copyOf(rights, steps);
    allRight = sum;
  }

  /**
   * Average precision, Σ_k (R_k − R_{k−1}) P_k: the area under precision against recall in steps,
   * of right words found by high confidence.
   */
  double averagePrecision() {
    double area = 0;
    int before = 0;
    for (int k = 0; k < accepted.length; k++) {
      area += (right[k] - before) * ((double) right[k] / accepted[k]);
      before = right[k];
    }
    return area / allRight;
  }

  /**
   * The share of wrong words accepted where it is that of right words rejected; between two
   * confidences, on the straight line.
   */
  double equalErrorRate() {
    double falseBefore = 0;
    double missBefore = 1;
    int wrong = words - allRight;
    for (int k = 0; k < accepted.length; k++) {
      double falseRate = (double) (accepted[k] - right[k]) / wrong;
      double missRate = 1 - (double) right[k] / allRight;
      if (falseRate >= missRate) {
        double gap = missBefore - falseBefore;
        double part = gap / (gap + falseRate - missRate);
        return falseBefore + part * (falseRate - falseBefore);
      }
      falseBefore = falseRate;
      missBefore = missRate;
    }
    return Double.NaN;
  }

  /** The mean share of wrong words among those accepted, over all coverages. */
  double areaUnderRiskCoverage() {
    double area = 0;
    int before = 0;
    for (int k = 0; k < accepted.length; k++) {
      area += (accepted[k] - before) * risk(k);
      before = accepted[k];
    }
    return area / words;
  }

  double coverage(int step) {
    return (double) accepted[step] / words;
  }

  double risk(int step) {
    return 1 - (double) right[step] / accepted[step];
  }
}
