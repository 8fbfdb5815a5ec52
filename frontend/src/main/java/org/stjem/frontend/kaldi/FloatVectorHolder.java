package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.Arrays;

/** Vectors of floats: FV, DV and text are read, FV or text is written (matrix/kaldi-vector.cc). */
final class FloatVectorHolder implements Holder<float[]> {

  @Override
  public float[] read(KaldiInput in) throws IOException {
    return readVector(in, in.readBinaryHeader());
  }

  /** Reads a vector inside a model, where it has no binary header of its own. */
  static float[] readVector(KaldiInput in, boolean binary) throws IOException {
    if (!binary) {
      return narrow(TextNumbers.readVector(in, TextNumbers::parseFloat));
    }
    String type = in.readToken();
    in.read();
    return switch (type) {
      case "FV" -> in.readFloats(in.readSizedInt32());
      case "DV" -> narrow(in.readDoubles(in.readSizedInt32()));
      default -> throw in.fault("expected FV or DV but found '" + KaldiInput.brief(type) + "'");
    };
  }

  private static float[] narrow(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  @Override
  public void write(KaldiOutput out, boolean binary, float[] vector) throws IOException {
    for (int i = 0; i < vector.length; i++) {
      if (vector[i] == Float.NEGATIVE_INFINITY) {
        throw FloatMatrixHolder.minusInfinity(" at index " + i);
      }
    }
    if (binary) {
      out.writeBinaryHeader();
      out.writeText("FV ");
      out.writeSizedInt32(vector.length);
      out.writeFloats(vector);
      return;
    }
    out.writeText(" [ ");
    for (float value : vector) {
      out.writeNumber(value);
      out.write(' ');
    }
    out.writeText("]\n");
  }

  @Override
  public float[] range(float[] vector, String range) {
    MatrixRange part = MatrixRange.ofVector(range, vector.length);
    return Arrays.copyOfRange(vector, part.firstRow(), part.firstRow() + part.rows());
  }
}
