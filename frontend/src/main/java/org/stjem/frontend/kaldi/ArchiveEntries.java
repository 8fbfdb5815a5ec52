package org.stjem.frontend.kaldi;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;

/** The entries of an archive from front to back, one in memory at a time. */
final class ArchiveEntries<T> implements SequentialTableReader<T> {
  private static final Logger log = LoggerFactory.getLogger(ArchiveEntries.class);

  private final ObjectReader<T> holder;
  private final boolean permissive;
  private final KaldiInput input;
  private String key;
  private T value;
  private boolean ended;

  ArchiveEntries(Rspecifier specifier, ObjectReader<T> holder) {
    this.holder = holder;
    this.permissive = specifier.permissive();
    try {
      this.input = KaldiInput.open(specifier.rxfilename());
    } catch (StjemException e) {
      throw new TableException(e.getMessage(), e);
    }
  }

  @Override
  public boolean next() {
    key = null;
    value = null;
    if (ended) {
      return false;
    }
    int status;
    try {
      if (readEntry()) {
        return true;
      }
      ended = true;
      status = input.finish();
    } catch (StjemException e) {
      return giveUp(e.getMessage(), e);
    } catch (IOException e) {
      return giveUp(StjemException.reason(e), e);
    }
    return status != 0 && giveUp(input.pipeFailed(status), null);
  }

  private boolean readEntry() throws IOException {
    String found = input.readToken();
    if (found.isEmpty()) {
      return false;
    }
    int c = input.peek();
    if (c != ' ' && c != '\t' && c != '\n') {
      throw input.fault(
          "expected a blank behind key '"
              + KaldiInput.brief(found)
              + "' but found "
              + KaldiInput.show(c));
    }
    // A line feed stays, for an empty line of words or integers ends with it.
    if (c != '\n') {
      input.read();
    }
    key = found;
    value = holder.read(input);
    return true;
  }

  private boolean giveUp(String why, Exception cause) {
    String entry = key == null ? "" : ", key '" + KaldiInput.brief(key) + "'";
    String message = "archive " + input.name() + entry + ": " + why + commandStatus();
    ended = true;
    key = null;
    value = null;
    if (!permissive) {
      throw new TableException(message, cause);
    }
    log.warn("{}; the rest is left out, as the rspecifier is permissive", message);
    return false;
  }

  /** A command that failed explains broken data. */
  private String commandStatus() {
    try {
      int status = input.finish();
      return status == 0 ? "" : "; " + input.pipeFailed(status);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public T value() {
    return value;
  }

  @Override
  public void close() {
    try {
      input.finish();
    } catch (IOException e) {
      throw new TableException("archive " + input.name() + ": " + StjemException.reason(e), e);
    }
  }
}
