package org.stjem.acoustic.ebm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The heads of a network, side by side in its logits. The network's score of a row is the weighted
 * sum of theirs: s(x) = Σ_h w_h·s_h(x), s_h(x) = LSE over the columns of h of f(x). Of one head
 * alone the weight plays no part.
 *
 * @param list in the order of their columns
 */
public record Heads(List<Head> list) {
  public Heads {
    int at = 0;
    for (Head head : list) {
      if (head.first() != at) {
        throw new TrainingException(
            "head " + head.name() + " begins at column " + head.first() + ", not " + at);
      }
      at = head.end();
    }
    list = List.copyOf(list);
  }

  /** One head of all columns. */
  public static Heads one(int classes) {
    return new Heads(List.of(new Head("", 0, classes, 1)));
  }

  /** The head that is meant where none is named. */
  public Head first() {
    return list.get(0);
  }

  /** Columns of all heads. */
  public int columns() {
    return list.get(list.size() - 1).end();
  }

  /** Whether there is one head alone. */
  public boolean isOne() {
    return list.size() == 1;
  }

  /**
   * The same heads with other weights.
   *
   * @param weights of heads by name; others keep theirs
   */
  public Heads weighted(Map<String, Double> weights) {
    return new Heads(
        list.stream()
            .map(
                it ->
                    new Head(
                        it.name(),
                        it.first(),
                        it.columns(),
                        weights.getOrDefault(it.name(), it.weight())))
            .toList());
  }

  /** The columns of a head. */
  static NDArray columns(NDArray logits, Head head) {
    return logits.get(":, " + head.first() + ":" + head.end());
  }

  /**
   * The score s of each row, differentiable.
   *
   * @param logits {@code [rows, columns]}
   * @return {@code [rows, 1]}
   */
  public NDArray scores(NDArray logits) {
    if (isOne()) {
      return Objective.logSumExp(logits);
    }
    NDArray sum = null;
    for (Head head : list) {
      NDArray score = Objective.weighted(Objective.logSumExp(columns(logits, head)), head.weight());
      sum = sum == null ? score : sum.add(score);
    }
    return sum;
  }

  /** The score s of a row of which only logits are wanted. */
  public double score(float[] logits, int row) {
    if (isOne()) {
      return LogSumExp.of(logits, row * columns(), columns());
    }
    double sum = 0;
    for (Head head : list) {
      sum += head.weight() * LogSumExp.of(logits, row * columns() + head.first(), head.columns());
    }
    return sum;
  }

  /**
   * The score that each row has, differentiable: with f(x)_y in the place of s_h for a row of label
   * y of head h.
   *
   * @param labels of each row the column of its label, or −1; again, where rows have labels of
   *     several heads
   * @return {@code [rows, 1]}
   */
  NDArray scores(NDManager scope, NDArray logits, int[]... labels) {
    if (isOne()) {
      return scoresOfHead(scope, logits, labels[0]);
    }
    NDArray sum = null;
    for (Head head : list) {
      NDArray own = scoresOfHead(scope, columns(logits, head), labelsOf(head, labels));
      NDArray score = Objective.weighted(own, head.weight());
      sum = sum == null ? score : sum.add(score);
    }
    return sum;
  }

  private static int[] labelsOf(Head head, int[][] labels) {
    int[] own = new int[labels[0].length];
    Arrays.fill(own, Head.NO_LABEL);
    for (int[] some : labels) {
      for (int row = 0; row < own.length; row++) {
        own[row] = head.has(some[row]) ? some[row] - head.first() : own[row];
      }
    }
    return own;
  }

  private static NDArray scoresOfHead(NDManager scope, NDArray logits, int[] labels) {
    long conditional = Arrays.stream(labels).filter(label -> label >= 0).count();
    if (conditional == 0) {
      return Objective.logSumExp(logits);
    }
    long[] columns = Arrays.stream(labels).mapToLong(label -> Math.max(0, label)).toArray();
    Shape shape = new Shape(labels.length, 1);
    NDArray ofLabels = logits.gather(scope.create(columns, shape), 1);
    if (conditional == labels.length) {
      return ofLabels;
    }
    float[] isConditional = new float[labels.length];
    float[] isNot = new float[labels.length];
    for (int row = 0; row < labels.length; row++) {
      isConditional[row] = labels[row] >= 0 ? 1 : 0;
      isNot[row] = 1 - isConditional[row];
    }
    return ofLabels
        .mul(scope.create(isConditional, shape))
        .add(Objective.logSumExp(logits).mul(scope.create(isNot, shape)));
  }
}
