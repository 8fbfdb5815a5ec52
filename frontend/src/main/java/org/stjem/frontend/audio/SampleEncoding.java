package org.stjem.frontend.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How one sample is stored, and its value at the scale of 16-bit integers. */
enum SampleEncoding {
  /** Offset binary: 128 is silence. */
  UNSIGNED_8(1) {
    @Override
    float decode(ByteBuffer bytes, int at) {
      return ((bytes.get(at) & 0xFF) - 128) * 256f;
    }
  },
  SIGNED_8(1) {
    @Override
    float decode(ByteBuffer bytes, int at) {
      return bytes.get(at) * 256f;
    }
  },
  SIGNED_16(2) {
    @Override
    float decode(ByteBuffer bytes, int at) {
      return bytes.getShort(at);
    }
  },
  SIGNED_24(3) {
    @Override
    float decode(ByteBuffer bytes, int at) {
      boolean little = bytes.order() == ByteOrder.LITTLE_ENDIAN;
      int high = bytes.get(little ? at + 2 : at);
      int middle = bytes.get(at + 1) & 0xFF;
      int low = bytes.get(little ? at : at + 2) & 0xFF;
      return (high << 16 | middle << 8 | low) / 256f;
    }
  },
  SIGNED_32(4) {
    @Override
    float decode(ByteBuffer bytes, int at) {
      return (float) (bytes.getInt(at) / 65536.0);
    }
  },
  /** IEEE 754, full scale ±1. */
  FLOAT_32(4) {
    @Override
    float decode(ByteBuffer bytes, int at) {
      return bytes.getFloat(at) * 32768f;
    }
  },
  /** IEEE 754, full scale ±1. */
  FLOAT_64(8) {
    @Override
    float decode(ByteBuffer bytes, int at) {
      return (float) (bytes.getDouble(at) * 32768.0);
    }
  },
  /** ITU-T G.711, North America and Japan. */
  MU_LAW(1) {
    @Override
    float decode(ByteBuffer bytes, int at) {
      int code = ~bytes.get(at) & 0xFF;
      int exponent = code >> 4 & 7;
      int magnitude = ((code & 0xF) << 3 | 0x84) << exponent;
      return (code & 0x80) != 0 ? 0x84 - magnitude : magnitude - 0x84;
    }
  },
  /** ITU-T G.711, elsewhere. */
  A_LAW(1) {
    @Override
    float decode(ByteBuffer bytes, int at) {
      int code = (bytes.get(at) ^ 0x55) & 0xFF;
      int exponent = code >> 4 & 7;
      int magnitude = (code & 0xF) << 4 | 8;
      if (exponent > 0) {
        magnitude = (magnitude | 0x100) << exponent - 1;
      }
      return (code & 0x80) != 0 ? magnitude : -magnitude;
    }
  };

  private final int size;

  SampleEncoding(int size) {
    this.size = size;
  }

  /** Bytes per sample. */
  int size() {
    return size;
  }

  /** The sample stored from byte {@code at}, full scale ±32768. */
  abstract float decode(ByteBuffer bytes, int at);
}
