package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.stjem.frontend.io.StjemException;

/** Looks keys up in a script file, whose lines are all held; objects are read when asked for. */
final class ScriptLookup<T> implements RandomAccessTableReader<T> {
  private final Rspecifier specifier;
  private final ScriptTargets<T> targets;
  private final Map<String, ScriptLine> lines;
  private ScriptLine loaded;
  private T value;

  ScriptLookup(Rspecifier specifier, ObjectReader<T> holder) {
    this.specifier = specifier;
    this.targets = new ScriptTargets<>(holder);
    this.lines = readLines(specifier.rxfilename(), specifier.sorted(), specifier.permissive());
  }

  /**
   * All lines of a script file by key.
   *
   * @param sorted whether the keys must be in byte order
   * @throws TableException if a line is malformed, or a key stands there twice
   */
  static Map<String, ScriptLine> readLines(String rxfilename, boolean sorted, boolean permissive) {
    Map<String, ScriptLine> lines = new HashMap<>();
    KaldiInput script;
    try {
      script = KaldiInput.open(rxfilename);
    } catch (StjemException e) {
      throw new TableException(e.getMessage(), e);
    }
    try (script) {
      String last = null;
      ScriptLine line = ScriptLine.read(script, 1);
      for (int number = 2; line != null; number++) {
        if (lines.put(line.key(), line) != null) {
          throw new TableException(
              "script file " + script.name() + ": key '" + line.key() + "' stands there twice");
        }
        if (sorted && last != null && KeyOrder.compare(line.key(), last) < 0) {
          throw new TableException(
              "script file "
                  + script.name()
                  + ": key '"
                  + line.key()
                  + "' follows '"
                  + last
                  + "' though the option s promises sorted keys");
        }
        last = line.key();
        line = ScriptLine.read(script, number);
      }
      int status = script.finish();
      if (status != 0 && !permissive) {
        throw new TableException(script.pipeFailed(status));
      }
      return lines;
    } catch (IOException e) {
      throw new TableException("script file " + script.name() + ": " + StjemException.reason(e), e);
    }
  }

  @Override
  public boolean hasKey(String key) {
    ScriptLine line = lines.get(key);
    if (line == null || !specifier.permissive()) {
      return line != null;
    }
    try {
      load(line);
      return true;
    } catch (EntryException e) {
      return false;
    }
  }

  @Override
  public T value(String key) {
    ScriptLine line = lines.get(key);
    if (line == null) {
      throw new EntryException(
          "there is no key '" + key + "' in script file " + specifier.rxfilename());
    }
    return load(line);
  }

  private T load(ScriptLine line) {
    if (!line.equals(loaded)) {
      loaded = null;
      value = targets.load(line);
      loaded = line;
    }
    return value;
  }

  @Override
  public void close() {
    targets.close();
  }
}
