package org.stjem.acoustic.onnx;

import org.stjem.acoustic.ebm.Tensor;

/**
 * A linear layer whose weights are integers: weight i of unit u is {@code values[i · outputs + u] ·
 * scales[u]}.
 *
 * @param values {@code [inputs, outputs]}, each within ±{@value #LARGEST}
 * @param scales of each unit
 * @param bias of each unit
 */
@SuppressWarnings("ArrayRecordComponent") // handed over at once, never compared
public record RoundedLayer(byte[] values, float[] scales, float[] bias) {
  /** Largest value; 7 bits, so that no kernel saturates, see {@link QuantizedMlpGraph}. */
  static final int LARGEST = 63;

  /** Number of inputs. */
  public int inputs() {
    return values.length / scales.length;
  }

  /** Number of outputs. */
  public int outputs() {
    return scales.length;
  }

  /** Rounds each weight to the nearest value there is. */
  public static RoundedLayer nearest(MlpGraph.Layer layer) {
    Tensor weight = layer.weight();
    int outputs = layer.outputs();
    int inputs = layer.inputs();
    byte[] values = new byte[inputs * outputs];
    float[] scales = new float[outputs];
    float[] row = new float[inputs];
    for (int unit = 0; unit < outputs; unit++) {
      System.arraycopy(weight.values(), unit * inputs, row, 0, inputs);
      scales[unit] = bestScale(row);
      for (int i = 0; i < inputs; i++) {
        values[i * outputs + unit] = (byte) rounded(row[i], scales[unit]);
      }
    }
    return new RoundedLayer(values, scales, layer.bias().values());
  }

  /** The value that stands for a weight. */
  static int rounded(double weight, float scale) {
    return Math.max(-LARGEST, Math.min(LARGEST, (int) Math.rint(weight / scale)));
  }

  /**
   * The scale of the least squared error. Clipping the few largest weights costs less than rounding
   * all others more coarsely.
   */
  static float bestScale(float[] weights) {
    float largest = 0;
    for (float weight : weights) {
      largest = Math.max(largest, Math.abs(weight));
    }
    if (largest == 0) {
      return 1;
    }
    float best = 0;
    double least = Double.MAX_VALUE;
    for (int share = 50; share <= 100; share += 2) {
      float scale = Math.max(Float.MIN_NORMAL, largest * share / 100 / LARGEST);
      double error = 0;
      for (float weight : weights) {
        double difference = weight - (double) scale * rounded(weight, scale);
        error += difference * difference;
      }
      if (error < least) {
        least = error;
        best = scale;
      }
    }
    return best;
  }
}
