package org.stjem.acoustic.calibration;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimises a smooth function of many variables by limited-memory BFGS with a backtracking line
 * search (Nocedal and Wright, "Numerical Optimization", algorithms 3.1 and 7.5).
 */
public final class Lbfgs {
  /** Pairs of steps and gradient changes that stand for the curvature. */
  private static final int MEMORY = 10;

  /** The decrease asked for, as a share of what the slope promises. */
  private static final double SUFFICIENT = 1e-4;

  private static final int MOST_HALVINGS = 40;

  private record Pair(double[] step, double[] change, double curvature) {}

  private Lbfgs() {}

  /** What is minimised. */
  public interface Function {
    /**
     * The value at {@code x}.
     *
     * @param gradient filled with the derivative by each variable
     */
    double value(double[] x, double[] gradient);
  }

  /**
   * A minimum near {@code start}.
   *
   * @param maxIterations steps at most
   * @param tolerance ends when a step changes the value by less than this
   */
  public static double[] minimise(
      Function function, double[] start, int maxIterations, double tolerance) {
    double[] x = start.clone();
    double[] gradient = new double[x.length];
    double value = function.value(x, gradient);
    Deque<Pair> pairs = new ArrayDeque<>();
    for (int iteration = 0; iteration < maxIterations; iteration++) {
      double[] direction = direction(gradient, pairs);
      double slope = dot(direction, gradient);
      if (!(slope < 0)) {
        return x;
      }
      // Without curvature the length of the gradient says nothing; one unit is a cautious step.
      double length = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
      double[] next = new double[x.length];
      double[] nextGradient = new double[x.length];
      double nextValue = Double.POSITIVE_INFINITY;
      for (int halving = 0; halving < MOST_HALVINGS; halving++) {
        for (int i = 0; i < x.length; i++) {
          next[i] = x[i] + length * direction[i];
        }
        nextValue = function.value(next, nextGradient);
        if (nextValue <= value + SUFFICIENT * length * slope) {
          break;
        }
        length /= 2;
      }
      if (!(nextValue < value)) {
        return x;
      }
      remember(pairs, x, next, gradient, nextGradient);
      double decrease = value - nextValue;
      x = next;
      gradient = nextGradient;
      value = nextValue;
      if (decrease < tolerance) {
        return x;
      }
    }
    return x;
  }

  private static void remember(
      Deque<Pair> pairs, double[] x, double[] next, double[] gradient, double[] nextGradient) {
    double[] step = new double[x.length];
    double[] change = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      step[i] = next[i] - x[i];
      change[i] = nextGradient[i] - gradient[i];
    }
    double curvature = dot(step, change);
    // A pair that claims the function bends downwards would spoil the direction.
    if (curvature > 1e-12 * dot(change, change)) {
      pairs.addLast(new Pair(step, change, curvature));
      if (pairs.size() > MEMORY) {
        pairs.removeFirst();
      }
    }
  }

  /** −H·gradient by the two-loop recursion. */
  private static double[] direction(double[] gradient, Deque<Pair> pairs) {
    double[] q = new double[gradient.length];
    for (int i = 0; i < q.length; i++) {
      q[i] = -gradient[i];
    }
    double[] alpha = new double[pairs.size()];
    int k = pairs.size();
    for (Iterator<Pair> newestFirst = pairs.descendingIterator(); newestFirst.hasNext(); ) {
      Pair pair = newestFirst.next();
      alpha[--k] = dot(pair.step(), q) / pair.curvature();
      add(q, -alpha[k], pair.change());
    }
    if (!pairs.isEmpty()) {
      Pair newest = pairs.getLast();
      double scale = newest.curvature() / dot(newest.change(), newest.change());
      for (int i = 0; i < q.length; i++) {
        q[i] *= scale;
      }
    }
    for (Pair pair : pairs) {
      double beta = dot(pair.change(), q) / pair.curvature();
      add(q, alpha[k++] - beta, pair.step());
    }
    return q;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] target, double factor, double[] values) {
    for (int i = 0; i < target.length; i++) {
      target[i] += factor * values[i];
    }
  }
}
