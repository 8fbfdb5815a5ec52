package org.stjem.frontend.kaldi;

/**
 * Looks entries of a Kaldi table up by key. Archives are read forward as far as needed; with the
 * {@code s}, {@code cs} and {@code o} options of the rspecifier entries are forgotten early.
 *
 * @param <T> type of the values
 */
public interface RandomAccessTableReader<T> extends AutoCloseable {

  /** Whether the table holds {@code key} (and, when permissive, whether it can be read). */
  boolean hasKey(String key);

  /**
   * The value under {@code key}.
   *
   * @throws EntryException if the key is missing or its object cannot be read
   * @throws TableException if the archive is corrupt
   */
  T value(String key);

  @Override
  void close();
}
