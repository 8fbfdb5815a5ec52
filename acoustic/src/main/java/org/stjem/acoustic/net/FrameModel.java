package org.stjem.acoustic.net;

import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** An {@link EnergyNetwork} over spliced frames. */
final class FrameModel implements AcousticModel {
  /** Rows that go through the network at once: bounds memory, and keeps weights in cache. */
  private static final int BLOCK = 256;

  private final ModelDescription description;
  private final EnergyNetwork network;
  private final Splice splice;

  FrameModel(ModelDescription description, EnergyNetwork network) {
    this.description = description;
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
  public FloatMatrix logits(FloatMatrix features) {
    int left = description.leftContext();
    int right = description.rightContext();
    int dim = features.cols();
    check(features);
    if (features.rows() == 0) {
      return new FloatMatrix(0, description.numPdfs());
    }
    FloatMatrix padded = new FloatMatrix(left + features.rows() + right, dim);
    for (int frame = 0; frame < padded.rows(); frame++) {
      int source = Math.min(Math.max(frame - left, 0), features.rows() - 1);
      System.arraycopy(features.data(), source * dim, padded.data(), frame * dim, dim);
    }
    return infer(padded.data(), features.rows());
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
    splice.normalise(padded);
    FloatMatrix logits = new FloatMatrix(rows, description.numPdfs());
    for (int first = 0; first < rows; first += BLOCK) {
      int count = Math.min(BLOCK, rows - first);
      float[] windows = new float[count * splice.size()];
      splice.copyWindows(padded, first, count, windows);
      float[] block = network.logits(windows, count);
      System.arraycopy(block, 0, logits.data(), first * logits.cols(), block.length);
    }
    return logits;
  }

  @Override
  public void close() {
    network.close();
  }
}
