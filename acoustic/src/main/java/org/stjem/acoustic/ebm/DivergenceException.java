package org.stjem.acoustic.ebm;

import java.util.Locale;

/** The loss left the finite numbers or {@link Objective#lossLimit}. */
public class DivergenceException extends TrainingException {
  private static final long serialVersionUID = 1L;

  private final long step;

  /**
   * A divergence.
   *
   * @param step the update at which it was noticed, from 1
   * @param limit the magnitude that the loss should not exceed
   */
  public DivergenceException(long step, double loss, double limit) {
    super(
        String.format(
            Locale.ROOT,
            "training diverged at step %d: the loss is %.6g, the limit ±%.0f",
            step,
            loss,
            limit));
    this.step = step;
  }

  /** The update at which it was noticed, from 1. */
  public long step() {
    return step;
  }
}
