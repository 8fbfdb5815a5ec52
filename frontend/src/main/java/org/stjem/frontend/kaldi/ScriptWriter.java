package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.Map;
import org.stjem.frontend.io.StjemException;

/**
 * Writes every value to the file that a script file names for its key. Each file appears whole when
 * its value is written; {@link #commit()} has nothing left to do.
 */
final class ScriptWriter<T> implements TableWriter<T> {
  private final Wspecifier specifier;
  private final ObjectWriter<T> holder;
  private final Map<String, ScriptLine> lines;

  ScriptWriter(Wspecifier specifier, ObjectWriter<T> holder) {
    this.specifier = specifier;
    this.holder = holder;
    this.lines = ScriptLookup.readLines(specifier.script(), false, specifier.permissive());
  }

  @Override
  public void write(String key, T value) {
    ScriptLine line = lines.get(key);
    if (line == null) {
      if (specifier.permissive()) {
        return;
      }
      throw new EntryException(
          "there is no key '" + key + "' in script file " + specifier.script());
    }
    try (KaldiOutput out = KaldiOutput.open(line.filename())) {
      holder.write(out, specifier.binary(), value);
      int status = out.complete();
      if (status != 0 && !specifier.permissive()) {
        throw new TableException("cannot write '" + key + "': " + out.pipeFailed(status));
      }
    } catch (TableException e) {
      throw e;
    } catch (StjemException e) {
      throw new EntryException("cannot write '" + key + "': " + e.getMessage(), e);
    } catch (IOException e) {
      throw new TableException(
          "cannot write '" + key + "' to " + line.filename() + ": " + StjemException.reason(e), e);
    }
  }

  @Override
  public void commit() {}

  @Override
  public void close() {}
}
