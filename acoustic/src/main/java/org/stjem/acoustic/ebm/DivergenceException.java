package org.stjem.acoustic.ebm;

import java.util.Locale;

/** The loss left the finite numbers or {@link Objective#lossLimit}, or a parameter did. */
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
    this(step, String.format(Locale.ROOT, "the loss is %.6g, the limit ±%.0f", loss, limit));
  }

  /**
   * A divergence.
   *
   * @param what it was noticed by
   */
  public DivergenceException(long step, String what) {
    super("training diverged at step " + step + ": " + what);
    this.step = step;
  }

  /** The update at which it was noticed, from 1. */
  public long step() {
    return step;
  }
}
