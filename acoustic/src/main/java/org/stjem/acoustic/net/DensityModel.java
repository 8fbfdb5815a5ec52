package org.stjem.acoustic.net;

import org.stjem.frontend.kaldi.FloatMatrix;

/** An acoustic model whose log p(x) can be differentiated in x. */
public interface DensityModel extends AcousticModel {

  /**
   * ‖∇ₓ log p(x)‖ of each frame, x being the window that the network sees, in normalised features.
   *
   * @param features {@code [frames, featureDim]}
   * @return one norm for each frame
   */
  float[] densityGradientNorms(FloatMatrix features);
}
