package org.stjem.acoustic.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleToIntFunction;
import java.util.function.IntToDoubleFunction;

/**
 * Confidences and outcomes counted in narrow cells, which are later put together into bins of equal
 * mass. Memory: 16 bytes a cell, however many decisions there are.
 */
final class ConfidenceBins {
  /**
   * Cells of equal width, for confidences of a chosen class: narrower than any gap that matters.
   */
  private static final int LINEAR_CELLS = 10_000;

  /** Of a float's bits, what remains decides the cell: 16 cells in an octave. */
  private static final int DROPPED_BITS = 19;

  private static final float LEAST = 1f / (1 << 24);
  private static final int LEAST_CELL = Float.floatToIntBits(LEAST) >> DROPPED_BITS;

  private final DoubleToIntFunction cellOf;
  private final IntToDoubleFunction lowerEdge;
  private final int[] counts;
  private final int[] right;
  private final double[] confidence;

  private ConfidenceBins(int cells, DoubleToIntFunction cellOf, IntToDoubleFunction lowerEdge) {
    this.cellOf = cellOf;
    this.lowerEdge = lowerEdge;
    counts = new int[cells];
    right = new int[cells];
    confidence = new double[cells];
  }

  /** Cells of equal width 1e-4. */
  static ConfidenceBins linear() {
    return new ConfidenceBins(
        LINEAR_CELLS,
        p -> Math.min(LINEAR_CELLS - 1, (int) (p * LINEAR_CELLS)),
        cell -> (double) cell / LINEAR_CELLS);
  }

  /**
   * Cells of equal ratio, 16 to a factor of two, for posteriors of a given class, most of which are
   * tiny; those below 2^-24 share one.
   */
  static ConfidenceBins logarithmic() {
    return new ConfidenceBins(
        (Float.floatToIntBits(1) >> DROPPED_BITS) - LEAST_CELL + 1,
        p -> (Float.floatToIntBits((float) Math.max(p, LEAST)) >> DROPPED_BITS) - LEAST_CELL,
        cell -> cell == 0 ? 0 : Float.intBitsToFloat((cell + LEAST_CELL) << DROPPED_BITS));
  }

  void add(double posterior, boolean isRight) {
    int cell = cellOf.applyAsInt(posterior);
    counts[cell]++;
    right[cell] += isRight ? 1 : 0;
    confidence[cell] += posterior;
  }

  /**
   * Bins that hold the same number of decisions, up to those that share a cell.
   *
   * @param most how many at most; fewer where many decisions share a cell
   */
  List<CalibrationReport.Bin> equalMass(int most) {
    long left = 0;
    for (int count : counts) {
      left += count;
    }
    List<CalibrationReport.Bin> bins = new ArrayList<>();
    long n = 0;
    long correct = 0;
    double confident = 0;
    int first = 0;
    for (int cell = 0; cell < counts.length && left > 0; cell++) {
      n += counts[cell];
      correct += right[cell];
      confident += confidence[cell];
      int binsLeft = most - bins.size();
      if (n > 0 && n * binsLeft >= left) {
        bins.add(
            new CalibrationReport.Bin(
                lowerEdge.applyAsDouble(first),
                Math.min(1, lowerEdge.applyAsDouble(cell + 1)),
                n,
                confident / n,
                (double) correct / n));
        left -= n;
        n = 0;
        correct = 0;
        confident = 0;
        first = cell + 1;
      }
    }
    return bins;
  }

  /** Σ_m n_m/n · |accuracy_m − mean confidence_m|, from 0 to 1. */
  static double expectedError(List<CalibrationReport.Bin> bins) {
    long n = 0;
    double gaps = 0;
    for (CalibrationReport.Bin bin : bins) {
      n += bin.frames();
      gaps += bin.frames() * Math.abs(bin.accuracy() - bin.confidence());
    }
    return gaps / n;
  }
}
