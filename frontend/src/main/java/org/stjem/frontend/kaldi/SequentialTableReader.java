package org.stjem.frontend.kaldi;

/**
 * Reads the entries of a Kaldi table one after the other, in the order of the archive or script
 * file, holding one entry in memory at a time.
 *
 * <pre>{@code
 * try (var feats = Tables.readFloatMatrices("scp:feats.scp")) {
 *   while (feats.next()) {
 *     use(feats.key(), feats.value());
 *   }
 * }
 * }</pre>
 *
 * @param <T> type of the values
 */
public interface SequentialTableReader<T> extends AutoCloseable {

  /**
   * Moves to the next entry.
   *
   * @return false after the last entry
   * @throws TableException unless the rspecifier is permissive: if an archive is corrupt or
   *     truncated, or the table was a command that ended with a non-zero status; in any case if a
   *     script file cannot be parsed
   */
  boolean next();

  /** The key of the current entry. */
  String key();

  /**
   * The value of the current entry; repeated calls return the same object.
   *
   * @throws EntryException if the object this entry of a script file points to cannot be read; the
   *     following entries can still be read
   */
  T value();

  /**
   * Closes the table; a command whose output was not read to its end is warned about if it fails.
   */
  @Override
  void close();
}
