package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Kaldi's text forms of matrices and vectors, between brackets (matrix/kaldi-matrix.cc). */
final class TextNumbers {
  private static final int END = ']';

  private TextNumbers() {}

  /** Text to the nearest float, as a double, so that it is rounded once only. */
  static double parseFloat(String text) {
    return Float.parseFloat(text);
  }

  /** Reads a matrix from its opening bracket on; rows end at line feeds or semicolons. */
  static DoubleMatrix readMatrix(KaldiInput in, ToDoubleFunction<String> parser)
      throws IOException {
    if (!open(in, "a matrix")) {
      return new DoubleMatrix(0, 0);
    }
    double[] values = new double[256];
    int n = 0;
    int rows = 0;
    int cols = -1;
    int rowStart = 0;
    while (true) {
      int c = in.peek();
      if (c == END || c == '\n' || c == ';') {
        in.read();
        if (n > rowStart) {
          if (cols >= 0 && n - rowStart != cols) {
            throw in.fault(
                "row " + rows + " has " + (n - rowStart) + " values where the first has " + cols);
          }
          cols = n - rowStart;
          rows++;
          rowStart = n;
        }
        if (c == END) {
          skipLineEnd(in);
          return new DoubleMatrix(rows, Math.max(cols, 0), Arrays.copyOf(values, n));
        }
      } else if (Specifiers.isSpace(c)) {
        in.read();
      } else {
        if (n == values.length) {
          values = Arrays.copyOf(values, 2 * n);
        }
        values[n++] = number(in, parser);
      }
    }
  }

  /** Reads a vector from its opening bracket to the closing one, on one line. */
  static double[] readVector(KaldiInput in, ToDoubleFunction<String> parser) throws IOException {
    if (!open(in, "a vector")) {
      return new double[0];
    }
    double[] values = new double[64];
    int n = 0;
    while (true) {
      int c = in.peek();
      if (c == END) {
        in.read();
        skipLineEnd(in);
        return Arrays.copyOf(values, n);
      } else if (c == '\n' || c == '\r') {
        throw in.fault("a line ends inside a vector; it may be a matrix");
      } else if (Specifiers.isSpace(c)) {
        in.read();
      } else {
        if (n == values.length) {
          values = Arrays.copyOf(values, 2 * n);
        }
        values[n++] = number(in, parser);
      }
    }
  }

  /** Consumes {@code [}; false if it was the empty object {@code []}. */
  private static boolean open(KaldiInput in, String what) throws IOException {
    String bracket = in.readToken();
    if (bracket.isEmpty()) {
      throw in.fault("the data ends where " + what + " should follow");
    }
    if (bracket.equals("[]")) {
      skipLineEnd(in);
      return false;
    }
    if (!bracket.equals("[")) {
      throw in.fault("expected '[' of " + what + " but found '" + KaldiInput.brief(bracket) + "'");
    }
    return true;
  }

  private static void skipLineEnd(KaldiInput in) throws IOException {
    if (in.peek() == '\r') {
      in.read();
    }
    if (in.peek() == '\n') {
      in.read();
    }
  }

  private static double number(KaldiInput in, ToDoubleFunction<String> parser) throws IOException {
    String text = in.readUntil("];");
    if (text.isEmpty()) {
      throw in.fault("the data ends before ']'");
    }
    double value = Double.NaN;
    char first = text.charAt(0);
    if (first == '-' || (first >= '0' && first <= '9')) {
      value = parse(text, parser);
    } else {
      switch (text.toLowerCase(Locale.ROOT)) {
        case "inf", "infinity" -> {
          return Double.POSITIVE_INFINITY;
        }
        case "nan" -> {
          return Double.NaN;
        }
        default -> {}
      }
    }
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw in.fault("expected a number but found '" + KaldiInput.brief(text) + "'");
    }
    return value;
  }

  /** NaN for what C++ would not read; Java alone knows suffixes and hexadecimal floats. */
  private static double parse(String text, ToDoubleFunction<String> parser) {
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789.eE+-".indexOf(text.charAt(i)) < 0) {
        return Double.NaN;
      }
    }
    try {
      return parser.applyAsDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
