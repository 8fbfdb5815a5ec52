package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.stjem.frontend.io.StjemException;

/**
 * Feature matrices as HTK parameter files: a big-endian header of 12 bytes (frames, frame shift in
 * 100 ns, bytes per frame, kind), then big-endian floats row by row (HTK book, section 5.10.1;
 * ReadHtk and WriteHtk in matrix/kaldi-matrix.cc).
 */
public final class HtkMatrixHolder implements Holder<FloatMatrix> {
  private static final int HEADER_BYTES = 12;
  private static final int BASE_KIND = 077;
  private static final int COMPRESSED = 02000;
  private static final int CHECKSUM = 010000;
  private static final int VECTOR_QUANTISED = 040000;

  /** WAVEFORM, IREFC and DISCRETE hold integers. */
  private static final int WAVEFORM = 0;

  private static final int IREFC = 5;
  private static final int DISCRETE = 10;

  private final int samplePeriod;
  private final int kind;

  /**
   * A holder for both directions; what is read may be of any real-valued, uncompressed kind.
   *
   * @param samplePeriod frame shift in units of 100 ns, for writing
   * @param kind parameter kind, for writing, e.g. 7 (FBANK) plus 0100 (with energy)
   */
  public HtkMatrixHolder(int samplePeriod, int kind) {
    this.samplePeriod = samplePeriod;
    this.kind = kind;
  }

  @Override
  public FloatMatrix read(KaldiInput in) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(in.readBytes(HEADER_BYTES));
    int rows = header.getInt();
    header.getInt();
    int rowBytes = Short.toUnsignedInt(header.getShort());
    int found = Short.toUnsignedInt(header.getShort());
    int base = found & BASE_KIND;
    if ((found & (COMPRESSED | VECTOR_QUANTISED)) != 0
        || base == WAVEFORM
        || base == IREFC
        || base == DISCRETE) {
      throw in.fault(
          "HTK parameter kind 0"
              + Integer.toOctalString(found)
              + "; compressed, quantised, discrete and waveform files cannot be read");
    }
    if (rows < 0 || rowBytes == 0 || rowBytes % Float.BYTES != 0) {
      throw in.fault("implausible HTK header: " + rows + " frames of " + rowBytes + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.wrap(in.readBytes((long) rows * rowBytes));
    FloatMatrix matrix = new FloatMatrix(rows, rowBytes / Float.BYTES);
    bytes.asFloatBuffer().get(matrix.data());
    if ((found & CHECKSUM) != 0) {
      in.readBytes(Short.BYTES);
    }
    return matrix;
  }

  @Override
  public void write(KaldiOutput out, boolean binary, FloatMatrix matrix) throws IOException {
    writeRows(out, binary, matrix);
  }

  /**
   * Writes a matrix as its rows come.
   *
   * @throws StjemException before anything is written, if an HTK file cannot hold it
   */
  public void writeRows(KaldiOutput out, boolean binary, FloatRows matrix) throws IOException {
    int rowBytes = matrix.cols() * Float.BYTES;
    if (!binary || rowBytes > 0xFFFF) {
      throw new StjemException(
          binary
              ? matrix.cols() + " values per frame are more than an HTK file can hold, 16383"
              : "HTK files cannot be written as text; leave the 't' option out");
    }
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putInt(matrix.rows()).putInt(samplePeriod).putShort((short) rowBytes);
    header.putShort((short) kind);
    out.write(header.array());
    matrix.forEachBlock(
        block -> {
          ByteBuffer bytes = ByteBuffer.allocate(block.rows() * rowBytes);
          bytes.asFloatBuffer().put(block.data());
          out.write(bytes.array());
        });
  }
}
