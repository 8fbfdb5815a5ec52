package org.stjem.frontend.reverb;

/** A room impulse response under a known condition. Threads may share one. */
public interface Rir {
  Condition condition();

  /** The response at a sample rate in Hz. */
  ImpulseResponse at(int sampleRate);
}
