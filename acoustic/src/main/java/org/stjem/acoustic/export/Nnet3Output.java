package org.stjem.acoustic.export;

import java.io.IOException;
import java.util.List;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiOutput;

/**
 * Writes the parts of Kaldi's model files in their binary or text form (base/io-funcs.cc,
 * matrix/kaldi-matrix.cc). In text, numbers have as many digits as it takes to read the same number
 * back.
 */
final class Nnet3Output {
  private final KaldiOutput out;
  private final boolean binary;

  Nnet3Output(KaldiOutput out, boolean binary) {
    this.out = out;
    this.binary = binary;
  }

  /** A tag or name, and the space behind it. */
  void token(String token) throws IOException {
    out.writeText(token + " ");
  }

  /** Text as it is, which both forms have in common. */
  void text(String text) throws IOException {
    out.writeText(text);
  }

  /** A line feed, which makes the text form readable. */
  void endLine() throws IOException {
    if (!binary) {
      out.writeText("\n");
    }
  }

  void integer(int value) throws IOException {
    if (binary) {
      out.writeSizedInt32(value);
    } else {
      token(Integer.toString(value));
    }
  }

  void real(double value) throws IOException {
    if (binary) {
      out.write(Double.BYTES);
      out.writeDoubles(value);
    } else {
      token(Double.toString(value));
    }
  }

  void bool(boolean value) throws IOException {
    out.writeText(value ? "T" : "F");
    if (!binary) {
      out.writeText(" ");
    }
  }

  void integers(int... values) throws IOException {
    if (binary) {
      out.writeSizedInt32(values.length);
      for (int value : values) {
        out.writeInt32(value);
      }
      return;
    }
    out.writeText("[ ");
    for (int value : values) {
      token(Integer.toString(value));
    }
    out.writeText("]\n");
  }

  /** Pairs of integers, each an array of two. */
  void pairs(List<int[]> values) throws IOException {
    if (binary) {
      out.writeSizedInt32(values.size());
      for (int[] pair : values) {
        out.writeInt32(pair[0]);
        out.writeInt32(pair[1]);
      }
      return;
    }
    out.writeText("[ ");
    for (int[] pair : values) {
      token(pair[0] + "," + pair[1]);
    }
    out.writeText("]\n");
  }

  void vector(float... values) throws IOException {
    if (binary) {
      out.writeText("FV ");
      out.writeSizedInt32(values.length);
      out.writeFloats(values);
      return;
    }
    out.writeText(" [ ");
    for (float value : values) {
      token(Float.toString(value));
    }
    out.writeText("]\n");
  }

  void matrix(FloatMatrix matrix) throws IOException {
    if (binary) {
      out.writeText("FM ");
      out.writeSizedInt32(matrix.rows());
      out.writeSizedInt32(matrix.cols());
      out.writeFloats(matrix.data());
      return;
    }
    out.writeText(" [");
    for (int row = 0; row < matrix.rows(); row++) {
      out.writeText("\n  ");
      for (int col = 0; col < matrix.cols(); col++) {
        token(Float.toString(matrix.get(row, col)));
      }
    }
    out.writeText("]\n");
  }
}
