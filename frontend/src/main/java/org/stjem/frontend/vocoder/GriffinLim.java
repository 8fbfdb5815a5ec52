package org.stjem.frontend.vocoder;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jtransforms.fft.DoubleFFT_1D;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.io.StjemException;

/**
 * Audio with given magnitude spectra by the algorithm of Griffin and Lim (IEEE Trans. ASSP 32,
 * 1984) in its fast variant (Perraudin, Balazs and Søndergaard, WASPAA 2013): from random phases
 * on, in turn the signal whose frames are nearest to the spectra in the sense of least squares, and
 * the phases of that signal's frames, extrapolated by the momentum.
 *
 * <p>Frames are those of Kaldi's features: length, shift, window, padding of the FFT, and position
 * (--snip-edges) as the options say. The signal is sought after pre-emphasis, which is then undone.
 * The offset that features lose per frame is not sought, for the spectra have nothing at 0 Hz.
 *
 * <p>Memory: 12 bytes per frame and FFT point, about 2 MB per second of audio at 16 kHz.
 */
public final class GriffinLim {
  /**
   * Where the squared windows add up to less than this part of what they add up to elsewhere, least
   * squares would make a loud click of a small inconsistency. With Kaldi's window, that is the
   * first and last two milliseconds with --snip-edges.
   */
  private static final double WEIGHT_FLOOR = 0.01;

  private final FbankOptions options;
  private final int iterations;
  private final float momentum;
  private final long seed;
  private final float[] window;
  private final int fftSize;
  private final DoubleFFT_1D fft;

  /**
   * Audio with given spectra.
   *
   * @param samples at the options' sample rate, at the scale that the spectra have
   * @param squaredError sum over frames and bins of the squared difference between the magnitudes
   *     of the audio's spectra and the given ones
   * @param squaredNorm sum of the squared given magnitudes
   */
  public record Result(float[] samples, double squaredError, double squaredNorm) {
    /**
     * Spectral convergence in dB: 20 log10(‖|S| − M‖ / ‖M‖) with Frobenius norms, S the spectra of
     * the audio and M the given magnitudes. Negative infinity for silence.
     */
    public double convergence() {
      return convergence(squaredError, squaredNorm);
    }

    /** The same for sums over several results. */
    public static double convergence(double squaredError, double squaredNorm) {
      return squaredNorm == 0
          ? Double.NEGATIVE_INFINITY
          : 10 * Math.log10(squaredError / squaredNorm);
    }
  }

  /**
   * Phase reconstruction for frames of the given shape.
   *
   * @param options copied
   * @param iterations at least 1
   * @param momentum 0 for the original algorithm, 0.99 as Perraudin et al. recommend
   * @param seed of the phases at the start
   * @throws StjemException if a parameter is out of range
   */
  public GriffinLim(FbankOptions options, int iterations, double momentum, long seed) {
    options.check();
    if (iterations < 1) {
      throw new StjemException("--iterations=" + iterations + ": must be at least 1");
    }
    if (!(momentum >= 0 && momentum <= 2)) {
      throw new StjemException("--momentum=" + momentum + ": must be between 0 and 2");
    }
    this.options = options.copy();
    this.iterations = iterations;
    this.momentum = (float) momentum;
    this.seed = seed;
    this.window = options.window();
    this.fftSize = options.paddedWindowSize();
    this.fft = new DoubleFFT_1D(fftSize);
  }

  /**
   * Makes audio of magnitude spectra.
   *
   * @param magnitudes {@code [frames][paddedWindowSize / 2 + 1]}, not negative, of pre-emphasised
   *     frames
   * @return audio of which {@link org.stjem.frontend.fbank.FbankExtractor} makes as many frames
   */
  public Result synthesise(float[][] magnitudes) {
    int frames = magnitudes.length;
    if (frames == 0) {
      return new Result(new float[0], 0, 0);
    }
    float[][] wanted = randomPhases(magnitudes);
    float[][] previous = new float[frames][];
    double[] weights = squaredWindows(frames);
    double[] signal = new double[0];
    double error = 0;
    double norm = 0;
    double[] frame = new double[fftSize];
    for (int iteration = 1; iteration <= iterations; iteration++) {
      signal = nearestSignal(wanted, magnitudes, weights);
      for (int t = 0; t < frames; t++) {
        analyse(signal, t, frame);
        if (iteration < iterations) {
          previous[t] = extrapolate(frame, previous[t], wanted[t]);
        } else {
          error += squaredError(frame, magnitudes[t]);
          norm += squaredNorm(magnitudes[t]);
        }
      }
    }
    return new Result(audio(signal, frames), error, norm);
  }

