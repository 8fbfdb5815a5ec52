package org.stjem.frontend.audio;

import java.nio.ByteOrder;

/** How a sample without header is stored, named as ffmpeg names it: type, bits, byte order. */
public enum RawEncoding {
  U8(SampleEncoding.UNSIGNED_8, ByteOrder.LITTLE_ENDIAN),
  S8(SampleEncoding.SIGNED_8, ByteOrder.LITTLE_ENDIAN),
  S16LE(SampleEncoding.SIGNED_16, ByteOrder.LITTLE_ENDIAN),
  S16BE(SampleEncoding.SIGNED_16, ByteOrder.BIG_ENDIAN),
  S24LE(SampleEncoding.SIGNED_24, ByteOrder.LITTLE_ENDIAN),
  S24BE(SampleEncoding.SIGNED_24, ByteOrder.BIG_ENDIAN),
  S32LE(SampleEncoding.SIGNED_32, ByteOrder.LITTLE_ENDIAN),
  S32BE(SampleEncoding.SIGNED_32, ByteOrder.BIG_ENDIAN),
  F32LE(SampleEncoding.FLOAT_32, ByteOrder.LITTLE_ENDIAN),
  F32BE(SampleEncoding.FLOAT_32, ByteOrder.BIG_ENDIAN),
  F64LE(SampleEncoding.FLOAT_64, ByteOrder.LITTLE_ENDIAN),
  F64BE(SampleEncoding.FLOAT_64, ByteOrder.BIG_ENDIAN),
  MULAW(SampleEncoding.MU_LAW, ByteOrder.LITTLE_ENDIAN),
  ALAW(SampleEncoding.A_LAW, ByteOrder.LITTLE_ENDIAN);

  private final SampleEncoding encoding;
  private final ByteOrder order;

  RawEncoding(SampleEncoding encoding, ByteOrder order) {
    this.encoding = encoding;
    this.order = order;
  }

  SampleEncoding encoding() {
    return encoding;
  }

  ByteOrder order() {
    return order;
  }
}
