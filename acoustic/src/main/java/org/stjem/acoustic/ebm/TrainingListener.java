package org.stjem.acoustic.ebm;

/** Hears of a running training. */
public interface TrainingListener {

  /** After every log interval and at the end. */
  void interval(TrainingStatus status);

  /** After the last update of each epoch; the network may be evaluated. */
  default void epochEnded(int epoch, EnergyNetwork network) {}

  /** After a checkpoint has been written. */
  default void checkpointWritten(long step) {}
}
