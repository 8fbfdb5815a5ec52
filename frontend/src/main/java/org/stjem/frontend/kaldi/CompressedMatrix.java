package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.Arrays;
import org.stjem.frontend.io.StjemException;

/**
 * Kaldi's lossy forms of a matrix, CM, CM2 and CM3, to the last bit (matrix/compressed-matrix.cc).
 *
 * <p>CM has four quantiles per column, as 16-bit fractions of the matrix's range, then one byte per
 * value, column by column; CM2 and CM3 have two bytes and one byte per value, row by row. The
 * arithmetic is in float where Kaldi's is, so that bytes agree.
 */
final class CompressedMatrix {
  private static final float ONE_65535TH = 1.5259022e-05F;
  private static final int MANY_ROWS = 8;

  private CompressedMatrix() {}

  private record Header(float min, float range, int rows, int cols) {}

  /** Reads what follows the token {@code form}. */
  static FloatMatrix read(KaldiInput in, String form) throws IOException {
    Header header = new Header(in.readFloat32(), in.readFloat32(), in.readInt32(), in.readInt32());
    if (header.cols == 0 && header.rows == 0) {
      return new FloatMatrix(0, 0);
    }
    long volume = FloatMatrixHolder.volume(in, header.rows, header.cols);
    return switch (form) {
      case "CM" -> readByColumns(in, header, volume);
      case "CM2" -> readTwoBytes(in, header, volume);
      default -> readOneByte(in, header, volume);
    };
  }

  private static FloatMatrix readByColumns(KaldiInput in, Header header, long volume)
      throws IOException {
    in.requireAvailable(volume, 1, "values");
    byte[] quantiles = in.readBytes(8L * header.cols);
    byte[] bytes = in.readBytes(volume);
    float[] data = new float[bytes.length];
    float[] q = new float[4];
    for (int col = 0; col < header.cols; col++) {
      for (int i = 0; i < q.length; i++) {
        q[i] = expand(header, unsignedShort(quantiles, 8 * col + 2 * i));
      }
      int from = col * header.rows;
      for (int row = 0, to = col; row < header.rows; row++, to += header.cols) {
        data[to] = expand(q, bytes[from + row] & 0xff);
      }
    }
    return new FloatMatrix(header.rows, header.cols, data);
  }

  private static FloatMatrix readTwoBytes(KaldiInput in, Header header, long volume)
      throws IOException {
    byte[] bytes = in.readBytes(2 * volume);
    float[] data = new float[(int) volume];
    float step = (float) (header.range * (1.0 / 65535.0));
    for (int i = 0; i < data.length; i++) {
      data[i] = header.min + unsignedShort(bytes, 2 * i) * step;
    }
    return new FloatMatrix(header.rows, header.cols, data);
  }

  private static FloatMatrix readOneByte(KaldiInput in, Header header, long volume)
      throws IOException {
    byte[] bytes = in.readBytes(volume);
    float[] data = new float[bytes.length];
    float step = (float) (header.range * (1.0 / 255.0));
    for (int i = 0; i < data.length; i++) {
      data[i] = header.min + (bytes[i] & 0xff) * step;
    }
    return new FloatMatrix(header.rows, header.cols, data);
  }

  private static int unsignedShort(byte[] bytes, int at) {
    return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
  }

  private static float expand(Header header, int fraction) {
    return header.min + header.range * ONE_65535TH * fraction;
  }

  /** The value of a byte between the quantiles 0, 25, 75 and 100 % of its column. */
  private static float expand(float[] q, int value) {
    if (value <= 64) {
      return (float) (q[0] + (q[1] - q[0]) * value * (1 / 64.0));
    } else if (value <= 192) {
      return (float) (q[1] + (q[2] - q[1]) * (value - 64) * (1 / 128.0));
    }
    return (float) (q[2] + (q[3] - q[2]) * (value - 192) * (1 / 63.0));
  }

  /** Writes {@code matrix} with its binary header. */
  static void write(KaldiOutput out, FloatMatrix matrix, CompressionMethod method)
      throws IOException {
    if (matrix.rows() == 0) {
      start(out, "CM ", new Header(0, 0, 0, 0));
      return;
    }
    CompressionMethod chosen = method;
    if (method == CompressionMethod.AUTOMATIC) {
      chosen =
          matrix.rows() > MANY_ROWS
              ? CompressionMethod.SPEECH_FEATURE
              : CompressionMethod.TWO_BYTE_AUTO;
    }
    Header header = header(matrix, chosen);
    switch (chosen) {
      case TWO_BYTE_AUTO, TWO_BYTE_SIGNED_INTEGER -> {
        start(out, "CM2 ", header);
        byte[] bytes = new byte[2 * matrix.cols()];
        for (int row = 0; row < matrix.rows(); row++) {
          for (int col = 0; col < matrix.cols(); col++) {
            int value = twoBytes(header, matrix.get(row, col));
            bytes[2 * col] = (byte) value;
            bytes[2 * col + 1] = (byte) (value >> 8);
          }
          out.write(bytes);
        }
      }
      case ONE_BYTE_AUTO, ONE_BYTE_UNSIGNED_INTEGER, ONE_BYTE_ZERO_ONE -> {
        start(out, "CM3 ", header);
        byte[] bytes = new byte[matrix.cols()];
        for (int row = 0; row < matrix.rows(); row++) {
          for (int col = 0; col < matrix.cols(); col++) {
            bytes[col] = (byte) (int) (fraction(header, matrix.get(row, col)) * 255 + 0.499);
          }
          out.write(bytes);
        }
      }
      default -> {
        start(out, "CM ", header);
        writeByColumns(out, matrix, header);
      }
    }
  }

