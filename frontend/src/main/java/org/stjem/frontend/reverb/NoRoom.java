package org.stjem.frontend.reverb;

/** The impulse response of open air: the direct sound and nothing else. */
public final class NoRoom implements Rir {
  @Override
  public Condition condition() {
    return new Condition("none", 0, "-");
  }

  @Override
  public ImpulseResponse at(int sampleRate) {
    return new ImpulseResponse(sampleRate, new float[] {1}, 0);
  }
}
