package org.stjem.frontend.audio;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.input.BoundedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;

/**
 * Reads WAV: RIFF, big-endian RIFX and 64-bit RF64, with PCM, IEEE float, mu-law or A-law samples.
 *
 * <p>The size of the {@code data} chunk holds, whatever the file says of itself as a whole; other
 * chunks before and behind it are skipped, and a warning tells of samples that are left out. A size
 * of 0 or near the limit of its 32 bits, which programs leave that write to a pipe, means that the
 * data end with the file, of which the size in the RIFF header tells if it is not such a number
 * too, else with the stream, as in Kaldi (feat/wave-reader.cc).
 */
final class RiffDecoder {
  private static final Logger logger = LoggerFactory.getLogger(RiffDecoder.class);

  /** SoX leaves 0x7FFFF000 minus a header, other programs 2^31, 2^32 - 1 or a little less. */
  private static final long NEAR = 1 << 16;

  private static final int HEADER_BYTES = 8;
  private static final String DATA = "data";

  /** What tells a data chunk without samples from one whose size was never filled in. */
  private static final Set<String> BEHIND_DATA =
      Set.of("LIST", "JUNK", "PAD ", "PEAK", "bext", "cue ", "fact", "iXML", "id3 ", "smpl", DATA);

  private static final Set<String> FILES = Set.of("RIFF", "RIFX", "RF64");

  private final BoundedInputStream in;
  private final RiffChunks chunks;
  private final ByteOrder order;
  private final String name;
  private final SampleBuffer samples;
  private final boolean longSizes;

  /** Where the file ends by its own words; 0 if it does not tell. */
  private long fileEnd;

  private RiffDecoder(BoundedInputStream in, String magic, String name, SampleBuffer samples) {
    this.order = magic.equals("RIFX") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    this.longSizes = magic.equals("RF64");
    this.in = in;
    this.chunks = new RiffChunks(in, order);
    this.name = name;
    this.samples = samples;
  }

  /**
   * Reads one recording.
   *
   * @param in counts from the file's start and stands behind its magic; left just behind the
   *     samples
   */
  static RiffDecoder read(BoundedInputStream in, String magic, String name, SampleBuffer samples)
      throws IOException {
    RiffDecoder decoder = new RiffDecoder(in, magic, name, samples);
    boolean empty = false;
    try {
      WaveFormat format = decoder.findData();
      while (!decoder.readData(format)) {
        empty = true;
        decoder.findNextData();
      }
    } catch (EOFException e) {
      throw new StjemException(
          empty
              ? PcmDecoder.NO_SAMPLES
              : "WAV header ends early, at byte " + in.getCount() + ", before any samples",
          e);
    }
    return decoder;
  }

  /** Goes to the content of the {@code data} chunk. */
  private WaveFormat findData() throws IOException {
    setFileSize(chunks.unsignedInt());
    String type = chunks.tag();
    if (!type.equals("WAVE")) {
      throw chunks.fault("expected WAVE, found '" + type + "'");
    }
    WaveFormat format = null;
    while (true) {
      chunks.next();
      switch (chunks.id()) {
        case "ds64" -> {
          checkedSize();
          if (longSizes) {
            setFileSize(chunks.readLongSizes());
          } else {
            chunks.skip(chunks.size());
          }
        }
        case "fmt " -> {
          checkedSize();
          WaveFormat found = WaveFormat.read(chunks);
          if (format != null && !format.equals(found)) {
            throw chunks.fault("a second 'fmt ' chunk that says otherwise than the first");
          }
          format = found;
        }
        case DATA -> {
          if (format == null) {
            throw chunks.fault("'data' chunk before any 'fmt ' chunk");
          }
          return format;
        }
        case "LIST" -> skipList();
        default -> chunks.skip(checkedSize());
      }
    }
  }

  private void findNextData() throws IOException {
    while (!chunks.id().equals(DATA)) {
      chunks.skip(checkedSize());
      chunks.next();
    }
  }

  private void setFileSize(long size) {
    fileEnd = size == 0 || isUnknown(size) ? 0 : HEADER_BYTES + size;
  }

  /** Whether nothing but the end of the stream can tell a size other than 0. */
  private boolean isUnknown(long size) {
    if (longSizes) {
      return size < 0 || size == RiffChunks.LONG_SIZE;
    }
    return size > (1L << 31) - NEAR && size <= 1L << 31 || size > (1L << 32) - NEAR;
  }

  /** The size of a chunk that is to be skipped. */
  private long checkedSize() {
    long size = chunks.size();
    if (size < 0 || longSizes && size == RiffChunks.LONG_SIZE) {
      throw chunks.fault("nothing tells the size of chunk '" + chunks.id() + "'");
    }
    return size;
  }

  private void skipList() throws IOException {
    long size = checkedSize();
    if (size >= 4) {
      if (chunks.tag().equals("wavl")) {
        throw chunks.fault(
            "samples in a list of pieces ('wavl') cannot be read; they can through a pipe such as"
                + " 'sox FILE -t wav - |'");
      }
      size -= 4;
    }
    chunks.skip(size);
  }

  /**
   * Reads the samples.
   *
   * @return false if the chunk has none; then the header of the next chunk was read
   */
  private boolean readData(WaveFormat format) throws IOException {
    long size = chunks.size();
    InputStream from = in;
    if (size == 0) {
      byte[] start = new byte[HEADER_BYTES];
      int got = IOUtils.read(in, start);
      if (got == start.length && chunks.isHeader(start, BEHIND_DATA)) {
        return false;
      }
      from = new SequenceInputStream(new ByteArrayInputStream(Arrays.copyOf(start, got)), in);
      size = toTheEnd(in.getCount() - got);
    } else if (isUnknown(size)) {
      size = toTheEnd(in.getCount());
    }
    PcmDecoder.read(
        from,
        name,
        format.sampleRate(),
        format.numChannels(),
        format.encoding(),
        order,
        size,
        samples);
    return true;
  }

  /** The size of data that begin at {@code start} and end with the file. */
  private long toTheEnd(long start) {
    return fileEnd > start ? fileEnd - start : PcmDecoder.TO_THE_END;
  }

  /** Skips what follows the data, to the end of the stream, and warns if it may be samples. */
  void skipRest() throws IOException {
    try {
      chunks.pad();
      while (nextIsChunk()) {
        chunks.skip(checkedSize());
      }
    } catch (EOFException e) {
      // The file ends within a chunk behind the samples, of which nothing was wanted.
    }
  }

  private boolean nextIsChunk() throws IOException {
    long start = chunks.position();
    try {
      chunks.next();
    } catch (EOFException e) {
      if (in.getCount() > start) {
        warnOfRest(start);
      }
      return false;
    }
    String id = chunks.id();
    if (!RiffChunks.isId(id)) {
      warnOfRest(start);
      return false;
    }
    if (id.equals(DATA) || FILES.contains(id)) {
      logger.warn(
          "{}: a second '{}' chunk, of {} bytes, stands behind the samples, at byte {}; it is left"
              + " out",
          name,
          id,
          chunks.size(),
          start);
    }
    return true;
  }

  private void warnOfRest(long start) throws IOException {
    IOUtils.consume(in);
    logger.warn(
        "{}: what stands behind the samples, from byte {} to {}, is no chunk; it is left out",
        name,
        start,
        in.getCount() - 1);
  }
}
