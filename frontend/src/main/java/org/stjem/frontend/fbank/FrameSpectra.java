package org.stjem.frontend.fbank;

/**
 * Power spectra of a batch of frames. The spectrum of a frame is the same bit by bit whatever
 * frames it shares the batch with.
 */
interface FrameSpectra {
  /** Frames that fit into a batch. */
  int capacity();

  /**
   * Transforms frames.
   *
   * @param frames windowed samples, frame after frame, without padding
   * @param count number of frames
   * @return squared magnitudes, {@code [FFT bins from 0, without the Nyquist bin][frames]}; valid
   *     until the next call
   */
  float[][] power(float[] frames, int count);
}
