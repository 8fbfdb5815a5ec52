package org.stjem.frontend.fbank;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;

/**
 * Triangular filters that are equally wide in Mel, warped for VTLN (feat/mel-computations.cc).
 *
 * <p>Edges and weights are floats as in Kaldi: where a triangle's edge meets an FFT bin, rounding
 * decides whether the bin has a weight at all.
 */
final class MelBanks {
  private final int[] firstBin;
  private final float[][] weights;

  /**
   * Filters for one warp factor.
   *
   * @param options checked options
   * @param vtlnWarp factor by which frequencies are divided between the inflections; 1 for none
   * @throws StjemException if the frequencies do not fit each other or a filter has no FFT bin
   */
  MelBanks(FbankOptions options, float vtlnWarp) {
    int numBins = options.numMelBins;
    int numFftBins = options.paddedWindowSize() / 2;
    float nyquist = 0.5f * options.sampleFrequency;
    float low = options.lowFreq;
    float high = options.highFreq > 0 ? options.highFreq : nyquist + options.highFreq;
    FbankOptions.require(
        low >= 0 && low < nyquist,
        "low-freq",
        low,
        "at least 0 and below the Nyquist frequency " + nyquist);
    FbankOptions.require(
        high > low && high <= nyquist,
        "high-freq",
        options.highFreq,
        "above --low-freq=" + low + " and at most the Nyquist frequency " + nyquist);
    Warp warp = vtlnWarp == 1 ? null : Warp.of(options, nyquist, low, high, vtlnWarp);

    float melLow = mel(low);
    float melDelta = (mel(high) - melLow) / (numBins + 1);
    float fftBinWidth = options.sampleFrequency / options.paddedWindowSize();
    firstBin = new int[numBins];
    weights = new float[numBins][];
    for (int bin = 0; bin < numBins; bin++) {
      float left = melLow + bin * melDelta;
      float center = melLow + (bin + 1) * melDelta;
      float right = melLow + (bin + 2) * melDelta;
      if (warp != null) {
        left = warp.warpMel(left);
        center = warp.warpMel(center);
        right = warp.warpMel(right);
      }
      int first = 0;
      while (first < numFftBins && !(mel(fftBinWidth * first) > left)) {
        first++;
      }
      int end = first;
      while (end < numFftBins && mel(fftBinWidth * end) < right) {
        end++;
      }
      if (end == first) {
        throw new StjemException(
            "--num-mel-bins="
                + numBins
                + " is too large: filter "
                + bin
                + " covers none of the "
                + numFftBins
                + " FFT bins");
      }
      firstBin[bin] = first;
      weights[bin] = new float[end - first];
      for (int i = first; i < end; i++) {
        float mel = mel(fftBinWidth * i);
        weights[bin][i - first] =
            mel <= center ? (mel - left) / (center - left) : (right - mel) / (right - center);
      }
    }
  }

  int numBins() {
    return weights.length;
  }

  /** The frequency in Hz at which each filter of unwarped options peaks. */
  static double[] centres(FbankOptions options) {
    float nyquist = 0.5f * options.sampleFrequency;
    float low = mel(options.lowFreq);
    float high = mel(options.highFreq > 0 ? options.highFreq : nyquist + options.highFreq);
    double[] centres = new double[options.numMelBins];
    for (int bin = 0; bin < centres.length; bin++) {
      centres[bin] = frequency(low + (bin + 1) * (high - low) / (centres.length + 1));
    }
    return centres;
  }

  /** The FFT bin that the first of a filter's {@link #weights} is for. */
  int firstBin(int bin) {
    return firstBin[bin];
  }

  /** The weights of one filter; not a copy. */
  float[] weights(int bin) {
    return weights[bin];
  }

  /** The output of one filter for a spectrum of FFT bins from 0. */
  double energy(int bin, double[] spectrum) {
    float[] filter = weights[bin];
    int first = firstBin[bin];
    double sum = 0;
    for (int i = 0; i < filter.length; i++) {
      sum += filter[i] * spectrum[first + i];
    }
    return sum;
  }

  /**
   * Applies one filter to the spectra of several frames.
   *
   * @param bin the filter, counted from 0
   * @param spectra {@code [FFT bins][frames]}
   * @param out the filter's output for each frame
   * @param count number of frames
   */
  void filter(int bin, float[][] spectra, float[] out, int count) {
    float[] filter = weights[bin];
    int first = firstBin[bin];
    Arrays.fill(out, 0, count, 0);
    for (int i = 0; i < filter.length; i++) {
      addScaled(filter[i], spectra[first + i], out, count);
    }
  }

  private static void addScaled(float weight, float[] row, float[] out, int count) {
    for (int i = 0; i < count; i++) {
      out[i] += weight * row[i];
    }
  }

  private static float mel(float frequency) {
    return 1127.0f * (float) Math.log(1.0f + frequency / 700.0f);
  }

  private static float frequency(float mel) {
    return 700.0f * ((float) Math.exp(mel / 1127.0f) - 1.0f);
  }

  /**
   * The piecewise linear warping function F: F(low) = low, F(high) = high, F(f) = f / factor
   * between the inflections, of which {@code min(l, F(l))} is --vtln-low and {@code max(h, F(h))}
   * --vtln-high.
   */
  private record Warp(float low, float high, float l, float h, float scale) {

    static Warp of(FbankOptions options, float nyquist, float low, float high, float factor) {
      float vtlnLow = options.vtlnLow;
      float vtlnHigh = options.vtlnHigh < 0 ? options.vtlnHigh + nyquist : options.vtlnHigh;
      FbankOptions.require(factor > 0, "vtln-warp", factor, "a positive number");
      FbankOptions.require(
          vtlnLow > low && vtlnLow < high,
          "vtln-low",
          vtlnLow,
          "between the ends of the Mel filters, " + low + " and " + high + " Hz");
      FbankOptions.require(
          vtlnHigh > vtlnLow && vtlnHigh < high,
          "vtln-high",
          options.vtlnHigh,
          "between --vtln-low=" + vtlnLow + " and the end of the Mel filters, " + high + " Hz");
      float l = vtlnLow * Math.max(1, factor);
      float h = vtlnHigh * Math.min(1, factor);
      FbankOptions.require(
          l < h, "vtln-warp", factor, "closer to 1, for the inflections not to cross");
      return new Warp(low, high, l, h, 1.0f / factor);
    }

    float warpMel(float mel) {
      return mel(warp(frequency(mel)));
    }

    private float warp(float frequency) {
      if (frequency < low || frequency > high) {
        return frequency;
      }
      if (frequency < l) {
        return low + (scale * l - low) / (l - low) * (frequency - low);
      }
      if (frequency < h) {
        return scale * frequency;
      }
      return high + (high - scale * h) / (high - h) * (frequency - high);
    }
  }
}
