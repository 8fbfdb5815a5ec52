package org.stjem.frontend.audio;

import java.io.DataInput;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.input.BoundedInputStream;
import org.apache.commons.io.input.SwappedDataInputStream;
import org.stjem.frontend.io.StjemException;

/**
 * Reads WAV: RIFF, big-endian RIFX and 64-bit RF64, with PCM, IEEE float, mu-law or A-law samples.
 *
 * <p>As in Kaldi (feat/wave-reader.cc), chunks before {@code data} are skipped, the data may be
 * shorter than announced, and sizes of 0 or near the limit of their 32 bits, which programs leave
 * that write to a pipe, mean that the data end with the stream.
 */
final class RiffDecoder {
  private static final int PCM = 1;
  private static final int IEEE_FLOAT = 3;
  private static final int A_LAW = 6;
  private static final int MU_LAW = 7;
  private static final int EXTENSIBLE = 0xFFFE;

  /** SoX leaves 0x7FFFF000 minus a header, other programs 0x7FFFFFFF or more. */
  private static final long STREAMED_FROM = 0x7FFF0000L;

  private static final int MAX_CHANNELS = 64;

  private final BoundedInputStream in;
  private final DataInput data;
  private final ByteOrder order;
  private final String name;
  private final SampleBuffer samples;
  private Format format;

  private record Format(int sampleRate, int numChannels, SampleEncoding encoding) {}

  private RiffDecoder(BoundedInputStream in, ByteOrder order, String name, SampleBuffer samples) {
    this.in = in;
    this.data =
        order == ByteOrder.BIG_ENDIAN ? new DataInputStream(in) : new SwappedDataInputStream(in);
    this.order = order;
    this.name = name;
    this.samples = samples;
  }

  /** Reads one recording; {@code in} counts from the file's start and stands behind its magic. */
  static void read(BoundedInputStream in, String magic, String name, SampleBuffer samples)
      throws IOException {
    ByteOrder order = magic.equals("RIFX") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    RiffDecoder decoder = new RiffDecoder(in, order, name, samples);
    try {
      decoder.read(magic.equals("RF64"));
    } catch (EOFException e) {
      throw new StjemException(
          "WAV header ends early, at byte " + in.getCount() + ", before any samples", e);
    }
  }

  private void read(boolean longSizes) throws IOException {
    long riffSize = unsignedInt();
    String type = tag();
    if (!type.equals("WAVE")) {
      throw fault("expected WAVE, found '" + type + "'");
    }
    while (true) {
      String chunk = tag();
      long size = unsignedInt();
      if (chunk.equals("fmt ")) {
        format = readFormat(size);
      } else if (chunk.equals("data")) {
        if (format == null) {
          throw fault("'data' chunk before any 'fmt ' chunk");
        }
        boolean streamed =
            longSizes
                || riffSize == 0
                || riffSize == 0xFFFFFFFFL
                || size == 0
                || size >= STREAMED_FROM;
        PcmDecoder.read(
            in,
            name,
            format.sampleRate,
            format.numChannels,
            format.encoding,
            order,
            streamed ? PcmDecoder.TO_THE_END : size,
            samples);
        return;
      } else {
        // A chunk of odd size is followed by a byte of padding.
        skip(size + (size & 1));
      }
    }
  }

  private Format readFormat(long size) throws IOException {
    if (size < 16) {
      throw fault("'fmt ' chunk of " + size + " bytes, at least 16 are needed");
    }
    int code = unsignedShort();
    int numChannels = unsignedShort();
    long sampleRate = unsignedInt();
    unsignedInt(); // bytes per second: follows from the rest
    int blockAlign = unsignedShort();
    int bits = unsignedShort();
    long read = 16;
    if (code == EXTENSIBLE) {
      if (size < 40) {
        throw fault("extensible 'fmt ' chunk of " + size + " bytes, at least 40 are needed");
      }
      skip(8);
      // The GUID of the format starts with its old code and goes on with a constant.
      code = unsignedShort();
      skip(14);
      read = 40;
    }
    skip(size - read + (size & 1));
    if (numChannels < 1 || numChannels > MAX_CHANNELS) {
      throw fault(numChannels + " channels, 1 to " + MAX_CHANNELS + " can be read");
    }
    if (sampleRate < 1 || sampleRate > Integer.MAX_VALUE) {
      throw fault("sample rate " + sampleRate + " Hz");
    }
    SampleEncoding encoding = encoding(code, bits);
    if (blockAlign != numChannels * encoding.size()) {
      throw fault(
          "block size "
              + blockAlign
              + ", but "
              + numChannels
              + " channels of "
              + bits
              + " bits make "
              + numChannels * encoding.size());
    }
    return new Format((int) sampleRate, numChannels, encoding);
  }

  private SampleEncoding encoding(int code, int bits) {
    SampleEncoding encoding = null;
    if (code == PCM) {
      // Samples fill whole bytes from the most significant bit down.
      switch ((bits + 7) / 8) {
        case 1 -> encoding = SampleEncoding.UNSIGNED_8;
        case 2 -> encoding = SampleEncoding.SIGNED_16;
        case 3 -> encoding = SampleEncoding.SIGNED_24;
        case 4 -> encoding = SampleEncoding.SIGNED_32;
        default -> {}
      }
    } else if (code == IEEE_FLOAT && bits == 32) {
      encoding = SampleEncoding.FLOAT_32;
    } else if (code == IEEE_FLOAT && bits == 64) {
      encoding = SampleEncoding.FLOAT_64;
    } else if (code == A_LAW && bits == 8) {
      encoding = SampleEncoding.A_LAW;
    } else if (code == MU_LAW && bits == 8) {
      encoding = SampleEncoding.MU_LAW;
    }
    if (encoding == null) {
      throw fault(
          "WAV format "
              + code
              + " with "
              + bits
              + " bits per sample; PCM (1) of 8 to 32 bits, float (3) of 32 or 64, A-law (6) and"
              + " mu-law (7) can be read, others through a pipe such as 'sox FILE -t wav - |'");
    }
    return encoding;
  }

  private String tag() throws IOException {
    byte[] bytes = new byte[4];
    data.readFully(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private int unsignedShort() throws IOException {
    return data.readUnsignedShort();
  }

  private long unsignedInt() throws IOException {
    return Integer.toUnsignedLong(data.readInt());
  }

  private void skip(long count) throws IOException {
    IOUtils.skipFully(in, count);
  }

  private StjemException fault(String what) {
    return new StjemException("at byte " + in.getCount() + ": " + what);
  }
}
