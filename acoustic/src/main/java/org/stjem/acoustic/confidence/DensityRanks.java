package org.stjem.acoustic.confidence;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/**
 * The values of log p(x) that a model gives its training frames, or their quantiles, by which those
 * of others are ranked. Memory: 4 bytes a value.
 */
public final class DensityRanks {
  private final float[] sorted;

  /** Quantiles that are kept of the values, at equal distances from the lowest to the highest. */
  private static final int QUANTILES = 1001;

  /** Takes the values over. */
  DensityRanks(float... values) {
    Arrays.sort(values);
    this.sorted = values;
  }

  /**
   * Reads vectors of one value per frame.
   *
   * @throws StjemException if the table cannot be read or has no values
   */
  public static DensityRanks read(String rspecifier) {
    float[] values = new float[1 << 16];
    int count = 0;
    try (SequentialTableReader<float[]> reader = Tables.readFloatVectors(rspecifier)) {
      while (reader.next()) {
        float[] more = reader.value();
        if (count + more.length > values.length) {
          values = Arrays.copyOf(values, Math.max(2 * values.length, count + more.length));
        }
        System.arraycopy(more, 0, values, count, more.length);
        count += more.length;
      }
    }
    if (count == 0) {
      throw new StjemException(rspecifier + " holds no frames");
    }
    return new DensityRanks(Arrays.copyOf(values, count));
  }

  /**
   * The share of training frames that are less probable than {@code logDensity}; ties count half.
   */
  public double rank(double logDensity) {
    return (below((float) logDensity, false) + below((float) logDensity, true))
        / (2.0 * sorted.length);
  }

  /** As many values as stand for all of them, in order. */
  public float[] quantiles() {
    float[] quantiles = new float[Math.min(QUANTILES, sorted.length)];
    for (int i = 0; i < quantiles.length; i++) {
      quantiles[i] =
          sorted[
              (int)
                  Math.round((double) i * (sorted.length - 1) / Math.max(1, quantiles.length - 1))];
    }
    return quantiles;
  }

  /** How many values are below {@code value}, or at most that. */
  private int below(float value, boolean orEqual) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value || (orEqual && sorted[middle] == value)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
