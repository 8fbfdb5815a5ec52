package org.stjem.acoustic.serving;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** A fixed random linear map of the spliced features, which counts the rows it computes. */
final class FakeAcousticModel implements AcousticModel {
  private static final int CONTEXT = 4;

  private final ModelDescription description;
  private final float[] weights;
  final AtomicLong rowsComputed = new AtomicLong();
  final AtomicBoolean closed = new AtomicBoolean();

  /** Called before rows are computed, with their number. */
  volatile Runnable beforeRows = () -> {};

  FakeAcousticModel(int featureDim, int numPdfs) {
    this(featureDim, numPdfs, "per-utterance mean");
  }

  FakeAcousticModel(int featureDim, int numPdfs, String normalisation) {
    Random random = new Random(17);
    double[] counts = new double[numPdfs];
    for (int pdf = 0; pdf < numPdfs; pdf++) {
      counts[pdf] = 1 + random.nextInt(1000);
    }
    description =
        new ModelDescription(
            1,
            "st-jem",
            "mlp",
            List.of(),
            "silu",
            featureDim,
            CONTEXT,
            CONTEXT,
            numPdfs,
            10,
            normalisation,
            Map.of("num-mel-bins", String.valueOf(featureDim), "low-freq", "20"),
            new float[featureDim],
            new float[featureDim],
            counts,
            Map.of(),
            17,
            "unknown");
    weights = new float[(2 * CONTEXT + 1) * featureDim * numPdfs];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (0.1 * random.nextGaussian());
    }
  }

  @Override
  public ModelDescription description() {
    return description;
  }

  @Override
  public FloatMatrix logits(FloatMatrix features) {
    int rows = features.rows();
    FloatMatrix padded = new FloatMatrix(rows + 2 * CONTEXT, features.cols());
    for (int i = 0; i < padded.rows(); i++) {
      int from = Math.max(0, Math.min(rows - 1, i - CONTEXT));
      System.arraycopy(
          features.data(),
          from * features.cols(),
          padded.data(),
          i * features.cols(),
          features.cols());
    }
    return map(padded);
  }

  @Override
  public FloatMatrix logitsOfPadded(FloatMatrix features) {
    beforeRows.run();
    FloatMatrix rows = map(features);
    rowsComputed.addAndGet(rows.rows());
    return rows;
  }

  /** Added to every logit. */
  volatile float bias;

  private FloatMatrix map(FloatMatrix padded) {
    if (padded.cols() != description.featureDim()) {
      throw new StjemException("features have dimension " + padded.cols());
    }
    int inputs = (2 * CONTEXT + 1) * padded.cols();
    int pdfs = description.numPdfs();
    FloatMatrix logits = new FloatMatrix(padded.rows() - 2 * CONTEXT, pdfs);
    Arrays.fill(logits.data(), bias);
    for (int row = 0; row < logits.rows(); row++) {
      for (int i = 0; i < inputs; i++) {
        float x = padded.data()[row * padded.cols() + i];
        for (int pdf = 0; pdf < pdfs; pdf++) {
          logits.data()[row * pdfs + pdf] += x * weights[i * pdfs + pdf];
        }
      }
    }
    return logits;
  }

  @Override
  public void close() {
    closed.set(true);
  }

  /** Reproducible features {@code [frames, featureDim]}. */
  FloatMatrix features(int frames, long seed) {
    Random random = new Random(seed);
    FloatMatrix features = new FloatMatrix(frames, description.featureDim());
    for (int i = 0; i < features.data().length; i++) {
      features.data()[i] = (float) random.nextGaussian();
    }
    return features;
  }
}
