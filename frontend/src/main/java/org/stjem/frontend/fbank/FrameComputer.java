package org.stjem.frontend.fbank;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * Turns the samples of one frame into its features: dither, offset, energy, pre-emphasis, window,
 * spectrum, filters, logarithm, in this order. Works in double precision and allocates nothing per
 * frame.
 */
final class FrameComputer {
  /** Kaldi's floor of energies, {@code std::numeric_limits<float>::epsilon()}. */
  private static final double FLOOR = Math.ulp(1.0f);

  private final FbankOptions options;
  private final float[] window;
  private final double[] samples;

  /** The windowed samples with their padding, then their transform. */
  private final double[] frame;

  private final double[] spectrum;
  private final DoubleFFT_1D fft;
  private final Map<Float, MelBanks> banksByWarp = new HashMap<>();
  private MelBanks banks;
  private SplittableRandom noise = new SplittableRandom(0);

  /** Takes options that were checked and do not change any more. */
  FrameComputer(FbankOptions options) {
    this.options = options;
    window = options.window();
    samples = new double[options.windowSize()];
    frame = new double[options.paddedWindowSize()];
    spectrum = new double[frame.length / 2];
    fft = new DoubleFFT_1D(frame.length);
    warp(1);
  }

  /** Sets the VTLN warp factor of the frames to come; filters are made once per factor. */
  void warp(float factor) {
    banks = banksByWarp.computeIfAbsent(factor, f -> new MelBanks(options, f));
  }

  /** Sets the state of the dither's generator. */
  void seed(long seed) {
    noise = new SplittableRandom(seed);
  }

  /** Where to put the samples of a frame before {@link #compute}, which changes them. */
  double[] samples() {
    return samples;
  }

  /** Writes the features of the frame to {@code out} from {@code at} on. */
  void compute(float[] out, int at) {
    if (options.dither != 0) {
      for (int i = 0; i < samples.length; i++) {
        samples[i] += noise.nextGaussian() * options.dither;
      }
    }
    if (options.removeDcOffset) {
      removeMean();
    }
    double energy = options.useEnergy && options.rawEnergy ? energy(samples) : 0;
    emphasiseAndWindow();
    if (options.useEnergy && !options.rawEnergy) {
      energy = energy(frame);
    }
    fft.realForward(frame);
    fillSpectrum();

    int firstFilter = at;
    if (options.useEnergy) {
      double floored = Math.max(energy, Math.max(FLOOR, options.energyFloor));
      firstFilter = options.htkCompat ? at : at + 1;
      out[options.htkCompat ? at + banks.numBins() : at] = (float) Math.log(floored);
    }
    for (int bin = 0; bin < banks.numBins(); bin++) {
      double filtered = banks.energy(bin, spectrum);
      out[firstFilter + bin] =
          (float) (options.useLogFbank ? Math.log(Math.max(filtered, FLOOR)) : filtered);
    }
  }

  private void removeMean() {
    double sum = 0;
    for (double sample : samples) {
      sum += sample;
    }
    double mean = sum / samples.length;
    for (int i = 0; i < samples.length; i++) {
      samples[i] -= mean;
    }
  }

  private static double energy(double[] signal) {
    double sum = 0;
    for (double value : signal) {
      sum += value * value;
    }
    return sum;
  }

  private void emphasiseAndWindow() {
    double coefficient = options.preemphasisCoefficient;
    frame[0] = (samples[0] - coefficient * samples[0]) * window[0];
    for (int i = 1; i < samples.length; i++) {
      frame[i] = (samples[i] - coefficient * samples[i - 1]) * window[i];
    }
    Arrays.fill(frame, samples.length, frame.length, 0);
  }

  /** The FFT leaves Re 0, Re N/2, then Re and Im of bins 1 to N/2 − 1. */
  private void fillSpectrum() {
    spectrum[0] = frame[0] * frame[0];
    for (int i = 1; i < spectrum.length; i++) {
      double real = frame[2 * i];
      double imaginary = frame[2 * i + 1];
      spectrum[i] = real * real + imaginary * imaginary;
    }
    if (!options.usePower) {
      for (int i = 0; i < spectrum.length; i++) {
        spectrum[i] = Math.sqrt(spectrum[i]);
      }
    }
  }
}
