package org.stjem.frontend.audio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.input.BoundedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiInput;

/**
 * Reads recordings in WAV, FLAC or NIST SPHERE format, told apart by their first bytes; what starts
 * like none of them may be read as samples without header.
 */
public final class WaveReader {
  private static final Logger logger = LoggerFactory.getLogger(WaveReader.class);

  private WaveReader() {}

  /**
   * Reads one recording.
   *
   * @param in a WAV, FLAC or SPHERE stream from its first byte to its last, which is read to its
   *     end; not closed
   * @param name the file or command it comes from, for messages
   * @throws StjemException if the stream is empty, of another format, or corrupt, or cannot be read
   */
  public static WaveData read(InputStream in, String name) {
    return read(in, name, null);
  }

  /**
   * Reads one recording.
   *
   * @param raw what samples without header are; null to refuse them
   */
  public static WaveData read(InputStream in, String name, RawFormat raw) {
    try {
      return decode(in, name, raw, () -> {});
    } catch (StjemException e) {
      throw new StjemException(name + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StjemException(name + ": cannot be read: " + StjemException.reason(e), e);
    }
  }

  /**
   * Reads one recording and hands its samples on as they come.
   *
   * @param in a WAV, FLAC or SPHERE stream from its first byte, or an entry of an archive; not
   *     closed
   * @param raw what samples without header are; null to refuse them
   * @throws StjemException as {@link #read(InputStream, String)} does, but without the name; or
   *     what the listener throws
   */
  public static void listen(KaldiInput in, RawFormat raw, AudioListener listener)
      throws IOException {
    try (SampleBuffer samples = new SampleBuffer(listener)) {
      decode(in, in.name(), raw, beforeRest(in), samples);
    }
  }

  /**
   * What to call before the rest of {@code in} is read; null in an archive, where a key came first.
   */
  static Runnable beforeRest(KaldiInput in) {
    return in.position() == 0 ? in::complete : null;
  }

  /** Reads one recording; faults do not name it, warnings do. */
  static WaveData decode(InputStream in, String name, RawFormat raw, Runnable beforeRest)
      throws IOException {
    try (SampleBuffer samples = new SampleBuffer(Integer.MAX_VALUE)) {
      decode(in, name, raw, beforeRest, samples);
      return samples.toWaveData();
    }
  }

  /**
   * Reads the samples of one recording.
   *
   * @param beforeRest called before what follows the samples is read, where the stream holds
   *     nothing but the recording: it is read to its end then, with a warning of what is left out.
   *     Null if not: then, of a WAV or SPHERE file of known length, not a byte more than its
   *     samples is consumed, so that recordings can follow each other in an archive; FLAC needs a
   *     stream of its own.
   */
  static void decode(
      InputStream in, String name, RawFormat raw, Runnable beforeRest, SampleBuffer samples)
      throws IOException {
    BoundedInputStream counted =
        BoundedInputStream.builder().setInputStream(in).setPropagateClose(false).get();
    byte[] start = new byte[4];
    int got = IOUtils.read(counted, start);
    if (got == 0) {
      throw new StjemException("empty, no audio");
    }
    String magic = new String(start, 0, got, StandardCharsets.ISO_8859_1);
    Rest rest = () -> skipRest(counted, name);
    switch (magic) {
      case "RIFF", "RIFX", "RF64" -> {
        RiffDecoder riff = RiffDecoder.read(counted, magic, name, samples);
        rest = riff::skipRest;
      }
      case "fLaC" -> FlacDecoder.read(counted, name, samples);
      case "NIST" -> SphereDecoder.read(counted, name, samples);
      default -> {
        if (raw == null) {
          throw new StjemException(
              "starts with bytes "
                  + HexFormat.ofDelimiter(" ").formatHex(start, 0, got)
                  + ", which is none of WAV, FLAC and SPHERE; other formats can come through a"
                  + " pipe such as 'sox FILE -t wav - |', samples without header with"
                  + " --raw-sample-rate");
        }
        PcmDecoder.read(
            new SequenceInputStream(new ByteArrayInputStream(start, 0, got), counted),
            name,
            raw.sampleRate(),
            raw.numChannels(),
            raw.encoding().encoding(),
            raw.encoding().order(),
            PcmDecoder.TO_THE_END,
            samples);
      }
    }
    if (beforeRest != null) {
      beforeRest.run();
      rest.skip();
    }
  }

  /** What stands behind the samples. */
  private interface Rest {
    void skip() throws IOException;
  }

  private static void skipRest(BoundedInputStream in, String name) throws IOException {
    long end = in.getCount();
    if (IOUtils.consume(in) > 0) {
      logger.warn(
          "{}: what stands behind the samples, from byte {} to {}, is left out",
          name,
          end,
          in.getCount() - 1);
    }
  }
}
