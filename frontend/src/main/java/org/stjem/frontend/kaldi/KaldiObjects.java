package org.stjem.frontend.kaldi;

import java.io.IOException;
import org.stjem.frontend.io.StjemException;

/**
 * Reads and writes single objects, each in a file of its own, by rxfilename and wxfilename
 * (ReadKaldiObject and WriteKaldiObject in util/kaldi-io.h).
 *
 * <p>Every method throws a {@link StjemException} that names the file if it cannot be opened, read
 * or written.
 */
public final class KaldiObjects {
  private KaldiObjects() {}

  /** Reads a matrix of floats from {@code rxfilename} or a range of it from {@code file[range]}. */
  public static FloatMatrix readFloatMatrix(String rxfilename) {
    return read(rxfilename, new FloatMatrixHolder(null));
  }

  /** Reads a matrix of doubles from {@code rxfilename} or a range of it. */
  public static DoubleMatrix readDoubleMatrix(String rxfilename) {
    return read(rxfilename, new DoubleMatrixHolder());
  }

  /** Reads a vector of floats, such as priors. */
  public static float[] readFloatVector(String rxfilename) {
    return read(rxfilename, new FloatVectorHolder());
  }

  /** Reads a vector of doubles, such as class counts {@code [ c0 c1 … ]}. */
  public static double[] readDoubleVector(String rxfilename) {
    return read(rxfilename, new DoubleVectorHolder());
  }

  /** Reads a vector of integers in the form it has outside of tables. */
  public static int[] readIntVector(String rxfilename) {
    return read(rxfilename, new BareIntVectorHolder());
  }

  /** Writes a matrix of floats. */
  public static void writeFloatMatrix(String wxfilename, boolean binary, FloatMatrix matrix) {
    write(wxfilename, binary, matrix, new FloatMatrixHolder(null));
  }

  /** Writes a matrix of doubles. */
  public static void writeDoubleMatrix(String wxfilename, boolean binary, DoubleMatrix matrix) {
    write(wxfilename, binary, matrix, new DoubleMatrixHolder());
  }

  /** Writes a vector of floats. */
  public static void writeFloatVector(String wxfilename, boolean binary, float[] vector) {
    write(wxfilename, binary, vector, new FloatVectorHolder());
  }

  /** Writes a vector of integers in the form it has outside of tables. */
  public static void writeIntVector(String wxfilename, boolean binary, int[] vector) {
    write(wxfilename, binary, vector, new BareIntVectorHolder());
  }

  /** Writes a vector of doubles. */
  public static void writeDoubleVector(String wxfilename, boolean binary, double[] vector) {
    write(wxfilename, binary, vector, new DoubleVectorHolder());
  }

  /** Reads an object of any type. */
  public static <T> T read(String rxfilename, ObjectReader<T> holder) {
    int bracket = rxfilename.endsWith("]") ? rxfilename.lastIndexOf('[') : -1;
    String file = bracket < 0 ? rxfilename : rxfilename.substring(0, bracket);
    try (KaldiInput in = KaldiInput.open(file)) {
      try {
        T value = holder.read(in);
        return bracket < 0
            ? value
            : holder.range(value, rxfilename.substring(bracket + 1, rxfilename.length() - 1));
      } catch (StjemException e) {
        // The failure of a command explains its broken output better than the output does.
        int status = in.finish();
        throw status == 0
            ? new StjemException(in.name() + ": " + e.getMessage(), e)
            : new StjemException(in.pipeFailed(status), e);
      }
    } catch (IOException e) {
      throw new StjemException("cannot read " + rxfilename + ": " + StjemException.reason(e), e);
    }
  }

  /** Writes an object of any type; a file appears whole or not at all. */
  public static <T> void write(String wxfilename, boolean binary, T value, ObjectWriter<T> holder) {
    try (KaldiOutput out = KaldiOutput.open(wxfilename)) {
      holder.write(out, binary, value);
      out.commit();
    } catch (IOException e) {
      throw new StjemException("cannot write " + wxfilename + ": " + StjemException.reason(e), e);
    }
  }
}
