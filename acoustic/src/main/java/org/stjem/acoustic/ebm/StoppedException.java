package org.stjem.acoustic.ebm;

/** The program was told to end, and the training stopped where it can go on. */
public final class StoppedException extends TrainingException {
  private static final long serialVersionUID = 1L;

  StoppedException(long step) {
    super("the training was stopped after update " + step);
  }
}