  /** Spectra packed as JTransforms does: Re 0, Re N/2, then Re and Im of bins 1 to N/2 − 1. */
  private float[][] randomPhases(float[][] magnitudes) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] spectra = new float[magnitudes.length][fftSize];
    for (int t = 0; t < magnitudes.length; t++) {
      spectra[t][0] = magnitudes[t][0];
      spectra[t][1] = magnitudes[t][fftSize / 2];
      for (int k = 1; k < fftSize / 2; k++) {
        double phase = 2 * Math.PI * random.nextDouble();
        spectra[t][2 * k] = (float) (magnitudes[t][k] * Math.cos(phase));
        spectra[t][2 * k + 1] = (float) (magnitudes[t][k] * Math.sin(phase));
      }
    }
    return spectra;
  }

  /**
   * The signal from the first frame's first sample to the last one's last whose frames differ least
   * from the given magnitudes with the phases of {@code spectra}: windowed frames added up, divided
   * by the squared windows added up.
   */
  private double[] nearestSignal(float[][] spectra, float[][] magnitudes, double[] weights) {
    int shift = options.windowShift();
    double[] signal = new double[weights.length];
    double[] frame = new double[fftSize];
    for (int t = 0; t < spectra.length; t++) {
      setMagnitudes(spectra[t], magnitudes[t], frame);
      fft.realInverse(frame, true);
      for (int i = 0; i < window.length; i++) {
        signal[t * shift + i] += window[i] * frame[i];
      }
    }
    for (int i = 0; i < signal.length; i++) {
      signal[i] /= weights[i];
    }
    return signal;
  }

  /** For every sample the squared windows of its frames added up, floored; never 0. */
  private double[] squaredWindows(int frames) {
    int shift = options.windowShift();
    double[] weights = new double[(frames - 1) * shift + window.length];
    double largest = 0;
    for (int t = 0; t < frames; t++) {
      for (int i = 0; i < window.length; i++) {
        weights[t * shift + i] += window[i] * window[i];
        largest = Math.max(largest, weights[t * shift + i]);
      }
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.max(weights[i], WEIGHT_FLOOR * largest);
    }
    return weights;
  }

  private void setMagnitudes(float[] spectrum, float[] magnitudes, double[] frame) {
    frame[0] = Math.copySign(magnitudes[0], spectrum[0]);
    frame[1] = Math.copySign(magnitudes[fftSize / 2], spectrum[1]);
    for (int k = 1; k < fftSize / 2; k++) {
      double re = spectrum[2 * k];
      double im = spectrum[2 * k + 1];
      double now = Math.sqrt(re * re + im * im);
      frame[2 * k] = now == 0 ? magnitudes[k] : re * (magnitudes[k] / now);
      frame[2 * k + 1] = now == 0 ? 0 : im * (magnitudes[k] / now);
    }
  }

  private void analyse(double[] signal, int t, double[] frame) {
    int from = t * options.windowShift();
    for (int i = 0; i < window.length; i++) {
      frame[i] = signal[from + i] * window[i];
    }
    Arrays.fill(frame, window.length, fftSize, 0);
    fft.realForward(frame);
  }

  private static double squaredNorm(float[] magnitudes) {
    double sum = 0;
    for (float magnitude : magnitudes) {
      sum += (double) magnitude * magnitude;
    }
    return sum;
  }

  private static double squaredError(double[] frame, float[] magnitudes) {
    int nyquist = frame.length / 2;
    double sum =
        Math.pow(Math.abs(frame[0]) - magnitudes[0], 2)
            + Math.pow(Math.abs(frame[1]) - magnitudes[nyquist], 2);
    for (int k = 1; k < nyquist; k++) {
      sum += Math.pow(Math.hypot(frame[2 * k], frame[2 * k + 1]) - magnitudes[k], 2);
    }
    return sum;
  }

  /**
   * Writes {@code frame + momentum * (frame - previous)} to {@code next}; returns the new previous.
   */
  private float[] extrapolate(double[] frame, float[] previous, float[] next) {
    float[] kept = previous == null ? new float[fftSize] : previous;
    for (int i = 0; i < fftSize; i++) {
      float value = (float) frame[i];
      next[i] = previous == null ? value : value + momentum * (value - previous[i]);
      kept[i] = value;
    }
    return kept;
  }

  /** Undoes the pre-emphasis and cuts off what frames hang over the ends of the recording. */
  private float[] audio(double[] signal, int frames) {
    double last = 0;
    double[] plain = new double[signal.length];
    for (int i = 0; i < signal.length; i++) {
      last = signal[i] + options.preemphasisCoefficient * last;
      plain[i] = last;
    }
    int from = (int) -options.firstSample(0);
    int samples = options.snipEdges ? signal.length : frames * options.windowShift();
    float[] audio = new float[samples];
    for (int i = 0; i < samples; i++) {
      audio[i] = from + i < plain.length && from + i >= 0 ? (float) plain[from + i] : 0;
    }
    return audio;
  }
}
