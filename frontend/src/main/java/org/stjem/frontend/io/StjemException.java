package org.stjem.frontend.io;

/**
 * A fault whose message is meant for the user: one sentence that names the file, key, offset and
 * value at fault. Commands print the message without a stack trace and exit with status 1.
 */
public class StjemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StjemException(String message) {
    super(message);
  }

  public StjemException(String message, Throwable cause) {
    super(message, cause);
  }
}
