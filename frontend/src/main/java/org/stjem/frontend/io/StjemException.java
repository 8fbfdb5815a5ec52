package org.stjem.frontend.io;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * A fault whose message is meant for the user: one sentence that names the file, key, offset and
 * value at fault. Commands print the message without a stack trace and exit with status 1.
 *
 * <p>What a message quotes may come from a damaged file: control characters become question marks,
 * bytes that are no UTF-8 are shown as {@link ByteText#shown} does it, and of a message longer than
 * {@value #LONGEST} characters the middle is left out.
 */
public class StjemException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 2000;

  public StjemException(String message) {
    super(printable(message));
  }

  public StjemException(String message, Throwable cause) {
    super(printable(message), cause);
  }

  /** The same fault with the file before it, unless it begins with that already. */
  public StjemException at(Path file) {
    return getMessage().startsWith(file.toString())
        ? this
        : new StjemException(file + ": " + getMessage(), this);
  }

  /** Why {@code fault} happened, without repeating the file's name. */
  public static String reason(IOException fault) {
    if (fault instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    if (fault instanceof NoSuchFileException || fault instanceof FileNotFoundException) {
      return "there is no such file or folder";
    }
    if (fault instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (fault instanceof NotDirectoryException) {
      return "is not a folder";
    }
    if (fault instanceof FileAlreadyExistsException) {
      return "it exists already";
    }
    if (fault instanceof DirectoryNotEmptyException) {
      return "the folder is not empty";
    }
    if (fault instanceof CharacterCodingException) {
      return "it is not UTF-8 text";
    }
    if (fault instanceof EOFException && fault.getMessage() == null) {
      return "it ends too early";
    }
    return fault.getMessage() == null ? "input or output failed" : fault.getMessage();
  }

  private static String printable(String message) {
    if (message == null) {
      return null;
    }
    String text = message;
    if (text.length() > LONGEST) {
      text =
          text.substring(0, LONGEST / 2)
              + " ... "
              + text.substring(text.length() - (LONGEST / 2 - 5));
    }
    StringBuilder safe = new StringBuilder(text.length());
    ByteText.shown(text)
        .codePoints()
        .forEach(c -> safe.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return safe.toString();
  }
}
