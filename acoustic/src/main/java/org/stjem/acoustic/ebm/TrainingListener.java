package org.stjem.acoustic.ebm;

import java.io.IOException;

/** Hears of a running training. */
public interface TrainingListener {

  /** After every log interval and at the end. */
  void interval(TrainingStatus status);

  /**
   * After the last update of each epoch; the network may be evaluated. It has the averaged weights
   * meanwhile, where they are averaged.
   *
   * @param step updates made so far
   * @throws DivergenceException if the network turns out to be of no use
   */
  default void epochEnded(int epoch, long step, EnergyNetwork network) throws IOException {}

  /** After a checkpoint has been written. */
  default void checkpointWritten(long step) {}

  /** When the training diverges and does not return; once, even if it goes on. */
  default void diverged(DivergenceException reason) {}

  /**
   * After a return to the last good checkpoint.
   *
   * @param step where that is
   */
  default void rolledBack(long step, DivergenceException reason) throws IOException {}
}
