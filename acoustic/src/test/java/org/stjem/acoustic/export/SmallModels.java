package org.stjem.acoustic.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelWeights;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Model folders and features with random values. */
public final class SmallModels {
  private SmallModels() {}

  /** Saves a perceptron that normalises its features and has unequal priors. */
  public static ModelDescription save(
      Path folder, int left, int right, int dim, List<Integer> hidden, int pdfs, long seed)
      throws IOException {
    ModelDescription description =
        description("mlp", List.of(), left, right, dim, hidden, pdfs, seed);
    ModelFolder.save(folder, description, ModelWeights.fresh(description));
    return description;
  }

  /** Saves a convolutional network of the same kind, whose residual units do something. */
  public static ModelDescription saveCnn(
      Path folder,
      int left,
      int right,
      int dim,
      List<Integer> filters,
      List<Integer> hidden,
      int pdfs,
      long seed)
      throws IOException {
    ModelDescription description =
        description("cnn", filters, left, right, dim, hidden, pdfs, seed);
    ModelFolder.save(folder, description, disturbed(ModelWeights.fresh(description), seed));
    return description;
  }

  /** Weights with none of them zero. */
  public static Map<String, Tensor> disturbed(Map<String, Tensor> weights, long seed) {
    Random random = new Random(seed);
    Map<String, Tensor> others = new LinkedHashMap<>();
    weights.forEach(
        (name, tensor) -> {
          float[] values = tensor.values().clone();
          for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.1 * random.nextGaussian());
          }
          others.put(name, new Tensor(tensor.shape(), values));
        });
    return others;
  }

  /**
   * The description of a model that hears audio at 16 kHz: one layer of 32 units, two frames of
   * context at each side, features of standard deviation 3.
   *
   * @param mean of each feature
   */
  public static ModelDescription hearing(
      int dim, int pdfs, String normalisation, float mean, long seed) {
    float[] means = new float[dim];
    float[] stddev = new float[dim];
    Arrays.fill(means, mean);
    Arrays.fill(stddev, 3);
    return new ModelDescription(
        ModelFolder.formatVersion(),
        "st-jem",
        "mlp",
        List.of(32),
        "silu",
        dim,
        2,
        2,
        pdfs,
        10,
        normalisation,
        Map.of("num-mel-bins", "" + dim, "dither", "0"),
        means,
        stddev,
        new Random(3).doubles(pdfs, 1, 1000).toArray(),
        Map.of(),
        seed,
        "unknown");
  }

  /** A description; the activation is SiLU for an odd seed and ReLU for an even one. */
  public static ModelDescription description(
      String architecture,
      List<Integer> filters,
      int left,
      int right,
      int dim,
      List<Integer> hidden,
      int pdfs,
      long seed) {
    Random random = new Random(seed);
    float[] mean = new float[dim];
    float[] stddev = new float[dim];
    for (int d = 0; d < dim; d++) {
      mean[d] = 3 + random.nextFloat();
      stddev[d] = 0.3f + random.nextFloat();
    }
    double[] counts = new double[pdfs];
    Arrays.setAll(counts, pdf -> 1 + random.nextInt(1000));
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "st-jem",
            architecture,
            hidden,
            seed % 2 == 0 ? "relu" : "silu",
            dim,
            left,
            right,
            pdfs,
            10,
            "per-utterance mean",
            Map.of("num-mel-bins", "" + dim),
            mean,
            stddev,
            counts,
            Map.of("learning-rate", "0.001"),
            seed,
            "unknown");
    return description.withFilters(filters);
  }

  /** A factor and an offset for each pdf. */
  public static PosteriorScaling vectors(int pdfs, long seed) {
    Random random = new Random(seed);
    double[] factors = random.doubles(pdfs, 0.5, 2).toArray();
    return PosteriorScaling.ofVectors(factors, random.doubles(pdfs, -1, 1).toArray(), Map.of());
  }

  /** Features as far from zero as those of real speech. */
  public static FloatMatrix features(int frames, int dim, long seed) {
    FloatMatrix features = new FloatMatrix(frames, dim);
    Random random = new Random(seed);
    for (int i = 0; i < features.data().length; i++) {
      features.data()[i] = (float) (3 + 2 * random.nextGaussian());
    }
    return features;
  }

  /** Features with the first and last frame repeated over the context. */
  public static FloatMatrix padded(FloatMatrix features, int left, int right) {
    FloatMatrix padded = new FloatMatrix(left + features.rows() + right, features.cols());
    for (int t = 0; t < padded.rows(); t++) {
      int source = Math.min(Math.max(t - left, 0), features.rows() - 1);
      for (int d = 0; d < features.cols(); d++) {
        padded.set(t, d, features.get(source, d));
      }
    }
    return padded;
  }

  /** The windows of {@code window} frames side by side, one row for each place. */
  public static FloatMatrix windows(FloatMatrix padded, int window) {
    int dim = padded.cols();
    FloatMatrix windows = new FloatMatrix(padded.rows() - window + 1, window * dim);
    for (int t = 0; t < windows.rows(); t++) {
      System.arraycopy(padded.data(), t * dim, windows.data(), t * window * dim, window * dim);
    }
    return windows;
  }
}
