package org.stjem.frontend.audio;

/**
 * The samples of a recording, from which parts can be taken in any order: a {@link WaveData} in
 * memory, or a {@link SpooledWave}. They are at the scale of 16-bit integers.
 */
public interface SampleSource {
  /** Samples per second. */
  int sampleRate();

  int numChannels();

  /** Samples per channel. */
  int numSamples();

  /**
   * Samples {@code from} (inclusive) to {@code to} (exclusive) of one channel, counted from 0. The
   * array may be that of the source and is not to be changed.
   *
   * @throws org.stjem.frontend.io.StjemException if they cannot be read back
   */
  float[] samples(int channel, int from, int to);

  /** Length in seconds, as Kaldi computes it: in float. */
  default float duration() {
    return (float) numSamples() / sampleRate();
  }
}
