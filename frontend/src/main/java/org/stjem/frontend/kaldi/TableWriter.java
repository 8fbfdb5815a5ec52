package org.stjem.frontend.kaldi;

/**
 * Writes a Kaldi table. Plain files are written beside their final name and renamed by {@link
 * #close()} after {@link #commit()}; without a commit nothing stays under the final name. With a
 * script file that names a file per key ({@code scp:}) each of them appears whole as it is written.
 *
 * @param <T> type of the values
 */
public interface TableWriter<T> extends AutoCloseable {

  /**
   * Appends one entry; {@code key} is a non-empty token without white space.
   *
   * @throws EntryException if the key or value cannot be stored, such as -inf; the table is still
   *     whole and takes further entries
   * @throws TableException if the table cannot be written further
   */
  void write(String key, T value);

  /** Declares the table complete, so that {@link #close()} publishes it under its final name. */
  void commit();

  @Override
  void close();
}
