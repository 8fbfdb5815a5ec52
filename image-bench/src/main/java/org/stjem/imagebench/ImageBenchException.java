package org.stjem.imagebench;

import org.stjem.frontend.io.StjemException;

/** A fault whose message is meant for the user: one sentence naming file, offset and value. */
public class ImageBenchException extends StjemException {
  private static final long serialVersionUID = 1L;

  public ImageBenchException(String message) {
    super(message);
  }

  public ImageBenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
