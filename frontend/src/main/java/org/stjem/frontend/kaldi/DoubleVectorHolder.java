package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.Arrays;

/** Vectors of doubles: FV, DV and text are read, DV or text is written (matrix/kaldi-vector.cc). */
final class DoubleVectorHolder implements Holder<double[]> {

  @Override
  public double[] read(KaldiInput in) throws IOException {
    if (!in.readBinaryHeader()) {
      return TextNumbers.readVector(in, Double::parseDouble);
    }
    String type = in.readToken();
    in.read();
    return switch (type) {
      case "DV" -> in.readDoubles(in.readSizedInt32());
      case "FV" -> DoubleMatrixHolder.widen(in.readFloats(in.readSizedInt32()));
      default -> throw in.fault("expected FV or DV but found '" + KaldiInput.brief(type) + "'");
    };
  }

  @Override
  public void write(KaldiOutput out, boolean binary, double[] vector) throws IOException {
    for (int i = 0; i < vector.length; i++) {
      if (vector[i] == Double.NEGATIVE_INFINITY) {
        throw FloatMatrixHolder.minusInfinity(" at index " + i);
      }
    }
    if (binary) {
      out.writeBinaryHeader();
      out.writeText("DV ");
      out.writeSizedInt32(vector.length);
      out.writeDoubles(vector);
      return;
    }
    out.writeText(" [ ");
    for (double value : vector) {
      out.writeNumber(value);
      out.write(' ');
    }
    out.writeText("]\n");
  }

  @Override
  public double[] range(double[] vector, String range) {
    MatrixRange part = MatrixRange.ofVector(range, vector.length);
    return Arrays.copyOfRange(vector, part.firstRow(), part.firstRow() + part.rows());
  }
}
