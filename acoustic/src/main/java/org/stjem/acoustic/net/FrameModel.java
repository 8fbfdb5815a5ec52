package org.stjem.acoustic.net;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.stjem.acoustic.ebm.DensityScores;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * An {@link EnergyNetwork} over spliced frames. On a CPU, with one thread per tensor operation, a
 * frame's logits have the same bits whatever frames are computed with it.
 */
final class FrameModel implements DensityModel {
  /** Rows that go through the network at once: bounds memory, and keeps weights in cache. */
  private static final int BLOCK = 256;

  private final ModelDescription description;
  private final PriorSettings priors;
  private final EnergyNetwork network;
  private final Splice splice;

  FrameModel(ModelDescription description, PriorSettings priors, EnergyNetwork network) {
    this.description = description;
    this.priors = priors;
    this.network = network;
    this.splice =
        new Splice(
            description.leftContext(),
            description.rightContext(),
            description.inputMean(),
            description.inputStddev());
  }

  @Override
  public ModelDescription description() {
    return description;
  }

  @Override
  public PriorSettings priorSettings() {
    return priors;
  }

  @Override
  public FloatMatrix logits(FloatMatrix features) {
    check(features);
    if (features.rows() == 0) {
      return new FloatMatrix(0, description.numPdfs());
    }
    return infer(padded(features).data(), features.rows());
  }

  /** The features with their first and last frame repeated over the context. */
  private FloatMatrix padded(FloatMatrix features) {
    int left = description.leftContext();
    int dim = features.cols();
    FloatMatrix padded = new FloatMatrix(left + features.rows() + description.rightContext(), dim);
    for (int frame = 0; frame < padded.rows(); frame++) {
      int source = Math.min(Math.max(frame - left, 0), features.rows() - 1);
      System.arraycopy(features.data(), source * dim, padded.data(), frame * dim, dim);
    }
    return padded;
  }

  @Override
  public DensityScores densityScores(FloatMatrix features) {
    check(features);
    int cols = description.numPdfs();
    float[] logits = new float[features.rows() * cols];
    float[] norms = new float[features.rows()];
    float[] padded = padded(features).data();
    splice.normalise(padded);
    for (int first = 0; first < norms.length; first += BLOCK) {
      int count = Math.min(BLOCK, norms.length - first);
      float[] windows = new float[count * splice.size()];
      splice.copyWindows(padded, first, count, windows, 0);
      DensityScores block = network.densityScores(windows, count);
      System.arraycopy(block.logits(), 0, logits, first * cols, count * cols);
      System.arraycopy(block.gradientNorms(), 0, norms, first, count);
    }
    return new DensityScores(logits, norms);
  }

  @Override
  public FloatMatrix logitsOfPadded(FloatMatrix features) {
    check(features);
    int rows = features.rows() - description.leftContext() - description.rightContext();
    return infer(features.data().clone(), Math.max(0, rows));
  }

  private void check(FloatMatrix features) {
    if (features.cols() != description.featureDim()) {
      throw new StjemException(
          "features have dimension "
              + features.cols()
              + ", the model expects "
              + description.featureDim());
    }
  }

  /** Normalises {@code padded} in place and runs the network over its windows. */
  private FloatMatrix infer(float[] padded, int rows) {
    FloatMatrix logits = new FloatMatrix(rows, description.numPdfs());
    infer(List.of(padded), List.of(logits));
    return logits;
  }

  @Override
  public List<FloatMatrix> logitsOfPadded(List<FloatMatrix> stretches) {
    List<float[]> padded = new ArrayList<>();
    List<FloatMatrix> logits = new ArrayList<>();
    for (FloatMatrix stretch : stretches) {
      check(stretch);
      int rows = stretch.rows() - description.leftContext() - description.rightContext();
      padded.add(stretch.data().clone());
      logits.add(new FloatMatrix(Math.max(0, rows), description.numPdfs()));
    }
    infer(padded, logits);
    return logits;
  }

  /** Normalises the stretches in place and runs the network over the windows of all of them. */
  private void infer(List<float[]> padded, List<FloatMatrix> logits) {
    padded.forEach(splice::normalise);
    int rows = logits.stream().mapToInt(FloatMatrix::rows).sum();
    int stretch = 0;
    int from = 0;
    for (int first = 0; first < rows; first += BLOCK) {
      int count = Math.min(BLOCK, rows - first);
      // Rows of zeros fill up: below 16 rows (AVX-512) or 56 (AVX2) MKL's matrix product adds in
      // another order, and what is left over behind the last whole vectors of an array has its
      // sigmoid computed by other code.
      int filledUp = (count + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
      float[] windows = new float[filledUp * splice.size()];
      List<Slice> slices = new ArrayList<>();
      for (int filled = 0; filled < count; ) {
        FloatMatrix target = logits.get(stretch);
        int some = Math.min(count - filled, target.rows() - from);
        splice.copyWindows(padded.get(stretch), from, some, windows, filled);
        slices.add(new Slice(target, from, some));
        filled += some;
        from += some;
        if (from == target.rows()) {
          stretch++;
          from = 0;
        }
      }
      network.logits(windows, filledUp, block -> slices.forEach(slice -> slice.read(block)));
    }
  }

  /** Rows of a stretch that go through the network in one block. */
  private record Slice(FloatMatrix logits, int from, int rows) {
    void read(FloatBuffer block) {
      block.get(logits.data(), from * logits.cols(), rows * logits.cols());
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
