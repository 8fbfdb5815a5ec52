package org.stjem.frontend.reverb;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;

/**
 * Impulse responses of shoebox rooms by the image-source method of Allen and Berkley (J. Acoust.
 * Soc. Am. 65, 1979), with each image as a Hann-windowed sinc at its fractional delay (Peterson, J.
 * Acoust. Soc. Am. 80, 1986) and their high-pass against the energy that images of one sign pile up
 * at frequencies near zero.
 *
 * <p>All walls share one reflection coefficient. It starts from Eyring's formula, which is only
 * roughly right for a shoebox of even walls; the decay of the response is measured and the
 * coefficient corrected until the measured reverberation time is the one asked for.
 */
final class ImageSource {
  static final double SPEED_OF_SOUND = 343;

  private static final double HIGH_PASS_HZ = 100;

  /** Half the length of an image's sinc, in seconds. */
  private static final double HALF_WIDTH_S = 0.002;

  /** Sub-sample positions for which the sinc is tabulated; a delay is rounded to the next one. */
  private static final int STEPS = 256;

  private static final double TOLERANCE = 0.01;
  private static final int MAX_CORRECTIONS = 20;

  private final int sampleRate;
  private final int halfWidth;

  /** The sinc of step s, {@code 2 * halfWidth + 1} taps from {@code s * taps} on. */
  private final float[] sincs;

  ImageSource(int sampleRate) {
    this.sampleRate = sampleRate;
    this.halfWidth = (int) Math.ceil(HALF_WIDTH_S * sampleRate);
    int taps = 2 * halfWidth + 1;
    this.sincs = new float[(STEPS + 1) * taps];
    for (int step = 0; step <= STEPS; step++) {
      for (int k = 0; k < taps; k++) {
        double t = k - halfWidth - (double) step / STEPS;
        double window = 0.5 + 0.5 * Math.cos(Math.PI * t / (halfWidth + 1));
        double sinc = t == 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
        sincs[step * taps + k] = (float) (window * sinc);
      }
    }
  }

  /** Index of the direct path in a response of this class. */
  int direct() {
    return halfWidth;
  }

  /**
   * The response from {@code source} to {@code microphone}, with the direct path at index {@link
   * #direct()} and gain 1, up to {@code t60} seconds after it.
   *
   * @param size length, width, height of the room in metres
   * @param source position in metres from one corner
   * @param microphone likewise
   * @param t60 reverberation time in seconds, measured by {@link DecayTime}
   */
  float[] response(double[] size, double[] source, double[] microphone, double t60) {
    // Early on, decay is nearly exp(t * log(reflection) * c / mean free path): the time is close to
    // inverse to the logarithm, so scaling that by measured / wanted converges within a few steps.
    double logReflection = logReflectionByEyring(size, t60);
    for (int i = 0; i < MAX_CORRECTIONS; i++) {
      float[] response = render(size, source, microphone, t60, Math.exp(logReflection));
      double ratio = DecayTime.t60(response, sampleRate) / t60;
      if (Math.abs(ratio - 1) <= TOLERANCE) {
        return response;
      }
      logReflection *= ratio;
    }
    throw new StjemException(
        "no wall reflection gives a room of "
            + Arrays.toString(size)
            + " m a reverberation time of "
            + t60
            + " s");
  }

  private static double logReflectionByEyring(double[] size, double t60) {
    double volume = size[0] * size[1] * size[2];
    double surface = 2 * (size[0] * size[1] + size[1] * size[2] + size[2] * size[0]);
    // T60 = 24 ln(10) V / (-c S ln(1 - absorption)), and 1 - absorption is the squared reflection.
    return -12 * Math.log(10) * volume / (SPEED_OF_SOUND * surface * t60);
  }

  private float[] render(
      double[] size, double[] source, double[] microphone, double t60, double reflection) {
    double directDistance = distance(source, microphone);
    int length = halfWidth + 1 + (int) Math.ceil(t60 * sampleRate);
    double reach = directDistance + (double) length / sampleRate * SPEED_OF_SOUND;
    Axis x = new Axis(size[0], source[0], microphone[0], reach, reflection);
    Axis y = new Axis(size[1], source[1], microphone[1], reach, reflection);
    Axis z = new Axis(size[2], source[2], microphone[2], reach, reflection);
    float[] response = new float[length + 2 * halfWidth + 2];
    for (int i = 0; i < x.count; i++) {
      for (int j = 0; j < y.count; j++) {
        double square = x.squares[i] + y.squares[j];
        double gain = x.gains[i] * y.gains[j] * directDistance;
        for (int k = 0; k < z.count; k++) {
          double distance = Math.sqrt(square + z.squares[k]);
          if (distance < reach) {
            double delay = (distance - directDistance) / SPEED_OF_SOUND * sampleRate;
            add(response, delay, gain * z.gains[k] / distance);
          }
        }
      }
    }
    highPass(response);
    return Arrays.copyOf(response, length);
  }

  /** Adds an impulse {@code delay} samples after the direct path. */
  private void add(float[] response, double delay, double gain) {
    int sample = (int) delay;
    int step = (int) ((delay - sample) * STEPS + 0.5);
    int taps = 2 * halfWidth + 1;
    if (sample + taps > response.length) {
      return;
    }
    float g = (float) gain;
    int from = step * taps;
    for (int k = 0; k < taps; k++) {
      response[sample + k] += g * sincs[from + k];
    }
  }

  /** The second-order high-pass of Allen and Berkley's appendix; leaves the first impulse at 1. */
  private void highPass(float[] response) {
    double w = 2 * Math.PI * HIGH_PASS_HZ / sampleRate;
    double r = Math.exp(-w);
    double b1 = 2 * r * Math.cos(w);
    double b2 = -r * r;
    double a1 = -(1 + r);
    double y1 = 0;
    double y2 = 0;
    for (int i = 0; i < response.length; i++) {
      double y0 = b1 * y1 + b2 * y2 + response[i];
      response[i] = (float) (y0 + a1 * y1 + r * y2);
      y2 = y1;
      y1 = y0;
    }
  }

  private static double distance(double[] a, double[] b) {
    return Math.sqrt(
        Math.pow(a[0] - b[0], 2) + Math.pow(a[1] - b[1], 2) + Math.pow(a[2] - b[2], 2));
  }

  /** The images along one axis: squared distances to the microphone and gains of the walls. */
  private static final class Axis {
    final int count;
    final double[] squares;
    final double[] gains;

    Axis(double size, double source, double microphone, double reach, double reflection) {
      int periods = (int) Math.ceil(reach / (2 * size)) + 1;
      count = 2 * (2 * periods + 1);
      squares = new double[count];
      gains = new double[count];
      int i = 0;
      for (int n = -periods; n <= periods; n++) {
        for (int mirrored = 0; mirrored <= 1; mirrored++) {
          double image = 2 * n * size + (mirrored == 1 ? -source : source);
          squares[i] = (image - microphone) * (image - microphone);
          gains[i] = Math.pow(reflection, Math.abs(n - mirrored) + Math.abs(n));
          i++;
        }
      }
    }
  }
}
