package org.stjem.combine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.KeyOrder;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;

/**
 * Reads an archive in step with another table, so that memory stays bounded however long both are.
 * The archive has its keys in the order in which they are asked for; it may hold more keys and lack
 * some. When both are sorted, as Kaldi's are, a missing key is noticed at once; otherwise up to
 * {@link #LOOK_AHEAD} entries are read ahead.
 *
 * @param <T> type of the values
 */
final class AlignedArchive<T> implements AutoCloseable {
  /** Entries kept in memory while looking for a key. */
  static final int LOOK_AHEAD = 16;

  /** Entries behind a missing key that must be in order before it counts as missing. */
  private static final int EVIDENCE = 2;

  private final String name;
  private final SequentialTableReader<T> reader;
  private final Map<String, T> passed = new LinkedHashMap<>();
  private String lastRead = "";
  private String lastAsked = "";
  private boolean sorted = true;
  private boolean ended;
  private String missing;

  /**
   * Takes over {@code reader}.
   *
   * @param name what to call the archive in messages, its rspecifier
   */
  AlignedArchive(String name, SequentialTableReader<T> reader) {
    this.name = name;
    this.reader = reader;
  }

  /**
   * The value under {@code key}.
   *
   * @throws EntryException if the archive does not hold it
   * @throws TableException if the archive is not in the order of the keys asked for
   */
  T value(String key) {
    mustFollow(lastAsked, key);
    lastAsked = key;
    T value = passed.remove(key);
    if (value != null) {
      return value;
    }
    if (sorted) {
      passed.keySet().removeIf(earlier -> KeyOrder.compare(earlier, key) < 0);
    }
    while (!ended && !(sorted && passed.size() >= EVIDENCE)) {
      if (passed.size() == LOOK_AHEAD) {
        throw outOfOrder(key);
      }
      ended = !reader.next();
      if (!ended) {
        mustFollow(lastRead, reader.key());
        lastRead = reader.key();
        if (lastRead.equals(key)) {
          return reader.value();
        }
        if (!sorted || KeyOrder.compare(lastRead, key) > 0) {
          passed.put(lastRead, reader.value());
        }
      }
    }
    missing = sorted ? key : missing;
    throw new EntryException(name + " does not hold key " + key);
  }

  /** Watches the order; what was concluded from it must not turn out wrong. */
  private void mustFollow(String earlier, String later) {
    sorted &= KeyOrder.compare(earlier, later) < 0;
    if (!sorted && missing != null) {
      throw outOfOrder(missing);
    }
  }

  private TableException outOfOrder(String key) {
    return new TableException(
        name
            + " does not hold key "
            + key
            + " where it is looked for, nor in the next "
            + LOOK_AHEAD
            + " entries; sort all archives alike, or give this one as an scp");
  }

  @Override
  public void close() {
    reader.close();
  }
}
