package org.stjem.frontend.audio;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;

/** Writes recordings as 16-bit PCM WAV, byte for byte as Kaldi does (feat/wave-reader.cc). */
public final class WaveWriter {
  private static final Logger logger = LoggerFactory.getLogger(WaveWriter.class);
  private static final int HEADER_BYTES = 44;

  /** Even, as is the header's length, so that a sample is never split. */
  private static final int BLOCK_BYTES = 1 << 16;

  private WaveWriter() {}

  /**
   * Writes one recording. Fractions are cut off towards zero; samples beyond 16 bits are clipped,
   * with a warning that counts them.
   *
   * @param wave the recording
   * @param out not closed
   * @param name what is written, for messages
   * @throws StjemException if the recording is longer than a WAV file can be
   */
  public static void write(WaveData wave, OutputStream out, String name) throws IOException {
    int frameBytes = 2 * wave.numChannels();
    long dataBytes = (long) frameBytes * wave.numSamples();
    if (dataBytes > Integer.MAX_VALUE - HEADER_BYTES) {
      throw new StjemException(
          name + ": " + dataBytes + " bytes of samples, a WAV file holds at most 2^31");
    }
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(ascii("RIFF")).putInt((int) dataBytes + HEADER_BYTES - 8).put(ascii("WAVE"));
    bytes.put(ascii("fmt ")).putInt(16).putShort((short) 1).putShort((short) wave.numChannels());
    bytes.putInt(wave.sampleRate()).putInt(wave.sampleRate() * frameBytes);
    bytes.putShort((short) frameBytes).putShort((short) 16);
    bytes.put(ascii("data")).putInt((int) dataBytes);
    long clipped = 0;
    for (int i = 0; i < wave.numSamples(); i++) {
      for (float[] channel : wave.channels()) {
        if (!bytes.hasRemaining()) {
          flush(bytes, out);
        }
        int sample = (int) channel[i];
        int stored = Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, sample));
        clipped += stored == sample ? 0 : 1;
        bytes.putShort((short) stored);
      }
    }
    flush(bytes, out);
    if (clipped > 0) {
      logger.warn(
          "{}: clipped {} of {} samples; reduce the volume?",
          name,
          clipped,
          (long) wave.numSamples() * wave.numChannels());
    }
  }

  private static void flush(ByteBuffer bytes, OutputStream out) throws IOException {
    out.write(bytes.array(), 0, bytes.position());
    bytes.clear();
  }

  private static byte[] ascii(String tag) {
    return tag.getBytes(StandardCharsets.US_ASCII);
  }
}