  private static void start(KaldiOutput out, String form, Header header) throws IOException {
    out.writeBinaryHeader();
    out.writeText(form);
    out.writeFloats(header.min, header.range);
    out.writeInt32(header.rows);
    out.writeInt32(header.cols);
  }

  private static Header header(FloatMatrix matrix, CompressionMethod method) {
    float min = matrix.get(0, 0);
    float max = min;
    for (float value : matrix.data()) {
      if (!Float.isFinite(value)) {
        throw new StjemException("a matrix that holds " + value + " cannot be compressed");
      }
      min = value < min ? value : min;
      max = value > max ? value : max;
    }
    float range =
        switch (method) {
          case TWO_BYTE_SIGNED_INTEGER -> 65535;
          case ONE_BYTE_UNSIGNED_INTEGER -> 255;
          case ONE_BYTE_ZERO_ONE -> 1;
          default -> (max == min ? (float) (min + (1.0 + Math.abs(min))) : max) - min;
        };
    float base =
        switch (method) {
          case TWO_BYTE_SIGNED_INTEGER -> -32768;
          case ONE_BYTE_UNSIGNED_INTEGER, ONE_BYTE_ZERO_ONE -> 0;
          default -> min;
        };
    if (!Float.isFinite(range)) {
      throw new StjemException(
          "a matrix with values from " + min + " to " + max + " cannot be compressed");
    }
    return new Header(base, range, matrix.rows(), matrix.cols());
  }

  private static float fraction(Header header, float value) {
    float f = (value - header.min) / header.range;
    return Math.max(0, Math.min(1, f));
  }

  private static int twoBytes(Header header, float value) {
    return (int) (fraction(header, value) * 65535 + 0.499);
  }

  private static void writeByColumns(KaldiOutput out, FloatMatrix matrix, Header header)
      throws IOException {
    int rows = matrix.rows();
    float[][] quantiles = new float[matrix.cols()][4];
    float[] column = new float[rows];
    byte[] shorts = new byte[8];
    for (int col = 0; col < matrix.cols(); col++) {
      copyColumn(matrix, col, column);
      int[] q = quantiles(header, column);
      for (int i = 0; i < q.length; i++) {
        shorts[2 * i] = (byte) q[i];
        shorts[2 * i + 1] = (byte) (q[i] >> 8);
        quantiles[col][i] = expand(header, q[i]);
      }
      out.write(shorts);
    }
    byte[] bytes = new byte[rows];
    for (int col = 0; col < matrix.cols(); col++) {
      copyColumn(matrix, col, column);
      for (int row = 0; row < rows; row++) {
        bytes[row] = (byte) oneByte(quantiles[col], column[row]);
      }
      out.write(bytes);
    }
  }

  private static void copyColumn(FloatMatrix matrix, int col, float[] column) {
    for (int row = 0; row < column.length; row++) {
      column[row] = matrix.get(row, col);
    }
  }

  /** Quantiles 0, 25, 75 and 100 % of a column, made strictly increasing; reorders the column. */
  private static int[] quantiles(Header header, float[] column) {
    int rows = column.length;
    int[] at = {0, 1, 2, 3};
    if (rows >= 5) {
      at = new int[] {0, rows / 4, 3 * (rows / 4), rows - 1};
      select(column, 0, rows, at[2]);
      select(column, 0, at[2], at[1]);
      select(column, 0, at[1], at[0]);
      select(column, at[2], rows, at[3]);
    } else {
      Arrays.sort(column);
    }
    int[] q = new int[4];
    for (int i = 0; i < q.length; i++) {
      int least = i == 0 ? 0 : q[i - 1] + 1;
      int value = at[i] < rows ? twoBytes(header, column[at[i]]) : least;
      q[i] = Math.min(Math.max(value, least), 65532 + i);
    }
    return q;
  }

  /**
   * Reorders {@code values[from]} to {@code values[to - 1]}, all finite, so that number {@code k}
   * of the array is what sorting would put there, none before it is greater, and none behind it
   * smaller (Hoare 1961).
   */
  private static void select(float[] values, int from, int to, int k) {
    int low = from;
    int high = to - 1;
    while (low < high) {
      float pivot = values[(low + high) >>> 1];
      int left = low;
      int right = high;
      while (left <= right) {
        while (values[left] < pivot) {
          left++;
        }
        while (values[right] > pivot) {
          right--;
        }
        if (left <= right) {
          float value = values[left];
          values[left++] = values[right];
          values[right--] = value;
        }
      }
      if (k <= right) {
        high = right;
      } else if (k >= left) {
        low = left;
      } else {
        return;
      }
    }
  }

  private static int oneByte(float[] q, float value) {
    if (value < q[1]) {
      return clamp((int) ((value - q[0]) / (q[1] - q[0]) * 64 + 0.5), 0, 64);
    } else if (value < q[2]) {
      return clamp(64 + (int) ((value - q[1]) / (q[2] - q[1]) * 128 + 0.5), 64, 192);
    }
    return clamp(192 + (int) ((value - q[2]) / (q[3] - q[2]) * 63 + 0.5), 192, 255);
  }

  private static int clamp(int value, int least, int greatest) {
    return Math.max(least, Math.min(value, greatest));
  }
}
