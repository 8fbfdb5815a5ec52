package org.stjem.frontend.fbank;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Spectra whose Mel filterbank features are given ones: of the many, non-negative ones near the
 * smallest.
 *
 * <p>The filters' outputs go through the pseudo-inverse of the filters; what comes out negative is
 * raised to a small positive value, and multiplicative updates of non-negative matrix factorisation
 * under the Kullback-Leibler divergence (Lee and Seung, NIPS 2001) bring the spectrum's filter
 * outputs back to the given ones. Where no filter has a weight (0 Hz and the Nyquist frequency,
 * outside --low-freq to --high-freq) the spectrum is 0.
 */
public final class MelInversion {
  private static final int UPDATES = 100;

  /** Smallest start of an update, relative to the largest filter output of the frame. */
  private static final double START_FLOOR = 1e-6;

  /** Added to the diagonal, relative to its largest value: two filters may have the same bins. */
  private static final double RIDGE = 1e-9;

  private static final double TINY = 1e-30;

  private final FbankOptions options;
  private final MelBanks banks;

  /** Sum over the filters of an FFT bin's weights. */
  private final double[] weightSums;

  /** Lower Cholesky factor of the filters' Gram matrix, {@code [bins][bins]}. */
  private final double[][] factor;

  /**
   * The inverse of the filters that {@code options} describe, with VTLN warp factor 1.
   *
   * @param options copied
   * @throws StjemException if an option is out of range
   */
  public MelInversion(FbankOptions options) {
    options.check();
    this.options = options.copy();
    this.banks = new MelBanks(this.options, 1);
    this.weightSums = new double[options.paddedWindowSize() / 2 + 1];
    for (int bin = 0; bin < banks.numBins(); bin++) {
      addFilter(bin, 1, weightSums);
    }
    this.factor = cholesky();
  }

  /**
   * Magnitude spectra of the windowed, pre-emphasised frames that features stand for.
   *
   * @param feats features as {@link FbankExtractor} makes them with the same options, not
   *     normalised, {@code [frames, dim]}; an energy dimension is not used
   * @return {@code [frames][paddedWindowSize / 2 + 1]}, bin 0 is 0 Hz
   * @throws StjemException if the number of bins is another, or a value is not that of a log-Mel or
   *     Mel energy
   */
  public float[][] magnitudes(FloatMatrix feats) {
    if (feats.cols() != options.dim()) {
      throw new StjemException(
          "features have " + feats.cols() + " bins where the options make " + options.dim());
    }
    float[][] magnitudes = new float[feats.rows()][];
    for (int t = 0; t < feats.rows(); t++) {
      double[] spectrum = invert(filterOutputs(feats, t));
      magnitudes[t] = new float[spectrum.length];
      for (int k = 0; k < spectrum.length; k++) {
        magnitudes[t][k] = (float) (options.usePower ? Math.sqrt(spectrum[k]) : spectrum[k]);
      }
    }
    return magnitudes;
  }

  private double[] filterOutputs(FloatMatrix feats, int frame) {
    int first = options.useEnergy && !options.htkCompat ? 1 : 0;
    double[] outputs = new double[banks.numBins()];
    for (int bin = 0; bin < outputs.length; bin++) {
      float value = feats.get(frame, first + bin);
      outputs[bin] = options.useLogFbank ? Math.exp(value) : value;
      // A float holds every energy of 16-bit samples and of much louder ones.
      if (!(outputs[bin] >= 0 && outputs[bin] <= Float.MAX_VALUE)) {
        throw new StjemException(
            "frame "
                + frame
                + ", bin "
                + (first + bin)
                + ": "
                + value
                + " is not a "
                + (options.useLogFbank ? "log-Mel value, at most 88.7" : "Mel value, at least 0"));
      }
    }
    return outputs;
  }

  private double[] invert(double[] outputs) {
    double[] spectrum = new double[weightSums.length];
    double largest = 0;
    double[] solution = solve(outputs);
    for (int bin = 0; bin < outputs.length; bin++) {
      addFilter(bin, solution[bin], spectrum);
      largest = Math.max(largest, outputs[bin]);
    }
    for (int k = 0; k < spectrum.length; k++) {
      spectrum[k] = weightSums[k] == 0 ? 0 : Math.max(spectrum[k], START_FLOOR * largest);
    }
    double[] correction = new double[spectrum.length];
    for (int update = 0; update < UPDATES; update++) {
      Arrays.fill(correction, 0);
      for (int bin = 0; bin < outputs.length; bin++) {
        double now = banks.energy(bin, spectrum);
        addFilter(bin, outputs[bin] / Math.max(now, TINY), correction);
      }
      for (int k = 0; k < spectrum.length; k++) {
        spectrum[k] *= weightSums[k] == 0 ? 0 : correction[k] / weightSums[k];
      }
    }
    return spectrum;
  }

  private void addFilter(int bin, double scale, double[] spectrum) {
    float[] weights = banks.weights(bin);
    int first = banks.firstBin(bin);
    for (int i = 0; i < weights.length; i++) {
      spectrum[first + i] += scale * weights[i];
    }
  }

  private double[][] cholesky() {
    int n = banks.numBins();
    double[][] gram = new double[n][n];
    double largest = 0;
    for (int i = 0; i < n; i++) {
      double[] filter = new double[weightSums.length];
      addFilter(i, 1, filter);
      for (int j = 0; j <= i; j++) {
        gram[i][j] = banks.energy(j, filter);
      }
      largest = Math.max(largest, gram[i][i]);
    }
    for (int i = 0; i < n; i++) {
      gram[i][i] += RIDGE * largest;
      for (int j = 0; j <= i; j++) {
        double sum = gram[i][j];
        for (int k = 0; k < j; k++) {
          sum -= gram[i][k] * gram[j][k];
        }
        gram[i][j] = i == j ? Math.sqrt(sum) : sum / gram[j][j];
      }
    }
    return gram;
  }

  /** Solves Gram matrix times result = {@code outputs}. */
  private double[] solve(double[] outputs) {
    int n = outputs.length;
    double[] x = outputs.clone();
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        x[i] -= factor[i][k] * x[k];
      }
      x[i] /= factor[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        x[i] -= factor[k][i] * x[k];
      }
      x[i] /= factor[i][i];
    }
    return x;
  }
}
