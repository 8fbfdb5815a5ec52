package org.stjem.frontend.kaldi;

import java.io.IOException;

/**
 * Matrices of doubles: FM, DM, the compressed forms and text are read, DM or text is written
 * (matrix/kaldi-matrix.cc).
 */
final class DoubleMatrixHolder implements Holder<DoubleMatrix> {

  @Override
  public DoubleMatrix read(KaldiInput in) throws IOException {
    if (!in.readBinaryHeader()) {
      return TextNumbers.readMatrix(in, Double::parseDouble);
    }
    String type = in.readToken();
    in.read();
    if (type.equals("DM")) {
      int rows = in.readSizedInt32();
      int cols = in.readSizedInt32();
      return new DoubleMatrix(rows, cols, in.readDoubles(FloatMatrixHolder.volume(in, rows, cols)));
    }
    FloatMatrix matrix = FloatMatrixHolder.readBinary(in, type);
    return new DoubleMatrix(matrix.rows(), matrix.cols(), widen(matrix.data()));
  }

  static double[] widen(float[] floats) {
    double[] values = new double[floats.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = floats[i];
    }
    return values;
  }

  @Override
  public void write(KaldiOutput out, boolean binary, DoubleMatrix matrix) throws IOException {
    double[] values = matrix.data();
    for (int i = 0; i < values.length; i++) {
      if (values[i] == Double.NEGATIVE_INFINITY) {
        throw FloatMatrixHolder.minusInfinity(
            " in row " + i / matrix.cols() + ", column " + i % matrix.cols());
      }
    }
    if (binary) {
      out.writeBinaryHeader();
      out.writeText("DM ");
      // Kaldi knows an empty matrix as 0 x 0 only.
      boolean empty = matrix.data().length == 0;
      out.writeSizedInt32(empty ? 0 : matrix.rows());
      out.writeSizedInt32(empty ? 0 : matrix.cols());
      out.writeDoubles(values);
      return;
    }
    out.writeText(" [");
    for (int i = 0; i < values.length; i++) {
      if (i % matrix.cols() == 0) {
        out.writeText("\n  ");
      }
      out.writeNumber(values[i]);
      out.write(' ');
    }
    out.writeText(values.length == 0 ? " ]\n" : "]\n");
  }

  @Override
  public DoubleMatrix range(DoubleMatrix matrix, String range) {
    MatrixRange part = MatrixRange.ofMatrix(range, matrix.rows(), matrix.cols());
    DoubleMatrix cut = new DoubleMatrix(part.rows(), part.cols());
    for (int row = 0; row < part.rows(); row++) {
      int from = (part.firstRow() + row) * matrix.cols() + part.firstCol();
      System.arraycopy(matrix.data(), from, cut.data(), row * part.cols(), part.cols());
    }
    return cut;
  }
}
