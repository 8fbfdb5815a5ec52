package org.stjem.frontend.data;

import java.nio.file.Path;

/**
 * Something in a data directory that Kaldi's scripts would stumble over.
 *
 * @param file the file at fault
 * @param line its line from 1; 0 if it is the file as a whole
 * @param message what is wrong, in one clause
 */
public record Inconsistency(Path file, int line, String message) {

  /** {@code file:line: message}, as compilers do it, or {@code file: message}. */
  @Override
  public String toString() {
    return file + (line > 0 ? ":" + line : "") + ": " + message;
  }
}
