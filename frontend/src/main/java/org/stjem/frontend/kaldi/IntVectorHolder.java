package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.Arrays;

/**
 * Vectors of 32-bit integers, such as alignments (BasicVectorHolder in util/kaldi-holder-inl.h).
 */
final class IntVectorHolder implements Holder<int[]> {
  @Override
  public int[] read(KaldiInput in) throws IOException {
    return in.readBinaryHeader() ? in.readSizedInts(in.readSizedInt32()) : readText(in);
  }

  private static int[] readText(KaldiInput in) throws IOException {
    int[] values = new int[64];
    int n = 0;
    for (String word = in.readWordOfLine(); word != null; word = in.readWordOfLine()) {
      if (n == values.length) {
        values = Arrays.copyOf(values, 2 * n);
      }
      values[n++] = parse(in, word);
    }
    return Arrays.copyOf(values, n);
  }

  static int parse(KaldiInput in, String word) {
    try {
      return Integer.parseInt(word);
    } catch (NumberFormatException e) {
      throw in.fault("expected an integer but found '" + KaldiInput.brief(word) + "'");
    }
  }

  @Override
  public void write(KaldiOutput out, boolean binary, int[] vector) throws IOException {
    if (binary) {
      out.writeBinaryHeader();
      out.writeSizedInt32(vector.length);
      for (int value : vector) {
        out.writeSizedInt32(value);
      }
      return;
    }
    for (int value : vector) {
      out.writeText(value + " ");
    }
    out.write('\n');
  }
}
