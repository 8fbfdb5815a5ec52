package org.stjem.combine;

import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Lets the say of a model in the mixture rest on more than one frame. Eq. 24 weighs model i at
 * frame t by its log p_i(x_t) = logsumexp_y f_i(x_t)_y alone, which varies from frame to frame by
 * more than the domains differ. Pooled, it is the mean of log p_i over the frames around t; what
 * the model says of the pdfs, log p_i(y|x_t), stays as it is. A domain lasts longer than a frame.
 */
public final class DensityPooling {
  private final int frames;

  /**
   * Pools over a centred window.
   *
   * @param frames length of the window, cut at the ends of the utterance: odd, 1 for Eq. 24 as it
   *     is; 0 for the whole utterance
   */
  public DensityPooling(int frames) {
    if (frames < 0 || (frames > 0 && frames % 2 == 0)) {
      throw new StjemException(
          "density can be pooled over 0 or an odd number of frames, not " + frames);
    }
    this.frames = frames;
  }

  /**
   * The logits with every frame's log p(x) replaced by the pooled one.
   *
   * @param logits {@code [frames, pdfs]}; not changed
   * @return {@code [frames, pdfs]}
   */
  public FloatMatrix apply(FloatMatrix logits) {
    int rows = logits.rows();
    int cols = logits.cols();
    if (frames == 1 || rows == 0) {
      return logits;
    }
    double[] density = new double[rows];
    double[] sums = new double[rows + 1];
    for (int t = 0; t < rows; t++) {
      density[t] = LogSumExp.of(logits.data(), t * cols, cols);
      sums[t + 1] = sums[t] + density[t];
    }
    int reach = frames == 0 ? rows : frames / 2;
    FloatMatrix pooled = new FloatMatrix(rows, cols);
    for (int t = 0; t < rows; t++) {
      int from = Math.max(0, t - reach);
      int to = (int) Math.min(rows, (long) t + reach + 1);
      double shift = (sums[to] - sums[from]) / (to - from) - density[t];
      for (int y = 0; y < cols; y++) {
        pooled.set(t, y, (float) (logits.get(t, y) + shift));
      }
    }
    return pooled;
  }
}
