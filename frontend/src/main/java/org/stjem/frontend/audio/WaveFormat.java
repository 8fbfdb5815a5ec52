package org.stjem.frontend.audio;

import java.io.IOException;
import java.util.HexFormat;
import java.util.Locale;

/** The {@code fmt } chunk of a WAV file: what its samples are. */
record WaveFormat(int sampleRate, int numChannels, SampleEncoding encoding) {
  private static final int PCM = 1;
  private static final int IEEE_FLOAT = 3;
  private static final int A_LAW = 6;
  private static final int MU_LAW = 7;
  private static final int EXTENSIBLE = 0xFFFE;
  private static final int MAX_CHANNELS = 64;
  private static final int BYTES = 16;
  private static final int EXTENSIBLE_BYTES = 40;

  /** What follows the format's old code in the GUIDs of WAVE_FORMAT_EXTENSIBLE. */
  private static final String GUID_TAIL = "0000-0010-800000aa00389b71";

  /** The same for Ambisonics in B-format, whose samples are no different. */
  private static final String AMBISONIC_TAIL = "0721-11d3-8644c8c1ca000000";

  /** Reads the content of the current chunk. */
  static WaveFormat read(RiffChunks chunks) throws IOException {
    long size = chunks.size();
    if (size < BYTES) {
      throw chunks.fault("'fmt ' chunk of " + size + " bytes, at least " + BYTES + " are needed");
    }
    int code = chunks.unsignedShort();
    int numChannels = chunks.unsignedShort();
    long sampleRate = chunks.unsignedInt();
    chunks.unsignedInt(); // bytes per second: follows from the rest
    int blockAlign = chunks.unsignedShort();
    int bits = chunks.unsignedShort();
    long read = BYTES;
    if (code == EXTENSIBLE) {
      if (size < EXTENSIBLE_BYTES) {
        throw chunks.fault(
            "extensible 'fmt ' chunk of "
                + size
                + " bytes, at least "
                + EXTENSIBLE_BYTES
                + " are needed");
      }
      code = readExtension(chunks, bits);
      read = EXTENSIBLE_BYTES;
    }
    chunks.skip(size - read);
    if (numChannels < 1 || numChannels > MAX_CHANNELS) {
      throw chunks.fault(numChannels + " channels, 1 to " + MAX_CHANNELS + " can be read");
    }
    if (sampleRate < 1 || sampleRate > Integer.MAX_VALUE) {
      throw chunks.fault("sample rate " + sampleRate + " Hz");
    }
    SampleEncoding encoding = encoding(chunks, code, bits);
    if (blockAlign != numChannels * encoding.size()) {
      throw chunks.fault(
          "block size "
              + blockAlign
              + ", but "
              + numChannels
              + " channels of "
              + bits
              + " bits make "
              + numChannels * encoding.size());
    }
    return new WaveFormat((int) sampleRate, numChannels, encoding);
  }

  /** The old code of an extensible format. */
  private static int readExtension(RiffChunks chunks, int bits) throws IOException {
    chunks.unsignedShort(); // size of what follows
    int validBits = chunks.unsignedShort();
    if (validBits > bits) {
      throw chunks.fault(validBits + " valid bits in samples of " + bits);
    }
    chunks.unsignedInt(); // which loudspeaker plays which channel
    // A GUID is three numbers, of which the first is the format's old code, and eight bytes.
    long code = chunks.unsignedInt();
    int second = chunks.unsignedShort();
    int third = chunks.unsignedShort();
    byte[] last = new byte[8];
    chunks.bytes(last);
    String tail =
        String.format(Locale.ROOT, "%04x-%04x-%s", second, third, HexFormat.of().formatHex(last));
    if (code > 0xFFFF || !tail.equals(GUID_TAIL) && !tail.equals(AMBISONIC_TAIL)) {
      throw chunks.fault(
          String.format(Locale.ROOT, "unknown extensible format %08x-%s", code, tail));
    }
    return (int) code;
  }

  private static SampleEncoding encoding(RiffChunks chunks, int code, int bits) {
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
      throw chunks.fault(
          "WAV format "
              + code
              + " with "
              + bits
              + " bits per sample; PCM (1) of 8 to 32 bits, float (3) of 32 or 64, A-law (6) and"
              + " mu-law (7) can be read, others through a pipe such as 'sox FILE -t wav - |'");
    }
    return encoding;
  }
}
