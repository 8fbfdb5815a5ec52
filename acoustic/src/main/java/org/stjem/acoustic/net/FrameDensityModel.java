package org.stjem.acoustic.net;

import java.nio.FloatBuffer;
import org.stjem.acoustic.ebm.DensityScores;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;

/** An {@link EnergyNetwork} over spliced frames, whose log p(x) can be differentiated. */
final class FrameDensityModel extends FrameModel implements DensityModel {
  private final EnergyNetwork network;

  /** Takes the network over. */
  FrameDensityModel(
      ModelDescription description, PriorSettings priors, EnergyNetwork network, String device) {
    super(description, priors, new TorchNetwork(network, device));
    this.network = network;
  }

  @Override
  public DensityScores densityScores(FloatMatrix features) {
    checkUtterance(description(), features);
    int cols = description().numPdfs();
    float[] logits = new float[features.rows() * cols];
    float[] norms = new float[features.rows()];
    float[] padded = splice().padded(features).data();
    splice().normalise(padded);
    for (int first = 0; first < norms.length; first += BLOCK) {
      int count = Math.min(BLOCK, norms.length - first);
      float[] windows = new float[count * splice().size()];
      splice().copyWindows(padded, first, count, FloatBuffer.wrap(windows), 0);
      DensityScores block = network.densityScores(windows, count);
      System.arraycopy(block.logits(), 0, logits, first * cols, count * cols);
      System.arraycopy(block.gradientNorms(), 0, norms, first, count);
    }
    requireFinite(new FloatMatrix(norms.length, cols, logits));
    int at = FiniteNumbers.indexOfOther(norms, 0, norms.length);
    if (at >= 0) {
      throw new EntryException("frame " + at + ": the gradient of log p(x) has norm " + norms[at]);
    }
    return new DensityScores(logits, norms);
  }
}
