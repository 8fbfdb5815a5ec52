package org.stjem.frontend.kaldi;

import org.stjem.frontend.io.StjemException;

/** A table as a whole cannot be read or written further; names the file, key and byte offset. */
public class TableException extends StjemException {
  private static final long serialVersionUID = 1L;

  public TableException(String message) {
    super(message);
  }

  public TableException(String message, Throwable cause) {
    super(message, cause);
  }
}
