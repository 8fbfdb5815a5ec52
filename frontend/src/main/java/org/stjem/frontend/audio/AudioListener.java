package org.stjem.frontend.audio;

/** Takes the samples of a recording as they are read. */
public interface AudioListener {
  /**
   * Takes what the header says, before any samples.
   *
   * @param sampleRate samples per second and channel
   */
  void start(int sampleRate, int numChannels);

  /**
   * Takes the next samples, at 16-bit scale.
   *
   * @param channels as many samples of each channel
   */
  void samples(float[][] channels);

  /** Takes notice that the recording ended before its header said; a warning was logged. */
  void truncated();
}
