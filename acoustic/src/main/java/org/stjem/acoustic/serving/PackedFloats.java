package org.stjem.acoustic.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Floats as the contract packs them into {@code bytes}: little-endian binary32, row by row. */
final class PackedFloats {
  private PackedFloats() {}

  /** Packs {@code count} values from {@code from} on. */
  static ByteString pack(float[] values, int from, int count) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values, from, count);
    return UnsafeByteOperations.unsafeWrap(buffer);
  }

  /** Unpacks the {@code count} values behind the first {@code from} into {@code into[at …]}. */
  static void unpack(ByteString packed, int from, int count, float[] into, int at) {
    packed
        .substring(4 * from, 4 * (from + count))
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(into, at, count);
  }
}
