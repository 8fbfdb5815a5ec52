package org.stjem.frontend.kaldi;

import java.io.IOException;

/**
 * Single real numbers, such as durations and warp factors: floats and doubles are read, doubles are
 * written (BasicHolder in util/kaldi-holder-inl.h).
 */
final class DoubleHolder implements Holder<Double> {

  @Override
  public Double read(KaldiInput in) throws IOException {
    if (in.readBinaryHeader()) {
      int size = in.read();
      return switch (size) {
        case Float.BYTES -> (double) in.readFloat32();
        case Double.BYTES -> in.readDoubles(1)[0];
        default ->
            throw in.fault(
                "expected byte 4 or 8 before a number but found " + KaldiInput.show(size));
      };
    }
    String word = in.readWordOfLine();
    String more = word == null ? null : in.readWordOfLine();
    if (word == null || more != null) {
      throw in.fault("expected one number on the line");
    }
    try {
      return Double.valueOf(word);
    } catch (NumberFormatException e) {
      throw in.fault("expected a number but found '" + KaldiInput.brief(word) + "'");
    }
  }

  @Override
  public void write(KaldiOutput out, boolean binary, Double value) throws IOException {
    if (binary) {
      out.writeBinaryHeader();
      out.write(Double.BYTES);
      out.writeDoubles(value);
    } else {
      out.writeNumber(value);
      out.writeText(" \n");
    }
  }
}
