package org.stjem.acoustic.cli;

import org.stjem.acoustic.ebm.SeededRandom;

/** Sounds that are not speech, at the scale of 16-bit samples. */
final class OutlierAudio {
  private static final double LEVEL = 2000;
  private static final double BACKGROUND = LEVEL / 1000;

  /** A3 in Hz; chords are built on one of the twelve notes from there. */
  private static final double LOWEST = 220;

  private static final int SEMITONES = 12;

  /** Semitones above the root: major, minor, dominant seventh, minor seventh. */
  private static final int[][] CHORDS = {{0, 4, 7}, {0, 3, 7}, {0, 4, 7, 10}, {0, 3, 7, 10}};

  private static final int HARMONICS = 8;
  private static final double SHORTEST = 0.2;
  private static final double LONGEST = 0.8;
  private static final double ATTACK = 0.02;
  private static final double DECAY = 0.5;

  private OutlierAudio() {}

  /** White Gaussian noise. */
  static float[] whiteNoise(int count, SeededRandom random) {
    float[] samples = new float[count];
    for (int i = 0; i < count; i++) {
      samples[i] = (float) (LEVEL * random.nextGaussian());
    }
    return samples;
  }

  /**
   * Chords as of a plucked instrument, one after the other: three or four notes of the equal
   * temperament with eight harmonics of amplitude 1/h, which rise in 20 ms and decay in 0.5 s, over
   * white noise 60 dB below.
   *
   * @param rate sampling rate in Hz
   */
  static float[] chords(int count, int rate, SeededRandom random) {
    float[] samples = new float[count];
    for (int i = 0; i < count; i++) {
      samples[i] = (float) (BACKGROUND * random.nextGaussian());
    }
    for (int from = 0; from < count; ) {
      double seconds = SHORTEST + (LONGEST - SHORTEST) * random.nextFloat();
      int to = Math.min(count, from + (int) (seconds * rate));
      int root = random.nextInt(SEMITONES);
      for (int interval : CHORDS[random.nextInt(CHORDS.length)]) {
        double frequency = LOWEST * Math.pow(2, (root + interval) / (double) SEMITONES);
        addNote(samples, from, to, frequency, rate);
      }
      from = to;
    }
    return samples;
  }

  /** Adds a note, its harmonics as far as the rate can carry them. */
  private static void addNote(float[] samples, int from, int to, double frequency, int rate) {
    for (int h = 1; h <= HARMONICS && h * frequency < rate / 2.0; h++) {
      double step = 2 * Math.PI * h * frequency / rate;
      for (int i = from; i < to; i++) {
        double seconds = (i - from) / (double) rate;
        double envelope = Math.min(1, seconds / ATTACK) * Math.exp(-seconds / DECAY);
        samples[i] += (float) (LEVEL / h * envelope * Math.sin(step * (i - from)));
      }
    }
  }
}
