package org.stjem.frontend.kaldi;

import java.io.IOException;
import org.stjem.frontend.io.StjemException;

/**
 * Matrices of floats: FM, DM and the compressed CM, CM2, CM3 are read; FM, one of the compressed
 * forms, or text is written (matrix/kaldi-matrix.cc).
 */
final class FloatMatrixHolder implements Holder<FloatMatrix> {
  private final CompressionMethod compression;

  /**
   * Makes a holder.
   *
   * @param compression how matrices are written in binary, or null for full precision
   */
  FloatMatrixHolder(CompressionMethod compression) {
    this.compression = compression;
  }

  @Override
  public FloatMatrix read(KaldiInput in) throws IOException {
    if (!in.readBinaryHeader()) {
      return narrow(TextNumbers.readMatrix(in, TextNumbers::parseFloat));
    }
    String type = in.readToken();
    in.read();
    return readBinary(in, type);
  }

  /** Reads what follows the token {@code type} of a binary matrix. */
  static FloatMatrix readBinary(KaldiInput in, String type) throws IOException {
    switch (type) {
      case "FM" -> {
        int rows = in.readSizedInt32();
        int cols = in.readSizedInt32();
        return new FloatMatrix(rows, cols, in.readFloats(volume(in, rows, cols)));
      }
      case "DM" -> {
        int rows = in.readSizedInt32();
        int cols = in.readSizedInt32();
        return narrow(new DoubleMatrix(rows, cols, in.readDoubles(volume(in, rows, cols))));
      }
      case "CM", "CM2", "CM3" -> {
        return CompressedMatrix.read(in, type);
      }
      default ->
          throw in.fault(
              "expected FM, DM, CM, CM2 or CM3 but found '" + KaldiInput.brief(type) + "'");
    }
  }

  /** Number of values of a matrix, if it is one that Kaldi could have written. */
  static long volume(KaldiInput in, int rows, int cols) {
    if (rows < 0 || cols < 0 || (rows == 0) != (cols == 0)) {
      throw in.fault("implausible matrix size " + rows + " x " + cols);
    }
    return (long) rows * cols;
  }

  private static FloatMatrix narrow(DoubleMatrix matrix) {
    float[] values = new float[matrix.data().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) matrix.data()[i];
    }
    return new FloatMatrix(matrix.rows(), matrix.cols(), values);
  }

  @Override
  public void write(KaldiOutput out, boolean binary, FloatMatrix matrix) throws IOException {
    refuseMinusInfinity(matrix);
    if (binary && compression != null) {
      CompressedMatrix.write(out, matrix, compression);
    } else if (binary) {
      writeHeader(out, matrix);
      out.writeFloats(matrix.data());
    } else {
      out.writeText(" [");
      writeText(out, matrix);
      endText(out, matrix);
    }
  }

  /**
   * Writes a matrix as its rows come; compressed, it is held in memory, for the quantiles of its
   * columns come first.
   *
   * @throws StjemException if a value is -inf, by then within the entry unless all rows came at
   *     once
   */
  void writeRows(KaldiOutput out, boolean binary, FloatRows rows) throws IOException {
    if (rows instanceof FloatMatrix || (binary && compression != null)) {
      write(out, binary, rows.toMatrix());
    } else if (binary) {
      writeHeader(out, rows);
      rows.forEachBlock(
          block -> {
            refuseMinusInfinity(block);
            out.writeFloats(block.data());
          });
    } else {
      out.writeText(" [");
      rows.forEachBlock(
          block -> {
            refuseMinusInfinity(block);
            writeText(out, block);
          });
      endText(out, rows);
    }
  }

  private static void writeHeader(KaldiOutput out, FloatRows matrix) throws IOException {
    out.writeBinaryHeader();
    out.writeText("FM ");
    // Kaldi knows an empty matrix as 0 x 0 only.
    boolean empty = isEmpty(matrix);
    out.writeSizedInt32(empty ? 0 : matrix.rows());
    out.writeSizedInt32(empty ? 0 : matrix.cols());
  }

  private static boolean isEmpty(FloatRows matrix) {
    return matrix.rows() == 0 || matrix.cols() == 0;
  }

  private static void refuseMinusInfinity(FloatMatrix matrix) {
    for (int i = 0; i < matrix.data().length; i++) {
      if (matrix.data()[i] == Float.NEGATIVE_INFINITY) {
        throw minusInfinity(" in row " + i / matrix.cols() + ", column " + i % matrix.cols());
      }
    }
  }

  static StjemException minusInfinity(String where) {
    return new StjemException("-inf" + where + " is not written, for Kaldi cannot read it");
  }

  private static void writeText(KaldiOutput out, FloatMatrix matrix) throws IOException {
    float[] values = matrix.data();
    for (int i = 0; i < values.length; i++) {
      if (i % matrix.cols() == 0) {
        out.writeText("\n  ");
      }
      out.writeNumber(values[i]);
      out.write(' ');
    }
  }

  private static void endText(KaldiOutput out, FloatRows matrix) throws IOException {
    out.writeText(isEmpty(matrix) ? " ]\n" : "]\n");
  }

  @Override
  public FloatMatrix range(FloatMatrix matrix, String range) {
    MatrixRange part = MatrixRange.ofMatrix(range, matrix.rows(), matrix.cols());
    FloatMatrix cut = new FloatMatrix(part.rows(), part.cols());
    for (int row = 0; row < part.rows(); row++) {
      int from = (part.firstRow() + row) * matrix.cols() + part.firstCol();
      System.arraycopy(matrix.data(), from, cut.data(), row * part.cols(), part.cols());
    }
    return cut;
  }
}
