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
  private final boolean causal;
  private final double scale;

  /** Pools over a centred window; see {@link #DensityPooling(int, boolean, double)}. */
  public DensityPooling(int frames) {
    this(frames, false, 1);
  }

  /**
   * Pools over a window and scales.
   *
   * @param frames length of the window, cut at the ends of the utterance: 1 for Eq. 24 as it is; 0
   *     for the whole utterance, or all of it so far; odd if the window is centred
   * @param causal whether the window ends at frame t, as it must where nothing may wait, instead of
   *     being centred there
   * @param scale β, what the pooled log p_i(x) is multiplied by: the frames of a window depend on
   *     each other, so that their mean may count for more than one of them, or for less
   */
  public DensityPooling(int frames, boolean causal, double scale) {
    if (frames < 0 || (!causal && frames > 0 && frames % 2 == 0)) {
      throw new StjemException(
          "density can be pooled over 0 or an odd number of frames, not " + frames);
    }
    if (!(scale >= 0) || Double.isInfinite(scale)) {
      throw new StjemException(
          "the density scale is " + scale + ", must be finite and not below 0");
    }
    this.frames = frames;
    this.causal = causal;
    this.scale = scale;
  }

  /** The same scale over the whole utterance. */
  DensityPooling ofUtterance() {
    return new DensityPooling(0, false, scale);
  }

  /**
   * Frames before frame t that its window reaches back to.
   *
   * @throws StjemException if it reaches to the ends of the utterance, however far they are
   */
  int framesBack() {
    if (frames == 0) {
      throw new StjemException(
          "a window over the whole utterance cannot be computed while the utterance comes in; give"
              + " --pool-frames a number");
    }
    return causal ? frames - 1 : frames / 2;
  }

  /** Frames behind frame t that its window reaches, which rows must wait for. */
  int framesAhead() {
    return causal ? 0 : framesBack();
  }

  /**
   * The pooled and scaled log p(x) of each frame.
   *
   * @param density log p(x_t) + const, one value a frame
   */
  public double[] pooled(double[] density) {
    int rows = density.length;
    double[] sums = new double[rows + 1];
    for (int t = 0; t < rows; t++) {
      sums[t + 1] = sums[t] + density[t];
    }
    int back = frames == 0 ? rows : causal ? frames - 1 : frames / 2;
    int ahead = causal ? 0 : back;
    double[] pooled = new double[rows];
    for (int t = 0; t < rows; t++) {
      int from = Math.max(0, t - back);
      int to = (int) Math.min(rows, (long) t + ahead + 1);
      pooled[t] = scale * (sums[to] - sums[from]) / (to - from);
    }
    return pooled;
  }

  /**
   * The logits with every frame's log p(x) replaced by the pooled and scaled one.
   *
   * @param logits {@code [frames, pdfs]}; not changed
   * @return {@code [frames, pdfs]}
   */
  public FloatMatrix apply(FloatMatrix logits) {
    int rows = logits.rows();
    int cols = logits.cols();
    if ((frames == 1 && scale == 1) || rows == 0) {
      return logits;
    }
    double[] density = density(logits);
    double[] pooled = pooled(density);
    FloatMatrix result = new FloatMatrix(rows, cols);
    for (int t = 0; t < rows; t++) {
      double shift = pooled[t] - density[t];
      for (int y = 0; y < cols; y++) {
        result.set(t, y, (float) (logits.get(t, y) + shift));
      }
    }
    return result;
  }

  /** log p(x_t) + const of each frame in double precision. */
  static double[] density(FloatMatrix logits) {
    double[] density = new double[logits.rows()];
    for (int t = 0; t < density.length; t++) {
      density[t] = LogSumExp.of(logits.data(), t * logits.cols(), logits.cols());
    }
    return density;
  }
}
