package org.stjem.frontend.kaldi;

import org.stjem.frontend.io.StjemException;

/** One entry of a table cannot be read; the others can. Names the key and the file behind it. */
public class EntryException extends StjemException {
  private static final long serialVersionUID = 1L;

  public EntryException(String message) {
    super(message);
  }

  public EntryException(String message, Throwable cause) {
    super(message, cause);
  }
}
