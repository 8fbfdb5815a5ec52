package org.stjem.frontend.fbank;

import java.util.Locale;

/** The window functions of Kaldi (feat/feature-window.cc). */
public enum WindowType {
  HAMMING,
  HANNING,
  /** The Hann window to the power of 0.85: like Hamming, but zero at the edges. */
  POVEY,
  RECTANGULAR,
  SINE,
  BLACKMAN;

  /**
   * The window's coefficients, as floats like Kaldi's.
   *
   * @param size number of samples
   * @param blackmanCoeff constant of the generalised Blackman window
   */
  float[] coefficients(int size, float blackmanCoeff) {
    float[] window = new float[size];
    double step = 2 * Math.PI / (size - 1);
    for (int i = 0; i < size; i++) {
      double cosine = Math.cos(step * i);
      window[i] =
          (float)
              switch (this) {
                case HAMMING -> 0.54 - 0.46 * cosine;
                case HANNING -> 0.5 - 0.5 * cosine;
                case POVEY -> Math.pow(0.5 - 0.5 * cosine, 0.85);
                case RECTANGULAR -> 1.0;
                case SINE -> Math.sin(0.5 * step * i);
                case BLACKMAN ->
                    blackmanCoeff - 0.5 * cosine + (0.5 - blackmanCoeff) * Math.cos(2 * step * i);
              };
    }
    return window;
  }

  /** The name as an option's value. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
