package org.stjem.acoustic.flatstart;

import java.util.HashMap;
import java.util.Map;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SequentialTableReader;

/**
 * Looks up entries of a table by key, each once. What is read on the way to a key stays in memory
 * until it is asked for: little if keys are asked for in nearly the order of the table.
 *
 * @param <T> type of the values
 */
final class ReadAhead<T> implements AutoCloseable {
  private final SequentialTableReader<T> table;
  private final Map<String, T> ahead = new HashMap<>();

  /** Closes the table in the end. */
  ReadAhead(SequentialTableReader<T> table) {
    this.table = table;
  }

  /**
   * The value under a key that the table has and that was not asked for before.
   *
   * @throws StjemException if there is none
   */
  T take(String key) {
    while (!ahead.containsKey(key)) {
      if (!table.next()) {
        throw new StjemException("the entry of utterance " + key + " has gone, or is used twice");
      }
      ahead.put(table.key(), table.value());
    }
    return ahead.remove(key);
  }

  @Override
  public void close() {
    table.close();
  }
}
