package org.stjem.acoustic.onnx;

import java.util.Locale;

/** What a graph takes. */
public enum GraphInput {
  /** Features with their context, {@code [left + frames + right, dim]}; the graph splices them. */
  FRAMES,
  /** Spliced features, {@code [rows, (left + 1 + right) · dim]}. */
  WINDOWS;

  /** The name of the input, and on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
