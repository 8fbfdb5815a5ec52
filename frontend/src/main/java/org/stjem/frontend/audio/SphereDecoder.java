package org.stjem.frontend.audio;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.io.input.BoundedInputStream;
import org.stjem.frontend.io.StjemException;

/**
 * Reads NIST SPHERE files with PCM, mu-law or A-law samples, as on LDC's discs.
 *
 * <p>The header is text: {@code NIST_1A}, the header's size in bytes, lines {@code name -type
 * value}, {@code end_head}.
 */
final class SphereDecoder {
  private static final int PREAMBLE_BYTES = 16;
  private static final int MAX_HEADER_BYTES = 1 << 20;
  private static final int MAX_CHANNELS = 64;

  private final Map<String, String> fields = new HashMap<>();

  private SphereDecoder() {}

  /** Reads one recording; {@code in} counts from the file's start and stands behind "NIST". */
  static void read(BoundedInputStream in, String name, SampleBuffer samples) throws IOException {
    SphereDecoder decoder = new SphereDecoder();
    try {
      decoder.readHeader(new DataInputStream(in), (int) in.getCount());
    } catch (EOFException e) {
      throw new StjemException(
          "SPHERE header ends early, at byte " + in.getCount() + ", before any samples", e);
    }
    decoder.readSamples(in, name, samples);
  }

  private void readHeader(DataInputStream in, int alreadyRead) throws IOException {
    byte[] preamble = new byte[PREAMBLE_BYTES - alreadyRead];
    in.readFully(preamble);
    String[] lines = new String(preamble, StandardCharsets.ISO_8859_1).split("\n", 3);
    if (!lines[0].equals("_1A")) {
      throw new StjemException("SPHERE header of version 'NIST" + lines[0] + "', not NIST_1A");
    }
    int size = lines.length < 2 ? 0 : parse("header size", lines[1].strip());
    if (size < PREAMBLE_BYTES || size > MAX_HEADER_BYTES) {
      throw new StjemException(
          "SPHERE header size " + size + ", expected 16 to " + MAX_HEADER_BYTES);
    }
    byte[] rest = new byte[size - PREAMBLE_BYTES];
    in.readFully(rest);
    for (String line : new String(rest, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      if (line.strip().equals("end_head")) {
        return;
      }
      String[] parts = line.strip().split("\\s+", 3);
      if (parts.length == 3 && !parts[0].startsWith(";")) {
        fields.put(parts[0], parts[2].strip());
      }
    }
    throw new StjemException("SPHERE header of " + size + " bytes without end_head");
  }

  private void readSamples(BoundedInputStream in, String name, SampleBuffer samples)
      throws IOException {
    String coding = fields.getOrDefault("sample_coding", "pcm").toLowerCase(Locale.ROOT);
    if (coding.contains(",")) {
      throw new StjemException(
          "SPHERE samples are compressed ("
              + coding
              + "); write 'sph2pipe -f wav -p "
              + name
              + " |' in place of the file");
    }
    int bytes = integer("sample_n_bytes", 1, 4, coding.equals("pcm") ? 2 : 1);
    SampleEncoding encoding = null;
    switch (coding + bytes) {
      case "pcm1" -> encoding = SampleEncoding.SIGNED_8;
      case "pcm2" -> encoding = SampleEncoding.SIGNED_16;
      case "pcm3" -> encoding = SampleEncoding.SIGNED_24;
      case "pcm4" -> encoding = SampleEncoding.SIGNED_32;
      case "ulaw1", "mu-law1" -> encoding = SampleEncoding.MU_LAW;
      case "alaw1" -> encoding = SampleEncoding.A_LAW;
      default ->
          throw new StjemException(
              "SPHERE sample_coding '"
                  + coding
                  + "' with "
                  + bytes
                  + " bytes; pcm, ulaw and alaw can be read");
    }
    int numChannels = integer("channel_count", 1, MAX_CHANNELS, 1);
    int sampleRate = integer("sample_rate", 1, Integer.MAX_VALUE, 0);
    long count = integer("sample_count", 0, Integer.MAX_VALUE, 0);
    if (numChannels > 1
        && !fields.getOrDefault("channels_interleaved", "TRUE").equalsIgnoreCase("TRUE")) {
      throw new StjemException(
          "SPHERE channels_interleaved is "
              + fields.get("channels_interleaved")
              + "; only TRUE can be read, where the samples of one moment stand together");
    }
    ByteOrder order = byteOrder(bytes);
    PcmDecoder.read(
        in,
        name,
        sampleRate,
        numChannels,
        encoding,
        order,
        count == 0 ? PcmDecoder.TO_THE_END : count * numChannels * encoding.size(),
        samples);
  }

  /** The order of the bytes of a sample, which the field numbers from the least significant. */
  private ByteOrder byteOrder(int bytes) {
    String little = "0123".substring(0, bytes);
    String order = fields.getOrDefault("sample_byte_format", little);
    if (bytes == 1 || order.equals(little)) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    String big = new StringBuilder(little).reverse().toString();
    if (!order.equals(big)) {
      throw new StjemException(
          "SPHERE sample_byte_format is '"
              + order
              + "', expected "
              + little
              + " or "
              + big
              + " for samples of "
              + bytes
              + " bytes");
    }
    return ByteOrder.BIG_ENDIAN;
  }

  private int integer(String field, int min, int max, int fallback) {
    String text = fields.get(field);
    int value = text == null ? fallback : parse(field, text);
    if (value < min || value > max) {
      throw new StjemException(
          "SPHERE "
              + field
              + " is "
              + (text == null ? "missing" : text)
              + ", expected "
              + min
              + " to "
              + max);
    }
    return value;
  }

  private int parse(String field, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new StjemException("SPHERE " + field + " '" + text + "' is not a number", e);
    }
  }
}
