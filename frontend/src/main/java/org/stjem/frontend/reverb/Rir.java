package org.stjem.frontend.reverb;

/** A room impulse response under a known condition. Threads may share one. */
public interface Rir {
  Condition condition();

  /**
   * The response at a sample rate.
   *
   * @throws org.stjem.frontend.io.StjemException if there is none
   */
  ImpulseResponse at(int sampleRate);
}
