package org.stjem.acoustic.ebm;

import org.stjem.frontend.io.StjemException;

/** Training cannot start or go on; the message says why and what to do. */
public class TrainingException extends StjemException {
  private static final long serialVersionUID = 1L;

  public TrainingException(String message) {
    super(message);
  }

  public TrainingException(String message, Throwable cause) {
    super(message, cause);
  }
}
