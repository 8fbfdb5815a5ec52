package org.stjem.frontend.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.commons.io.IOUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;

/** Reads interleaved samples of constant size until their announced end or that of the stream. */
final class PcmDecoder {
  /** Announces data of unknown length, which end with the stream. */
  static final long TO_THE_END = -1;

  private static final Logger logger = LoggerFactory.getLogger(PcmDecoder.class);
  private static final int BLOCK_BYTES = 1 << 16;

  static final String NO_SAMPLES = "no samples behind the header";

  private PcmDecoder() {}

  /**
   * Reads the samples.
   *
   * @param in at the first sample; left just behind the last
   * @param name what is read, for warnings
   * @param sampleRate samples per second
   * @param numChannels samples that belong to one moment
   * @param encoding how a sample is stored
   * @param order the order of its bytes
   * @param numBytes announced length of the data, or {@link #TO_THE_END}; fewer are read with a
   *     warning, as Kaldi does, and so are bytes behind the last whole sample of every channel
   * @param samples where they go
   */
  static void read(
      InputStream in,
      String name,
      int sampleRate,
      int numChannels,
      SampleEncoding encoding,
      ByteOrder order,
      long numBytes,
      SampleBuffer samples)
      throws IOException {
    int frameBytes = encoding.size() * numChannels;
    byte[] block = new byte[samples.blockBytes(BLOCK_BYTES) / frameBytes * frameBytes];
    ByteBuffer bytes = ByteBuffer.wrap(block).order(order);
    samples.start(sampleRate, numChannels);
    long read = 0;
    while (numBytes == TO_THE_END || read < numBytes) {
      int wanted =
          numBytes == TO_THE_END ? block.length : (int) Math.min(block.length, numBytes - read);
      int got = IOUtils.read(in, block, 0, wanted);
      read += got;
      int frames = got / frameBytes;
      samples.reserve(frames);
      for (int c = 0; c < numChannels; c++) {
        int at = c * encoding.size();
        for (int i = 0; i < frames; i++, at += frameBytes) {
          samples.set(c, i, encoding.decode(bytes, at));
        }
      }
      samples.advance(frames);
      if (got < wanted) {
        break;
      }
    }
    if (samples.length() == 0) {
      throw new StjemException(NO_SAMPLES);
    }
    if (read < numBytes) {
      logger.warn(
          "{}: expected {} bytes of samples, found {}; truncated file?", name, numBytes, read);
      samples.truncated();
    } else if (read % frameBytes != 0) {
      logger.warn(
          "{}: left out at the end: {} of {} bytes of samples, as a sample of every channel takes {}",
          name,
          read % frameBytes,
          read,
          frameBytes);
    }
  }
}
