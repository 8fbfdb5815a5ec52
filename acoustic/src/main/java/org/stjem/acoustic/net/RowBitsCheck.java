package org.stjem.acoustic.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.stjem.acoustic.ebm.SeededRandom;

/**
 * Tries whether a network's rows have the same bits in batches of several sizes: matrix products
 * may add in another order for few rows, and functions may take another path at the end of a
 * vector, which depends on the CPU and on the engine.
 */
final class RowBitsCheck {
  private static final int ROWS = 67;

  /** Odd ones, ones that fill vectors, and those around the sizes that kernels take at once. */
  private static final int[] BATCHES = {1, 2, 3, 4, 5, 7, 12, 13, 16, 31, 48};

  private RowBitsCheck() {}

  /** Computes a few hundred random rows. */
  static Computation.RowBits of(LogitNetwork network) {
    SeededRandom random = new SeededRandom(1, 0);
    ByteBuffer windows = direct(ROWS * network.rowSize());
    FloatBuffer values = windows.asFloatBuffer();
    while (values.hasRemaining()) {
      values.put((float) random.nextGaussian());
    }
    float[] together = logits(network, windows, ROWS);
    int first = 0;
    for (int rows : BATCHES) {
      first = (first + 19) % (ROWS - rows);
      ByteBuffer batch =
          windows.slice(
              first * network.rowSize() * Float.BYTES, rows * network.rowSize() * Float.BYTES);
      float[] expected =
          Arrays.copyOfRange(
              together, first * network.numPdfs(), (first + rows) * network.numPdfs());
      if (Arrays.mismatch(logits(network, batch, rows), expected) >= 0) {
        return Computation.RowBits.ROUNDED;
      }
    }
    return Computation.RowBits.SAME;
  }

  private static ByteBuffer direct(int floats) {
    return ByteBuffer.allocateDirect(floats * Float.BYTES).order(ByteOrder.nativeOrder());
  }

  private static float[] logits(LogitNetwork network, ByteBuffer windows, int rows) {
    float[] logits = new float[rows * network.numPdfs()];
    network.logits(windows, rows, lent -> lent.get(logits));
    return logits;
  }
}
