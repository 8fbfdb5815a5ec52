package org.stjem.frontend.kaldi;

import java.io.IOException;
import org.stjem.frontend.io.StjemException;

/**
 * How values of one type are read from a Kaldi table (util/kaldi-holder.h).
 *
 * @param <T> type of the values
 */
@FunctionalInterface
public interface ObjectReader<T> {

  /**
   * Reads one object, from behind {@code key␠} or from the start of a file, to its last byte.
   *
   * @throws StjemException if the data is not such an object; {@link KaldiInput#fault} makes it
   */
  T read(KaldiInput in) throws IOException;

  /**
   * The part of {@code value} that the text between brackets of a script file line names.
   *
   * @throws StjemException if the range does not fit, or the type has no ranges
   */
  default T range(T value, String range) {
    throw new StjemException("this type of object cannot be cut to the range [" + range + "]");
  }
}
