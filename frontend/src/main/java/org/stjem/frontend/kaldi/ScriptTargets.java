package org.stjem.frontend.kaldi;

import java.io.IOException;
import org.stjem.frontend.io.StjemException;

/**
 * Loads what the lines of a script file point to. A file stays open while the next line points into
 * it too, and so does an object while the next range is cut from it.
 */
final class ScriptTargets<T> implements AutoCloseable {
  private final Holder<T> holder;
  private KaldiInput input;
  private String cutFilename;
  private T cutObject;

  ScriptTargets(Holder<T> holder) {
    this.holder = holder;
  }

  /**
   * Reads the object of one line.
   *
   * @throws EntryException if that fails
   */
  T load(ScriptLine line) {
    try {
      if (line.range() == null) {
        return read(line.filename());
      }
      if (!line.filename().equals(cutFilename)) {
        cutFilename = null;
        cutObject = read(line.filename());
        cutFilename = line.filename();
      }
      return holder.range(cutObject, line.range());
    } catch (StjemException e) {
      throw fault(line, e.getMessage(), e);
    } catch (IOException e) {
      throw fault(line, ExtendedFilename.reason(e), e);
    }
  }

  private static EntryException fault(ScriptLine line, String why, Exception cause) {
    return new EntryException(
        "cannot read '" + line.key() + "' from " + line.filename() + ": " + why, cause);
  }

  private T read(String filename) throws IOException {
    ExtendedFilename target = ExtendedFilename.forReading(filename);
    if (target.kind() == ExtendedFilename.Kind.FILE) {
      if (input == null || !input.name().equals(target.target())) {
        close();
        input = KaldiInput.open(filename);
      }
      input.seek(target.offset());
      return holder.read(input);
    }
    try (KaldiInput other = KaldiInput.open(filename)) {
      return readAndTellWhy(other);
    }
  }

  /** A command that fails explains its broken output better than the output does. */
  private T readAndTellWhy(KaldiInput other) throws IOException {
    try {
      return holder.read(other);
    } catch (StjemException e) {
      int status = other.finish();
      throw status == 0 ? e : new StjemException(other.pipeFailed(status), e);
    }
  }

  @Override
  public void close() {
    KaldiInput old = input;
    input = null;
    if (old != null) {
      try {
        old.finish();
      } catch (IOException e) {
        // What was read from a file is not changed by how it closes.
      }
    }
  }
}
