package org.stjem.acoustic.net;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.function.Consumer;

/**
 * A network without gradients: rows of windows in, rows of logits out. The one seam behind which
 * the engines that compute stand. Thread-safe.
 */
interface LogitNetwork extends AutoCloseable {

  /** Number of values in a window. */
  int rowSize();

  /** Number of logits of a row. */
  int numPdfs();

  /** The engine, its version and its device, such as {@code ONNX Runtime 1.22.0, cpu}. */
  String engine();

  /**
   * Lends the logits of windows.
   *
   * @param windows begins with {@code [rows, rowSize]} float32 numbers in the machine's byte order;
   *     direct, and left alone until this returns
   * @param reader is given {@code [rows, numPdfs]} row by row, which it must not keep
   */
  void logits(ByteBuffer windows, int rows, Consumer<FloatBuffer> reader);

  @Override
  void close();
}
