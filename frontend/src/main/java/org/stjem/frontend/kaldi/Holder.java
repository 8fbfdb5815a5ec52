package org.stjem.frontend.kaldi;

import java.io.IOException;
import org.stjem.frontend.io.StjemException;

/**
 * How values of one type stand in a Kaldi table (util/kaldi-holder.h). Holders keep no state.
 *
 * @param <T> type of the values
 */
public interface Holder<T> {

  /**
   * Reads one object, from behind {@code key␠} or from the start of a file, to its last byte.
   *
   * @throws StjemException if the data is not such an object; {@link KaldiInput#fault} makes it
   */
  T read(KaldiInput in) throws IOException;

  /**
   * Writes one object, with its binary header if it is binary.
   *
   * @throws StjemException before anything is written, if {@code value} cannot be stored
   */
  void write(KaldiOutput out, boolean binary, T value) throws IOException;

  /**
   * The part of {@code value} that the text between brackets of a script file line names.
   *
   * @throws StjemException if the range does not fit, or the type has no ranges
   */
  default T range(T value, String range) {
    throw new StjemException("this type of object cannot be cut to the range [" + range + "]");
  }
}
