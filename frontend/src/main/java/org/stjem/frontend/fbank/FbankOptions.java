package org.stjem.frontend.fbank;

import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Option;

/**
 * The options of filterbank features, with Kaldi's names and defaults but for the 80 bins
 * (feat/feature-window.h, feat/mel-computations.h, feat/feature-fbank.h).
 *
 * <p>A command takes them as a mixin; other code sets the fields. Whoever computes features from
 * them checks them with {@link #check()} and keeps no reference.
 */
public final class FbankOptions implements Cloneable {

  @Option(
      names = "--sample-frequency",
      paramLabel = "HZ",
      description = "sampling rate of the waves (default ${DEFAULT-VALUE})")
  public float sampleFrequency = 16000;

  @Option(
      names = "--frame-length",
      paramLabel = "MS",
      description = "frame length in milliseconds (default ${DEFAULT-VALUE})")
  public float frameLength = 25;

  @Option(
      names = "--frame-shift",
      paramLabel = "MS",
      description = "frame shift in milliseconds (default ${DEFAULT-VALUE})")
  public float frameShift = 10;

  @Option(
      names = "--dither",
      paramLabel = "AMOUNT",
      description =
          "standard deviation of the Gaussian noise added to every frame, in units of 16-bit"
              + " samples; 0 for none (default ${DEFAULT-VALUE})")
  public float dither = 1;

  @Option(
      names = "--preemphasis-coefficient",
      paramLabel = "C",
      description = "coefficient of the pre-emphasis (default ${DEFAULT-VALUE})")
  public float preemphasisCoefficient = 0.97f;

  @Option(
      names = "--remove-dc-offset",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "subtract the mean from every frame (default ${DEFAULT-VALUE})")
  public boolean removeDcOffset = true;

  @Option(
      names = "--window-type",
      paramLabel = "TYPE",
      description =
          "hamming, hanning, povey, rectangular, sine or blackman (default ${DEFAULT-VALUE})")
  public WindowType windowType = WindowType.POVEY;

  @Option(
      names = "--blackman-coeff",
      paramLabel = "C",
      description = "constant of the generalised Blackman window (default ${DEFAULT-VALUE})")
  public float blackmanCoeff = 0.42f;

  @Option(
      names = "--round-to-power-of-two",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "pad frames with zeros to a power of two before the FFT (default ${DEFAULT-VALUE})")
  public boolean roundToPowerOfTwo = true;

  @Option(
      names = "--snip-edges",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "only frames that fit into the recording; otherwise one frame per shift, the recording"
              + " being reflected at its ends (default ${DEFAULT-VALUE})")
  public boolean snipEdges = true;

  @Option(
      names = "--num-mel-bins",
      paramLabel = "N",
      description = "number of triangular Mel filters (default ${DEFAULT-VALUE})")
  public int numMelBins = 80;

  @Option(
      names = "--low-freq",
      paramLabel = "HZ",
      description = "lower end of the Mel filters (default ${DEFAULT-VALUE})")
  public float lowFreq = 20;

  @Option(
      names = "--high-freq",
      paramLabel = "HZ",
      description =
          "upper end of the Mel filters, from the Nyquist frequency down if not positive (default"
              + " ${DEFAULT-VALUE})")
  public float highFreq = 0;

  @Option(
      names = "--vtln-low",
      paramLabel = "HZ",
      description = "lower inflection of the VTLN warping function (default ${DEFAULT-VALUE})")
  public float vtlnLow = 100;

  @Option(
      names = "--vtln-high",
      paramLabel = "HZ",
      description =
          "upper inflection of the VTLN warping function, from the Nyquist frequency down if"
              + " negative (default ${DEFAULT-VALUE})")
  public float vtlnHigh = -500;

  @Option(
      names = "--use-energy",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "add a dimension with the frame's log energy (default ${DEFAULT-VALUE})")
  public boolean useEnergy = false;

  @Option(
      names = "--energy-floor",
      paramLabel = "ENERGY",
      description = "floor of that energy, if positive (default ${DEFAULT-VALUE})")
  public float energyFloor = 0;

