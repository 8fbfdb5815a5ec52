package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.Arrays;

/**
 * Vectors of 32-bit integers, such as alignments (BasicVectorHolder in util/kaldi-holder-inl.h).
 */
final class IntVectorHolder implements Holder<int[]> {
  private static final int BYTES_EACH = 5;
  private static final int UNPROVEN_VALUES = 1 << 20;

  @Override
  public int[] read(KaldiInput in) throws IOException {
    return in.readBinaryHeader() ? readBinary(in) : readText(in);
  }

  private static int[] readBinary(KaldiInput in) throws IOException {
    int size = in.readSizedInt32();
    in.requireAvailable(size, BYTES_EACH, "integers");
    int[] values = new int[Math.min(size, UNPROVEN_VALUES)];
    for (int n = 0; n < size; n++) {
      if (n == values.length) {
        values = Arrays.copyOf(values, (int) Math.min(2L * n, size));
      }
      values[n] = in.readSizedInt32();
    }
    return values;
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
