package org.stjem.frontend.kaldi;

import java.io.IOException;
import org.stjem.frontend.io.StjemException;

/**
 * How values of one type are written to a Kaldi table (util/kaldi-holder.h).
 *
 * @param <T> type of the values
 */
@FunctionalInterface
public interface ObjectWriter<T> {

  /**
   * Writes one object, with its binary header if it is binary.
   *
   * @throws StjemException before anything is written, if {@code value} cannot be stored
   */
  void write(KaldiOutput out, boolean binary, T value) throws IOException;
}
