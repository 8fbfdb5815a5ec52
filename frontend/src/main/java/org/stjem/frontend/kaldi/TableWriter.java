package org.stjem.frontend.kaldi;

/**
 * Writes a Kaldi table. Plain files are written beside their final name and renamed by {@link
 * #close()} after {@link #commit()}; without a commit nothing stays under the final name.
 *
 * @param <T> type of the values
 */
public interface TableWriter<T> extends AutoCloseable {

  /** Appends one entry; {@code key} is a non-empty token without white space. */
  void write(String key, T value);

  /** Declares the table complete, so that {@link #close()} publishes it under its final name. */
  void commit();

  @Override
  void close();
}
