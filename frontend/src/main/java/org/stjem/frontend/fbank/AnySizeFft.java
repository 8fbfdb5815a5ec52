package org.stjem.frontend.fbank;

import java.util.Arrays;
import org.jtransforms.fft.DoubleFFT_1D;

/** Power spectra for FFTs of any even size, one frame at a time and in double precision. */
final class AnySizeFft implements FrameSpectra {
  private final int frameSize;
  private final DoubleFFT_1D fft;
  private final double[] signal;
  private final float[][] power;

  /**
   * Prepares the transform.
   *
   * @param frameSize samples per frame
   * @param size points of the FFT, even and not below {@code frameSize}
   */
  AnySizeFft(int frameSize, int size) {
    this.frameSize = frameSize;
    fft = new DoubleFFT_1D(size);
    signal = new double[size];
    power = new float[size / 2][1];
  }

  @Override
  public int capacity() {
    return 1;
  }

  @Override
  public float[][] power(float[] frames, int count) {
    for (int i = 0; i < frameSize; i++) {
      signal[i] = frames[i];
    }
    Arrays.fill(signal, frameSize, signal.length, 0);
    // Leaves Re 0, Re N/2, then Re and Im of bins 1 to N/2 − 1.
    fft.realForward(signal);
    power[0][0] = (float) (signal[0] * signal[0]);
    for (int i = 1; i < power.length; i++) {
      double real = signal[2 * i];
      double imaginary = signal[2 * i + 1];
      power[i][0] = (float) (real * real + imaginary * imaginary);
    }
    return power;
  }
}
