package org.stjem.frontend.kaldi;

import org.stjem.frontend.io.StjemException;

/** How a matrix is compressed, with Kaldi's numbers (matrix/compressed-matrix.h). */
public enum CompressionMethod {
  /** {@link #SPEECH_FEATURE} for more than 8 rows, else {@link #TWO_BYTE_AUTO}. */
  AUTOMATIC(1),
  /** One byte per value and four quantiles per column; meant for features. */
  SPEECH_FEATURE(2),
  /** Two bytes per value, from the least to the greatest value of the matrix. */
  TWO_BYTE_AUTO(3),
  /** Two bytes per value, from -32768 to 32767: samples. */
  TWO_BYTE_SIGNED_INTEGER(4),
  /** One byte per value, from the least to the greatest value of the matrix. */
  ONE_BYTE_AUTO(5),
  /** One byte per value, from 0 to 255. */
  ONE_BYTE_UNSIGNED_INTEGER(6),
  /** One byte per value, from 0 to 1. */
  ONE_BYTE_ZERO_ONE(7);

  private final int number;

  CompressionMethod(int number) {
    this.number = number;
  }

  /** The method that Kaldi's option {@code --compression-method} calls {@code number}. */
  public static CompressionMethod ofNumber(int number) {
    for (CompressionMethod method : values()) {
      if (method.number == number) {
        return method;
      }
    }
    throw new StjemException("compression method " + number + " is not one of 1 to 7");
  }
}
