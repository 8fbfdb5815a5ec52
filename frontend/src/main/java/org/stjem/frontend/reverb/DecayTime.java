package org.stjem.frontend.reverb;

import org.stjem.frontend.io.StjemException;

/**
 * Reverberation time of an impulse response by Schroeder's backward integration: the straight line
 * through the energy decay curve from -5 to -35 dB (T30 of ISO 3382-1), extrapolated to -60 dB.
 */
public final class DecayTime {
  private static final double FROM_DB = -5;
  private static final double TO_DB = -35;

  private DecayTime() {}

  /**
   * The reverberation time in seconds.
   *
   * @throws StjemException if the response ends before its energy has fallen by 35 dB, or falls at
   *     once
   */
  public static double t60(float[] response, int sampleRate) {
    double total = 0;
    for (float x : response) {
      total += (double) x * x;
    }
    double remaining = total;
    double n = 0;
    double sumT = 0;
    double sumL = 0;
    double sumTt = 0;
    double sumTl = 0;
    double level = 0;
    for (int i = 0; i < response.length && level >= TO_DB; i++) {
      level = 10 * Math.log10(remaining / total);
      if (level <= FROM_DB && level >= TO_DB) {
        double t = (double) i / sampleRate;
        n++;
        sumT += t;
        sumL += level;
        sumTt += t * t;
        sumTl += t * level;
      }
      remaining = Math.max(0, remaining - (double) response[i] * response[i]);
    }
    double slope = (n * sumTl - sumT * sumL) / (n * sumTt - sumT * sumT);
    if (!(level < TO_DB) || !(slope < 0)) {
      throw new StjemException(
          "an impulse response of "
              + response.length
              + " samples has no energy decay from "
              + FROM_DB
              + " to "
              + TO_DB
              + " dB to fit a reverberation time to");
    }
    return -60 / slope;
  }
}
