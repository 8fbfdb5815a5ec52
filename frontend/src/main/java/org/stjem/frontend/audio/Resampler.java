package org.stjem.frontend.audio;

import org.stjem.frontend.io.StjemException;

/**
 * Changes the sampling rate as Kaldi does for {@code --allow-downsample} and {@code
 * --allow-upsample}: by a sinc filter of six zeros on either side under a Hann window, with its
 * cutoff at 99 % of the lower Nyquist frequency (feat/resample.cc, {@code ResampleWaveform}).
 */
public final class Resampler {
  private static final int NUM_ZEROS = 6;
  private static final double MAX_WEIGHTS = 1 << 24;

  private final long rateIn;
  private final long rateOut;
  private final int inputsPerUnit;

  /** Of each output sample of a unit: the first input sample it depends on. */
  private final int[] firstInput;

  /** Of each output sample of a unit: the weights of the input samples from there on. */
  private final float[][] weights;

  /**
   * A resampler for any number of recordings.
   *
   * @param rateIn samples per second of the input
   * @param rateOut samples per second of the output
   * @throws StjemException if the rates have so small a common divisor that there would be more
   *     than 2^24 filter weights
   */
  public Resampler(int rateIn, int rateOut) {
    if (rateIn <= 0 || rateOut <= 0) {
      throw new IllegalArgumentException("cannot resample from " + rateIn + " to " + rateOut);
    }
    this.rateIn = rateIn;
    this.rateOut = rateOut;
    int unitsPerSecond = greatestCommonDivisor(rateIn, rateOut);
    this.inputsPerUnit = rateIn / unitsPerSecond;
    int outputsPerUnit = rateOut / unitsPerSecond;
    this.firstInput = new int[outputsPerUnit];
    this.weights = new float[outputsPerUnit][];
    float cutoff = (float) (0.99 * 0.5 * Math.min(rateIn, rateOut));
    double halfWidth = NUM_ZEROS / (2.0 * cutoff);
    if (2 * halfWidth * rateIn * outputsPerUnit > MAX_WEIGHTS) {
      throw new StjemException(
          "cannot resample from "
              + rateIn
              + " to "
              + rateOut
              + " Hz, rates with no common divisor");
    }
    for (int i = 0; i < outputsPerUnit; i++) {
      double time = i / (double) rateOut;
      firstInput[i] = (int) Math.ceil((time - halfWidth) * rateIn);
      int last = (int) Math.floor((time + halfWidth) * rateIn);
      weights[i] = new float[last - firstInput[i] + 1];
      for (int j = 0; j < weights[i].length; j++) {
        double offset = (firstInput[i] + j) / (double) rateIn - time;
        weights[i][j] = (float) (filter(offset, cutoff) / rateIn);
      }
    }
  }

  /** A whole recording at the new rate: one sample per period that begins within it. */
  public float[] resample(float[] input) {
    return resample(input, 0, 0, outputLength(input.length));
  }

  /**
   * Samples {@code from} (inclusive) to {@code to} (exclusive) of a channel at the new rate: those
   * of the whole at the new rate, bit by bit.
   *
   * @param to at most {@link #outputLength} of the channel
   */
  public float[] resample(SampleSource input, int channel, int from, int to) {
    if (from == to) {
      return new float[0];
    }
    int last = (to - 1) % weights.length;
    int inputFrom = (int) Math.max(0, firstInput(from));
    int inputTo = (int) Math.min(input.numSamples(), firstInput(to - 1) + weights[last].length);
    return resample(input.samples(channel, inputFrom, inputTo), inputFrom, from, to);
  }

  /**
   * Samples at the new rate of a recording of {@code length} samples.
   *
   * @throws StjemException if they are more than an array can have
   */
  public int outputLength(int length) {
    long output = (length * rateOut + rateIn - 1) / rateIn;
    if (output > Integer.MAX_VALUE - 8) {
      throw new StjemException(
          length + " samples at " + rateIn + " Hz are too many at " + rateOut + " Hz");
    }
    return (int) output;
  }

  /** The first input sample, possibly before the recording, that an output sample depends on. */
  private long firstInput(int output) {
    return firstInput[output % weights.length] + (long) (output / weights.length) * inputsPerUnit;
  }

  /** Outputs of which {@code input} has all that lies within the recording, from a sample on. */
  private float[] resample(float[] input, int inputFrom, int outputFrom, int outputTo) {
    float[] output = new float[outputTo - outputFrom];
    for (int i = 0; i < output.length; i++) {
      float[] filter = weights[(outputFrom + i) % weights.length];
      long first = firstInput(outputFrom + i) - inputFrom;
      int from = (int) Math.max(0, -first);
      int to = (int) Math.min(filter.length, input.length - first);
      double sum = 0;
      for (int j = from; j < to; j++) {
        sum += filter[j] * input[(int) first + j];
      }
      output[i] = (float) sum;
    }
    return output;
  }

  private static double filter(double time, double cutoff) {
    if (Math.abs(time) >= NUM_ZEROS / (2 * cutoff)) {
      return 0;
    }
    double window = 0.5 * (1 + Math.cos(2 * Math.PI * cutoff / NUM_ZEROS * time));
    double sinc = time == 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * time) / (Math.PI * time);
    return sinc * window;
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
