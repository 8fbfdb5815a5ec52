package org.stjem.frontend.fbank;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Turns the samples of frames into their features: dither, offset, energy, pre-emphasis, window,
 * spectrum, filters, logarithm, in this order. Frames are gathered in a batch, since from the
 * spectrum on many at once are faster; allocates nothing per frame.
 */
final class FrameComputer {
  /** Kaldi's floor of energies, {@code std::numeric_limits<float>::epsilon()}. */
  private static final float FLOOR = Math.ulp(1.0f);

  private final FbankOptions options;
  private final float[] window;
  private final float[] samples;
  private final FrameSpectra spectra;

  /** The windowed samples of the batch, frame after frame. */
  private final float[] frames;

  /** Energy of each frame in the batch. */
  private final double[] energies;

  /** Outputs of one filter for each frame in the batch. */
  private final float[] filtered;

  private final Map<Float, MelBanks> banksByWarp = new HashMap<>();
  private MelBanks banks;
  private SplittableRandom noise = new SplittableRandom(0);
  private int count;

  /** Takes options that were checked and do not change any more. */
  FrameComputer(FbankOptions options) {
    this.options = options;
    window = options.window();
    samples = new float[window.length];
    int size = options.paddedWindowSize();
    boolean powerOfTwo = Integer.bitCount(size) == 1 && size >= 4;
    spectra =
        powerOfTwo ? new BatchedFft(window.length, size) : new AnySizeFft(window.length, size);
    frames = new float[spectra.capacity() * window.length];
    energies = new double[spectra.capacity()];
    filtered = new float[spectra.capacity()];
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

  /** Where to put the samples of a frame before {@link #add}, which changes them. */
  float[] samples() {
    return samples;
  }

  /**
   * Adds the frame to the batch.
   *
   * @return whether the batch is full, so that {@link #compute} has to be called
   */
  boolean add() {
    if (options.dither != 0) {
      for (int i = 0; i < samples.length; i++) {
        samples[i] += (float) (noise.nextGaussian() * options.dither);
      }
    }
    if (options.removeDcOffset) {
      removeMean();
    }
    if (options.useEnergy && options.rawEnergy) {
      energies[count] = energy(samples, 0, window.length);
    }
    int at = count * window.length;
    emphasiseAndWindow(at);
    if (options.useEnergy && !options.rawEnergy) {
      energies[count] = energy(frames, at, at + window.length);
    }
    count++;
    return count == spectra.capacity();
  }

  /**
   * Writes the features of the frames in the batch and empties it.
   *
   * @param out one row per frame
   * @param at index of the first
   * @return number of frames
   */
  int compute(float[] out, int at) {
    int done = count;
    count = 0;
    if (done == 0) {
      return 0;
    }
    float[][] spectrum = spectra.power(frames, done);
    if (!options.usePower) {
      for (float[] row : spectrum) {
        squareRoots(row, done);
      }
    }
    int dim = options.dim();
    int firstFilter = at;
    if (options.useEnergy) {
      firstFilter = options.htkCompat ? at : at + 1;
      writeEnergies(out, options.htkCompat ? at + dim - 1 : at, done);
    }
    for (int bin = 0; bin < banks.numBins(); bin++) {
      banks.filter(bin, spectrum, filtered, done);
      for (int i = 0; i < done; i++) {
        float value = filtered[i];
        out[firstFilter + bin + i * dim] =
            options.useLogFbank ? (float) Math.log(Math.max(value, FLOOR)) : value;
      }
    }
    return done;
  }

  private void writeEnergies(float[] out, int at, int done) {
    double floor = Math.max(FLOOR, options.energyFloor);
    for (int i = 0; i < done; i++) {
      out[at + i * options.dim()] = (float) Math.log(Math.max(energies[i], floor));
    }
  }

  private static void squareRoots(float[] row, int count) {
    for (int i = 0; i < count; i++) {
      row[i] = (float) Math.sqrt(row[i]);
    }
  }

  private void removeMean() {
    // Four sums, since additions to one would wait for each other.
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = 0;
    for (; i < samples.length - 3; i += 4) {
      sum0 += samples[i];
      sum1 += samples[i + 1];
      sum2 += samples[i + 2];
      sum3 += samples[i + 3];
    }
    for (; i < samples.length; i++) {
      sum0 += samples[i];
    }
    float mean = (float) ((sum0 + sum1 + sum2 + sum3) / samples.length);
    for (i = 0; i < samples.length; i++) {
      samples[i] -= mean;
    }
  }

  private static double energy(float[] signal, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) signal[i] * signal[i];
    }
    return sum;
  }

  /** Writes the frame to its place in the batch. */
  private void emphasiseAndWindow(int at) {
    float coefficient = options.preemphasisCoefficient;
    frames[at] = (samples[0] - coefficient * samples[0]) * window[0];
    for (int i = 1; i < samples.length; i++) {
      frames[at + i] = (samples[i] - coefficient * samples[i - 1]) * window[i];
    }
  }
}
