package org.stjem.acoustic.net;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;

/** Weights that trainings begin with. */
final class InitialWeights {
  /** 1/√(E a(z)²) for z ~ N(0, 1): with it the sums of each layer have variance 1. */
  private static final double SILU_GAIN = 1.677;

  private static final double RELU_GAIN = Math.sqrt(2);

  private InitialWeights() {}

  /**
   * Weights and biases uniform in ±1/√inputs.
   *
   * @param shapes weight and bias of each layer in turn
   */
  static Map<String, Tensor> ofMlp(Map<String, long[]> shapes, SeededRandom random) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    double bound = 0;
    for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
      long[] shape = entry.getValue();
      if (shape.length > 1) {
        bound = 1 / Math.sqrt(fanIn(shape));
      }
      weights.put(entry.getKey(), uniform(shape, (float) bound, random));
    }
    return weights;
  }

  /**
   * Weights that train without normalisation, however many layers there are. Sums of all layers
   * begin with variance 1 but those of the logits, 1/3 of it; residual units begin as the identity,
   * their last convolution being 0, so that their number does not change the scale; biases are 0.
   *
   * @param shapes weight and bias of each layer in turn
   */
  static Map<String, Tensor> ofCnn(
      ModelDescription description, Map<String, long[]> shapes, SeededRandom random) {
    int convolutions = description.convolutions().orElseThrow().convolutions().size();
    int layers = shapes.size() / 2;
    double gain = description.activation().equals("relu") ? RELU_GAIN : SILU_GAIN;
    Map<String, Tensor> weights = new LinkedHashMap<>();
    int layer = 0;
    for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
      long[] shape = entry.getValue();
      double bound = 0;
      if (shape.length > 1) {
        // Of variance gain² / inputs.
        double deviations = layer == 0 ? 1 : layer == layers - 1 ? 1 / Math.sqrt(3) : gain;
        // The stem, then three convolutions of each stage.
        boolean endsUnit = layer > 0 && layer < convolutions && layer % 3 == 0;
        bound = endsUnit ? 0 : deviations * Math.sqrt(3 / fanIn(shape));
        layer++;
      }
      weights.put(entry.getKey(), uniform(shape, (float) bound, random));
    }
    return weights;
  }

  private static double fanIn(long[] shape) {
    return Arrays.stream(shape).skip(1).asDoubleStream().reduce(1, (a, b) -> a * b);
  }

  private static Tensor uniform(long[] shape, float bound, SeededRandom random) {
    float[] values =
        new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    for (int i = 0; i < values.length && bound > 0; i++) {
      values[i] = random.nextFloat(-bound, bound);
    }
    return new Tensor(shape, values);
  }
}
