package org.stjem.frontend.audio;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Makes audio files byte by byte, independently of the readers under test. */
public final class AudioFiles {
  private AudioFiles() {}

  /** Reads a file made here. */
  static WaveData read(byte[] file) {
    return WaveReader.read(new ByteArrayInputStream(file), "test");
  }

  /** A RIFF file with the given format code, resolution and sample bytes. */
  public static byte[] wav(int code, int bits, int numChannels, int sampleRate, byte[] samples) {
    ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    chunks.writeBytes(chunk("fmt ", format(code, bits, numChannels, sampleRate)));
    chunks.writeBytes(chunk("data", samples));
    return riff(chunks.toByteArray());
  }

  /** The 16 bytes of a plain format chunk. */
  static byte[] format(int code, int bits, int numChannels, int sampleRate) {
    int block = numChannels * ((bits + 7) / 8);
    return little(16)
        .putShort((short) code)
        .putShort((short) numChannels)
        .putInt(sampleRate)
        .putInt(sampleRate * block)
        .putShort((short) block)
        .putShort((short) bits)
        .array();
  }

  /** The 40 bytes of an extensible format chunk. */
  static byte[] extensible(int code, int bits, int numChannels, int sampleRate) {
    byte[] plain = format(0xFFFE, bits, numChannels, sampleRate);
    byte[] guidTail = {
      0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71
    };
    return little(40)
        .put(plain)
        .putShort((short) 22)
        .putShort((short) bits)
        .putInt(0)
        .putShort((short) code)
        .put(guidTail)
        .array();
  }

  static byte[] riff(byte[] chunks) {
    return little(12 + chunks.length)
        .put(ascii("RIFF"))
        .putInt(4 + chunks.length)
        .put(ascii("WAVE"))
        .put(chunks)
        .array();
  }

  static byte[] chunk(String tag, byte[] content) {
    return little(8 + content.length + content.length % 2)
        .put(ascii(tag))
        .putInt(content.length)
        .put(content)
        .array();
  }

  /** 16-bit samples of one channel as little-endian bytes. */
  public static byte[] pcm16(int... samples) {
    ByteBuffer bytes = little(2 * samples.length);
    for (int sample : samples) {
      bytes.putShort((short) sample);
    }
    return bytes.array();
  }

  /** A SPHERE file with a header of 1024 bytes. */
  static byte[] sphere(String fields, byte[] samples) {
    byte[] header = new byte[1024];
    byte[] text = ascii("NIST_1A\n   1024\n" + fields + "end_head\n");
    System.arraycopy(text, 0, header, 0, text.length);
    return little(1024 + samples.length).put(header).put(samples).array();
  }

  /**
   * A FLAC file of one frame. Its subframes are verbatim, or an escaped partition of residuals
   * under a predictor of order 0 if the channels are stored as mean and difference.
   *
   * @param bits resolution: 8, 16 or 24
   * @param midSide whether the two channels are stored as their mean and difference
   * @param channels samples, at most 65536 per channel
   */
  static byte[] flac(int sampleRate, int bits, boolean midSide, int[]... channels) {
    Bits stream = new Bits();
    for (byte b : ascii("fLaC")) {
      stream.put(b, 8);
    }
    int length = channels[0].length;
    // A comment block first would be against the format; it goes last, to be skipped.
    stream.put(0, 8).put(34, 24);
    stream.put(length, 16).put(length, 16).put(0, 24).put(0, 24);
    stream.put(sampleRate, 20).put(channels.length - 1, 3).put(bits - 1, 5);
    stream.put(0, 4).put(length, 32);
    for (int i = 0; i < 4; i++) {
      stream.put(0, 32);
    }
    stream.put(0x84, 8).put(4, 24).put(-1, 32);

    int frameStart = stream.size();
    stream.put(0xFFF8, 16).put(0x70, 8);
    int assignment = midSide ? 10 : channels.length - 1;
    stream.put(assignment, 4).put(bits == 8 ? 1 : bits == 16 ? 4 : 6, 3).put(0, 1);
    stream.put(0, 8).put(length - 1, 16);
    stream.put(stream.crc(frameStart, 8, 0x07), 8);
    for (int c = 0; c < channels.length; c++) {
      if (midSide) {
        stream.put(8 << 1, 8).put(0, 6).put(15, 4).put(c == 1 ? bits + 1 : bits, 5);
      } else {
        stream.put(1 << 1, 8);
      }
      for (int i = 0; i < length; i++) {
        int sample = channels[c][i];
        if (midSide) {
          sample = c == 0 ? channels[0][i] + channels[1][i] >> 1 : channels[0][i] - channels[1][i];
        }
        stream.put(sample, midSide && c == 1 ? bits + 1 : bits);
      }
    }
    stream.align();
    stream.put(stream.crc(frameStart, 16, 0x8005), 16);
    return stream.toByteArray();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bits from the most significant down. */
  private static final class Bits {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int current;
    private int count;

    Bits put(int value, int bits) {
      for (int i = bits - 1; i >= 0; i--) {
        current = current << 1 | value >> i & 1;
        if (++count == 8) {
          bytes.write(current);
          count = 0;
        }
      }
      return this;
    }

    void align() {
      while (count != 0) {
        put(0, 1);
      }
    }

    int size() {
      return bytes.size();
    }

    /** The cyclic redundancy check of the bytes from {@code from} on. */
    int crc(int from, int width, int polynomial) {
      byte[] all = bytes.toByteArray();
      int crc = 0;
      for (int i = from; i < all.length; i++) {
        crc ^= (all[i] & 0xFF) << width - 8;
        for (int bit = 0; bit < 8; bit++) {
          boolean carry = (crc >> width - 1 & 1) != 0;
          crc = (crc << 1 ^ (carry ? polynomial : 0)) & (1 << width) - 1;
        }
      }
      return crc;
    }

    byte[] toByteArray() {
      return bytes.toByteArray();
    }
  }
}
