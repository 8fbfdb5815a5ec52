package org.stjem.acoustic.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import org.stjem.proto.v1.NumberFormat;

/** Floats as the contract packs them into {@code bytes}: little-endian, row by row. */
final class PackedFloats {
  private final ByteBuffer buffer;
  private final NumberFormat format;

  /** Room for {@code count} values in a known format. */
  PackedFloats(int count, NumberFormat format) {
    this.buffer =
        ByteBuffer.allocate(Math.multiplyExact(bytes(format), count))
            .order(ByteOrder.LITTLE_ENDIAN);
    this.format = format;
  }

  /** Adds the first {@code count} values. */
  void add(float[] values, int count) {
    add(values, 0, count);
  }

  private void add(float[] values, int from, int count) {
    if (format == NumberFormat.NUMBER_FORMAT_FLOAT16) {
      for (int i = from; i < from + count; i++) {
        buffer.putShort(Float16.of(values[i]));
      }
    } else {
      buffer.asFloatBuffer().put(values, from, count);
      buffer.position(buffer.position() + Float.BYTES * count);
    }
  }

  /** What was added, not copied; nothing may be added afterwards. */
  ByteString bytes() {
    return UnsafeByteOperations.unsafeWrap(buffer.flip());
  }

  /** Packs {@code count} values from {@code from} on as binary32. */
  static ByteString pack(float[] values, int from, int count) {
    return pack(values, from, count, NumberFormat.NUMBER_FORMAT_FLOAT32);
  }

  /** Packs {@code count} values from {@code from} on. */
  static ByteString pack(float[] values, int from, int count, NumberFormat format) {
    PackedFloats packed = new PackedFloats(count, format);
    packed.add(values, from, count);
    return packed.bytes();
  }

  /** Bytes of a number, or 0 if this program does not know the format. */
  static int bytes(NumberFormat format) {
    return switch (format) {
      case NUMBER_FORMAT_UNSPECIFIED, NUMBER_FORMAT_FLOAT32 -> Float.BYTES;
      case NUMBER_FORMAT_FLOAT16 -> Short.BYTES;
      case UNRECOGNIZED -> 0;
    };
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
