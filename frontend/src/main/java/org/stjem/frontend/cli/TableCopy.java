package org.stjem.frontend.cli;

import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** What the commands that copy tables have in common. */
final class TableCopy {
  private static final Logger log = LoggerFactory.getLogger(TableCopy.class);

  private TableCopy() {}

  /**
   * Whether {@code from} and {@code to} are tables, not single objects.
   *
   * @throws StjemException if one is and the other is not
   */
  static boolean areTables(String from, String to) {
    if (Tables.isSpecifier(from) != Tables.isSpecifier(to)) {
      throw new StjemException(
          "cannot copy '" + from + "' to '" + to + "': one is a table, the other a single object");
    }
    return Tables.isSpecifier(from);
  }

  /**
   * Copies a table entry by entry, leaving out those that cannot be read or written, and commits.
   *
   * @param copied told of every entry that was written
   * @return the exit status
   */
  static <T> int copy(
      SequentialTableReader<T> from, TableWriter<T> to, BiConsumer<String, T> copied) {
    return copy(from, to, value -> value, copied);
  }

  /**
   * The same, with something made of each value first.
   *
   * @param change what is written in the place of a value
   */
  static <T> int copy(
      SequentialTableReader<T> from,
      TableWriter<T> to,
      UnaryOperator<T> change,
      BiConsumer<String, T> copied) {
    Tally tally = new Tally(log);
    while (from.next()) {
      try {
        T value = change.apply(from.value());
        to.write(from.key(), value);
        copied.accept(from.key(), value);
        tally.done();
      } catch (EntryException e) {
        tally.failed(e.getMessage());
      }
    }
    to.commit();
    return tally.finish();
  }
}
