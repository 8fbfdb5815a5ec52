package org.stjem.frontend.vocoder;

import org.jtransforms.fft.DoubleFFT_1D;
import org.stjem.frontend.fbank.FbankOptions;

/** Magnitude spectra of Kaldi's frames, computed for tests straight from their definition. */
final class Spectra {
  private Spectra() {}

  /**
   * Of a recording with --snip-edges: offset removed if asked, pre-emphasised, windowed, padded.
   */
  static float[][] magnitudes(float[] samples, FbankOptions options) {
    int size = options.windowSize();
    int frames = Math.max(0, 1 + (samples.length - size) / options.windowShift());
    float[] window = options.window();
    int fftSize = options.paddedWindowSize();
    DoubleFFT_1D fft = new DoubleFFT_1D(fftSize);
    float[][] magnitudes = new float[frames][fftSize / 2 + 1];
    for (int t = 0; t < frames; t++) {
      double[] x = new double[size];
      double mean = 0;
      for (int i = 0; i < size; i++) {
        x[i] = samples[t * options.windowShift() + i];
        mean += options.removeDcOffset ? x[i] / size : 0;
      }
      double[] frame = new double[2 * fftSize];
      for (int i = 0; i < size; i++) {
        double before = x[Math.max(0, i - 1)] - mean;
        frame[2 * i] = (x[i] - mean - options.preemphasisCoefficient * before) * window[i];
      }
      fft.complexForward(frame);
      for (int k = 0; k <= fftSize / 2; k++) {
        magnitudes[t][k] = (float) Math.hypot(frame[2 * k], frame[2 * k + 1]);
      }
    }
    return magnitudes;
  }

  /** 20 log10(‖actual − wanted‖ / ‖wanted‖), sums to be divided in {@code sums}. */
  static void addTo(double[] sums, float[][] actual, float[][] wanted) {
    for (int t = 0; t < wanted.length; t++) {
      for (int k = 0; k < wanted[t].length; k++) {
        double difference = (double) actual[t][k] - wanted[t][k];
        sums[0] += difference * difference;
        sums[1] += (double) wanted[t][k] * wanted[t][k];
      }
    }
  }

  static double convergence(float[][] actual, float[][] wanted) {
    double[] sums = new double[2];
    addTo(sums, actual, wanted);
    return GriffinLim.Result.convergence(sums[0], sums[1]);
  }
}