  @Option(
      names = "--raw-energy",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "take that energy before pre-emphasis and windowing (default ${DEFAULT-VALUE})")
  public boolean rawEnergy = true;

  @Option(
      names = "--htk-compat",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "put that energy last instead of first (default ${DEFAULT-VALUE})")
  public boolean htkCompat = false;

  @Option(
      names = "--use-log-fbank",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "logarithms, not the filters' outputs themselves (default ${DEFAULT-VALUE})")
  public boolean useLogFbank = true;

  @Option(
      names = "--use-power",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "filter the power spectrum, not the magnitudes (default ${DEFAULT-VALUE})")
  public boolean usePower = true;

  /** An independent copy. */
  public FbankOptions copy() {
    try {
      return (FbankOptions) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /** Samples from one frame to the next. */
  public int windowShift() {
    return (int) (sampleFrequency * 0.001 * frameShift);
  }

  /** Samples in a frame. */
  public int windowSize() {
    return (int) (sampleFrequency * 0.001 * frameLength);
  }

  /** Points of the FFT. */
  public int paddedWindowSize() {
    int size = windowSize();
    int power = Integer.highestOneBit(size);
    return !roundToPowerOfTwo || power == size ? size : 2 * power;
  }

  /** The window function's values for a frame, {@link #windowSize()} of them. */
  public float[] window() {
    return windowType.coefficients(windowSize(), blackmanCoeff);
  }

  /** The frequency in Hz at which each Mel filter peaks, without VTLN. */
  public double[] filterCentres() {
    return MelBanks.centres(this);
  }

  /** Values per frame. */
  public int dim() {
    return numMelBins + (useEnergy ? 1 : 0);
  }

  /**
   * Frames of a whole recording, or of one of which more is to come.
   *
   * @param numSamples samples so far
   * @param complete whether no more will come
   */
  long numFrames(long numSamples, boolean complete) {
    int shift = windowShift();
    int size = windowSize();
    if (snipEdges) {
      return numSamples < size ? 0 : 1 + (numSamples - size) / shift;
    }
    long frames = (numSamples + shift / 2) / shift;
    while (!complete && frames > 0 && firstSample(frames - 1) + size > numSamples) {
      frames--;
    }
    return frames;
  }

  /** Where a frame begins; before 0 if it hangs over the start of the recording. */
  public long firstSample(long frame) {
    long shift = windowShift();
    return snipEdges ? shift * frame : shift * frame + shift / 2 - windowSize() / 2;
  }

  /**
   * Checks what does not depend on the warping of frequencies.
   *
   * @throws StjemException naming the option, its value and what it may be
   */
  public void check() {
    require(sampleFrequency > 0, "sample-frequency", sampleFrequency, "a positive number");
    require(windowShift() >= 1, "frame-shift", frameShift, "at least one sample long");
    require(
        windowSize() >= 2 && windowSize() <= 1 << 24,
        "frame-length",
        frameLength,
        "2 to 2^24 samples long");
    require(
        paddedWindowSize() % 2 == 0,
        "frame-length",
        frameLength,
        "an even number of samples when --round-to-power-of-two=false");
    require(dither >= 0 && dither <= Float.MAX_VALUE, "dither", dither, "at least 0 and finite");
    require(
        preemphasisCoefficient >= 0 && preemphasisCoefficient <= 1,
        "preemphasis-coefficient",
        preemphasisCoefficient,
        "between 0 and 1");
    require(Float.isFinite(blackmanCoeff), "blackman-coeff", blackmanCoeff, "a finite number");
    require(energyFloor >= 0, "energy-floor", energyFloor, "at least 0");
    require(numMelBins >= 3, "num-mel-bins", numMelBins, "at least 3");
  }

  /** Throws if {@code valid} is false; NaN fails every comparison, so it fails here too. */
  static void require(boolean valid, String option, Object value, String expected) {
    if (!valid) {
      throw new StjemException("--" + option + "=" + value + ": must be " + expected);
    }
  }
}
