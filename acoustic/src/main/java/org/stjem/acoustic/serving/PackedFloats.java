package org.stjem.acoustic.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import org.stjem.proto.v1.NumberFormat;

/** Floats as the contract packs them into {@code bytes}: little-endian, row by row. */
final class PackedFloats {
  private PackedFloats() {}

  /** Packs {@code count} values from {@code from} on as binary32. */
  static ByteString pack(float[] values, int from, int count) {
    ByteBuffer buffer = buffer(Float.BYTES * count);
    buffer.asFloatBuffer().put(values, from, count);
    return UnsafeByteOperations.unsafeWrap(buffer);
  }

  /** Packs {@code count} values from {@code from} on. */
  static ByteString pack(float[] values, int from, int count, NumberFormat format) {
    if (format != NumberFormat.NUMBER_FORMAT_FLOAT16) {
      return pack(values, from, count);
    }
    ByteBuffer buffer = buffer(Short.BYTES * count);
    ShortBuffer halves = buffer.asShortBuffer();
    for (int i = 0; i < count; i++) {
      halves.put(i, Float16.of(values[from + i]));
    }
    return UnsafeByteOperations.unsafeWrap(buffer);
  }

  /** Bytes of a number, or 0 if this program does not know the format. */
  static int bytes(NumberFormat format) {
    return switch (format) {
      case NUMBER_FORMAT_UNSPECIFIED, NUMBER_FORMAT_FLOAT32 -> Float.BYTES;
      case NUMBER_FORMAT_FLOAT16 -> Short.BYTES;
      case UNRECOGNIZED -> 0;
    };
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Unpacks the {@code count} binary32 values behind the first {@code from} into {@code into}. */
  static void unpack(ByteString packed, int from, int count, float[] into, int at) {
    view(packed, Float.BYTES, from, count).asFloatBuffer().get(into, at, count);
  }

  /** Unpacks the {@code into.length} values behind the first {@code from}. */
  static void unpack(ByteString packed, NumberFormat format, int from, float[] into) {
    if (format != NumberFormat.NUMBER_FORMAT_FLOAT16) {
      unpack(packed, from, into.length, into, 0);
      return;
    }
    ShortBuffer halves = view(packed, Short.BYTES, from, into.length).asShortBuffer();
    for (int i = 0; i < into.length; i++) {
      into[i] = Float16.toFloat(halves.get(i));
    }
  }

  private static ByteBuffer view(ByteString packed, int size, int from, int count) {
    return packed
        .substring(size * from, size * (from + count))
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
