package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.Arrays;

/**
 * A vector of integers in a file of its own or inside a model, which Kaldi stores in another way
 * than in tables: in binary a byte 4, the size and raw integers, as text in brackets
 * (WriteIntegerVector in base/io-funcs-inl.h).
 */
final class BareIntVectorHolder implements Holder<int[]> {

  @Override
  public int[] read(KaldiInput in) throws IOException {
    return readValues(in, in.readBinaryHeader());
  }

  /** Reads a vector inside a file. */
  static int[] readValues(KaldiInput in, boolean binary) throws IOException {
    return binary ? in.readInts(in.readSizedInt32()) : readText(in);
  }

  private static int[] readText(KaldiInput in) throws IOException {
    String word = in.readToken();
    if (!word.equals("[")) {
      throw in.fault("expected '[' of a vector but found '" + KaldiInput.brief(word) + "'");
    }
    int[] values = new int[64];
    int n = 0;
    for (word = in.readToken(); !word.equals("]"); word = in.readToken()) {
      if (n == values.length) {
        values = Arrays.copyOf(values, 2 * n);
      }
      values[n++] = IntVectorHolder.parse(in, word);
    }
    return Arrays.copyOf(values, n);
  }

  @Override
  public void write(KaldiOutput out, boolean binary, int[] vector) throws IOException {
    if (binary) {
      out.writeBinaryHeader();
    }
    writeValues(out, binary, vector);
  }

  /** Writes a vector inside a file. */
  static void writeValues(KaldiOutput out, boolean binary, int... vector) throws IOException {
    if (binary) {
      out.writeSizedInt32(vector.length);
      for (int value : vector) {
        out.writeInt32(value);
      }
      return;
    }
    out.writeText("[ ");
    for (int value : vector) {
      out.writeText(value + " ");
    }
    out.writeText("]\n");
  }
}
