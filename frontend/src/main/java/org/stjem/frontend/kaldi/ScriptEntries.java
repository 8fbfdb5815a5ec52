package org.stjem.frontend.kaldi;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;

/** The entries of a script file in its order; objects are read when they are asked for. */
final class ScriptEntries<T> implements SequentialTableReader<T> {
  private static final Logger log = LoggerFactory.getLogger(ScriptEntries.class);

  private final ScriptTargets<T> targets;
  private final boolean permissive;
  private final KaldiInput script;
  private int lineNumber;
  private ScriptLine line;
  private T value;

  ScriptEntries(Rspecifier specifier, ObjectReader<T> holder) {
    this.targets = new ScriptTargets<>(holder);
    this.permissive = specifier.permissive();
    try {
      this.script = KaldiInput.open(specifier.rxfilename());
    } catch (StjemException e) {
      throw new TableException(e.getMessage(), e);
    }
  }

  @Override
  public boolean next() {
    while (nextLine()) {
      if (!permissive) {
        return true;
      }
      try {
        value = targets.load(line);
        return true;
      } catch (EntryException e) {
        log.debug("left out, as the rspecifier is permissive: {}", e.getMessage());
      }
    }
    return false;
  }

  private boolean nextLine() {
    value = null;
    try {
      line = ScriptLine.read(script, ++lineNumber);
      if (line == null) {
        int status = script.finish();
        if (status != 0 && !permissive) {
          throw new TableException(script.pipeFailed(status));
        }
      }
      return line != null;
    } catch (IOException e) {
      throw new TableException("script file " + script.name() + ": " + StjemException.reason(e), e);
    }
  }

  @Override
  public String key() {
    return line.key();
  }

  @Override
  public T value() {
    if (value == null) {
      value = targets.load(line);
    }
    return value;
  }

  @Override
  public void close() {
    targets.close();
    try {
      script.finish();
    } catch (IOException e) {
      throw new TableException("script file " + script.name() + ": " + StjemException.reason(e), e);
    }
  }
}
