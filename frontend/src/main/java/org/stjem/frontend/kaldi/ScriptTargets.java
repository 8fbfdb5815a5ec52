package org.stjem.frontend.kaldi;

import java.io.IOException;
import org.stjem.frontend.io.StjemException;

/**
 * Loads what the lines of a script file point to. A file stays open while the next line points into
 * it too, and so does an object while the next range is cut from it.
 */
final class ScriptTargets<T> implements AutoCloseable {
  private final ObjectReader<T> holder;
  private KaldiInput input;
  private String cutFilename;
  private T cutObject;

  ScriptTargets(ObjectReader<T> holder) {
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
      return cut(line);
    } catch (StjemException e) {
      throw new EntryException("cannot read '" + line.key() + "': " + e.getMessage(), e);
    }
  }

  private T cut(ScriptLine line) {
    try {
      return holder.range(cutObject, line.range());
    } catch (StjemException e) {
      throw new StjemException(line.filename() + ": " + e.getMessage(), e);
    }
  }

  private T read(String filename) {
    ExtendedFilename target = ExtendedFilename.forReading(filename);
    if (target.kind() != ExtendedFilename.Kind.FILE) {
      return readOnce(filename);
    }
    if (input == null || !input.name().equals(target.target())) {
      close();
      input = KaldiInput.open(filename);
    }
    try {
      input.seek(target.offset());
      return holder.read(input);
    } catch (StjemException e) {
      throw new StjemException(filename + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StjemException(filename + ": " + StjemException.reason(e), e);
    }
  }

  /** Reads from a command, whose failure explains its broken output better than the output does. */
  private T readOnce(String filename) {
    try (KaldiInput command = KaldiInput.open(filename)) {
      try {
        return holder.read(command);
      } catch (StjemException e) {
        int status = command.finish();
        throw status == 0
            ? new StjemException(filename + ": " + e.getMessage(), e)
            : new StjemException(command.pipeFailed(status), e);
      }
    } catch (IOException e) {
      throw new StjemException(filename + ": " + StjemException.reason(e), e);
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
