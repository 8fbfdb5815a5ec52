package org.stjem.acoustic.net;

import org.stjem.acoustic.ebm.DensityScores;
import org.stjem.frontend.kaldi.FloatMatrix;

/** An acoustic model whose log p(x) can be differentiated in x. */
public interface DensityModel extends AcousticModel {

  /**
   * Logits and ‖∇ₓ log p(x)‖ of each frame, x being the window that the network sees, in normalised
   * features.
   *
   * @param features {@code [frames, featureDim]}
   * @throws org.stjem.frontend.kaldi.EntryException as {@link #logits} does
   */
  DensityScores densityScores(FloatMatrix features);
}
