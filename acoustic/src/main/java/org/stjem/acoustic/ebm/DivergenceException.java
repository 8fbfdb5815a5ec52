package org.stjem.acoustic.ebm;

/** The loss or a parameter left the finite numbers, or the loss fell beyond any plausible value. */
public class DivergenceException extends TrainingException {
  private static final long serialVersionUID = 1L;

  private final long step;

  public DivergenceException(long step, double loss) {
    super("training diverged at step " + step + ": the loss is " + loss);
    this.step = step;
  }

  /** The update at which it was noticed, from 1. */
  public long step() {
    return step;
  }
}
