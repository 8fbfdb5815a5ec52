package org.stjem.frontend.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiInput;

/**
 * A recording that was read to its end and checked, and takes little memory whatever its length: up
 * to 2^20 samples stay there, and those of a longer one lie in temporary files, a file of floats
 * per channel. These have no name any more once they are open, so that nothing is left of them
 * however the program ends; the system property {@code java.io.tmpdir} says where.
 */
public final class SpooledWave implements SampleSource, AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(SpooledWave.class);

  /** Samples of all channels together. */
  private static final int IN_MEMORY = 1 << 20;

  private final int sampleRate;
  private final int numSamples;

  /** All samples; null if they are in files. */
  private final WaveData memory;

  private final List<FileChannel> files;

  /** What stays in memory. */
  SpooledWave(WaveData memory) {
    this.sampleRate = memory.sampleRate();
    this.numSamples = memory.numSamples();
    this.memory = memory;
    this.files = List.of();
  }

  /** What is in files, one per channel, which are closed together with the recording. */
  SpooledWave(int sampleRate, int numSamples, List<FileChannel> files) {
    this.sampleRate = sampleRate;
    this.numSamples = numSamples;
    this.memory = null;
    this.files = files;
  }

  /**
   * Reads one recording.
   *
   * @param in a WAV, FLAC or SPHERE stream from its first byte; not closed
   * @param raw what samples without header are; null to refuse them
   * @throws StjemException if the stream is empty, of another format, or corrupt
   */
  public static SpooledWave read(KaldiInput in, RawFormat raw) throws IOException {
    return read(in, in.name(), raw, WaveReader.beforeRest(in), IN_MEMORY);
  }

  /** Reads one recording, with so many samples in memory at most; as {@link WaveReader#decode}. */
  static SpooledWave read(
      InputStream in, String name, RawFormat raw, Runnable beforeRest, int inMemory)
      throws IOException {
    try (SampleBuffer samples = new SampleBuffer(inMemory)) {
      WaveReader.decode(in, name, raw, beforeRest, samples);
      return samples.toSpooledWave();
    }
  }

  /** A new file without a name, to be written and read. */
  static FileChannel unnamedFile() {
    try {
      Path file = Files.createTempFile("stjem", ".samples");
      // Unix systems remove its name at once.
      return FileChannel.open(
          file,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw cannotSpool(e);
    }
  }

  static StjemException cannotSpool(IOException cause) {
    return new StjemException(
        "cannot keep the samples of a long recording in a temporary file in "
            + System.getProperty("java.io.tmpdir")
            + ": "
            + StjemException.reason(cause),
        cause);
  }

  static void close(List<FileChannel> files) {
    for (FileChannel file : files) {
      try {
        file.close();
      } catch (IOException e) {
        logger.warn("cannot close a temporary file: {}", StjemException.reason(e));
      }
    }
  }

  @Override
  public int sampleRate() {
    return sampleRate;
  }

  @Override
  public int numChannels() {
    return memory == null ? files.size() : memory.numChannels();
  }

  @Override
  public int numSamples() {
    return numSamples;
  }

  @Override
  public float[] samples(int channel, int from, int to) {
    if (memory != null) {
      return memory.samples(channel, from, to);
    }
    ByteBuffer bytes = ByteBuffer.allocate((to - from) * Float.BYTES);
    try {
      while (bytes.hasRemaining()) {
        long at = (long) from * Float.BYTES + bytes.position();
        if (files.get(channel).read(bytes, at) < 0) {
          throw new IOException("it ends at byte " + at);
        }
      }
    } catch (IOException e) {
      throw cannotSpool(e);
    }
    float[] samples = new float[to - from];
    bytes.flip().asFloatBuffer().get(samples);
    return samples;
  }

  /** Gives the disk space back. */
  @Override
  public void close() {
    close(files);
  }
}
