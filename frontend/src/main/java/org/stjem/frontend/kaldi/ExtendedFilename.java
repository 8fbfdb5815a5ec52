package org.stjem.frontend.kaldi;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;

/**
 * An rxfilename or wxfilename, classified as util/kaldi-io.cc does: standard stream, pipe, file, or
 * (for reading) byte offset in a file.
 *
 * @param kind what is opened
 * @param target the file, or the shell command of a pipe; empty for a standard stream
 * @param offset where to start reading; 0 unless the kind is a file with an offset
 */
record ExtendedFilename(Kind kind, String target, long offset) {
  enum Kind {
    STANDARD_STREAM,
    PIPE,
    FILE
  }

  static ExtendedFilename forReading(String name) {
    if (name.isEmpty() || name.equals("-")) {
      return new ExtendedFilename(Kind.STANDARD_STREAM, "", 0);
    }
    if (name.startsWith("|")) {
      throw new StjemException(
          "'" + name + "' cannot be read: a command to read from ends in '|', as in 'cat x |'");
    }
    if (name.endsWith("|")) {
      return new ExtendedFilename(Kind.PIPE, name.substring(0, name.length() - 1), 0);
    }
    checkFile(name, "a command to read from ends in '|'");
    int digits = trailingDigits(name);
    int colon = name.length() - digits - 1;
    if (digits > 0 && colon > 0 && name.charAt(colon) == ':') {
      try {
        return new ExtendedFilename(
            Kind.FILE, name.substring(0, colon), Long.parseLong(name.substring(colon + 1)));
      } catch (NumberFormatException e) {
        throw new StjemException("'" + name + "' has a byte offset beyond " + Long.MAX_VALUE, e);
      }
    }
    return new ExtendedFilename(Kind.FILE, name, 0);
  }

  static ExtendedFilename forWriting(String name) {
    if (name.isEmpty() || name.equals("-")) {
      return new ExtendedFilename(Kind.STANDARD_STREAM, "", 0);
    }
    if (name.startsWith("|")) {
      return new ExtendedFilename(Kind.PIPE, name.substring(1), 0);
    }
    if (name.endsWith("|")) {
      throw new StjemException(
          "'" + name + "' cannot be written: a command to write to starts with '|', as in '| cat'");
    }
    checkFile(name, "a command to write to starts with '|'");
    int digits = trailingDigits(name);
    int colon = name.length() - digits - 1;
    if (digits > 0 && colon >= 0 && name.charAt(colon) == ':') {
      throw new StjemException("'" + name + "' cannot be written: it names an offset in a file");
    }
    return new ExtendedFilename(Kind.FILE, name, 0);
  }

  private static void checkFile(String name, String pipeRule) {
    if (Specifiers.isSpace(name.charAt(0)) || Specifiers.isSpace(name.charAt(name.length() - 1))) {
      throw new StjemException("file name '" + name + "' starts or ends with a blank");
    }
    boolean startsAsSpecifier = name.startsWith("a") || name.startsWith("s");
    if (startsAsSpecifier && Specifiers.isSpecifier(name)) {
      throw new StjemException("'" + name + "' is a table specifier where a file is expected");
    }
    if (name.indexOf('|') >= 0) {
      throw new StjemException("file name '" + name + "' has a '|' inside; " + pipeRule);
    }
  }

  private static int trailingDigits(String name) {
    int n = 0;
    while (n < name.length()
        && name.charAt(name.length() - 1 - n) >= '0'
        && name.charAt(name.length() - 1 - n) <= '9') {
      n++;
    }
    return n;
  }

  /** The file behind {@link #target()}. */
  Path path() {
    try {
      return ByteNames.path(target);
    } catch (InvalidPathException e) {
      throw new StjemException(
          "'" + KaldiInput.printable(target) + "' cannot be a file name: " + e.getReason(), e);
    }
  }
}
