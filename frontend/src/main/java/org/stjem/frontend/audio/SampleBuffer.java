package org.stjem.frontend.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stjem.frontend.io.StjemException;

/**
 * Collects the samples of a stream whose length is not known beforehand, or not to be trusted; what
 * exceeds the memory that it may have goes into files.
 */
final class SampleBuffer implements AutoCloseable {
  private static final int FIRST_CAPACITY = 1 << 16;
  private static final int LONGEST = Integer.MAX_VALUE - 16;
  private static final int FILE_BLOCK = 1 << 14;

  /** An eighth of a second of 16-bit samples at 16 kHz. */
  private static final int LIVE_BLOCK_BYTES = 1 << 12;

  /** Twenty times what samples of 32 bits are when they are mistaken for those at full scale ±1. */
  private static final float LARGEST = 32768f * 4e10f;

  private final int inMemory;

  /** Takes the samples as they come; null if they are to be kept. */
  private final AudioListener listener;

  private final List<FileChannel> files = new ArrayList<>();
  private int sampleRate;
  private float[][] channels;

  /** Samples per channel in {@link #channels}, and before these in files or handed on. */
  private int length;

  private long spooled;

  /**
   * An empty buffer.
   *
   * @param inMemory samples of all channels together from which on files are used
   */
  SampleBuffer(int inMemory) {
    this.inMemory = inMemory;
    this.listener = null;
  }

  /** A buffer that hands the samples on as they come. */
  SampleBuffer(AudioListener listener) {
    this.inMemory = Integer.MAX_VALUE;
    this.listener = listener;
  }

  /** Bytes to read at a time at most, where the stream may be one that somebody waits for. */
  int blockBytes(int otherwise) {
    return listener == null ? otherwise : Math.min(otherwise, LIVE_BLOCK_BYTES);
  }

  /** Starts the one recording that the buffer is for. */
  void start(int rate, int numChannels) {
    sampleRate = rate;
    if (listener != null) {
      listener.start(rate, numChannels);
    }
    channels = new float[numChannels][FIRST_CAPACITY / numChannels + 1];
  }

  long length() {
    return spooled + length;
  }

  /** Makes room for {@code count} more samples per channel. */
  void reserve(int count) {
    if (listener == null && spooled + length + count > LONGEST) {
      throw new StjemException("longer than 2^31 samples per channel");
    }
    if (length + count <= channels[0].length) {
      return;
    }
    if ((long) (length + count) * channels.length > inMemory) {
      spool();
    }
    long needed = (long) length + count;
    if (needed > channels[0].length) {
      int capacity = (int) Math.min(LONGEST, Math.max(needed, 2L * length));
      for (int c = 0; c < channels.length; c++) {
        channels[c] = copy(channels[c], capacity);
      }
    }
  }

  private static float[] copy(float[] samples, int length) {
    try {
      return Arrays.copyOf(samples, length);
    } catch (OutOfMemoryError e) {
      throw new StjemException(
          "not enough memory for a channel of "
              + length
              + " samples: the Java heap has "
              + Runtime.getRuntime().maxMemory()
              + " bytes",
          e);
    }
  }

  /** Moves what is in memory to the ends of the files. */
  private void spool() {
    ByteBuffer bytes = ByteBuffer.allocate(FILE_BLOCK * Float.BYTES);
    for (int c = 0; c < channels.length; c++) {
      if (files.size() == c) {
        files.add(SpooledWave.unnamedFile());
      }
      for (int i = 0; i < length; i += FILE_BLOCK) {
        int count = Math.min(FILE_BLOCK, length - i);
        bytes.clear().asFloatBuffer().put(channels[c], i, count);
        bytes.limit(count * Float.BYTES);
        try {
          while (bytes.hasRemaining()) {
            files.get(c).write(bytes);
          }
        } catch (IOException e) {
          throw SpooledWave.cannotSpool(e);
        }
      }
    }
    spooled += length;
    length = 0;
  }

  /** Sets a sample behind the end, within what was reserved. */
  void set(int channel, int offset, float value) {
    // Not `> LARGEST`, which NaN is not either.
    if (!(Math.abs(value) <= LARGEST)) {
      throw new StjemException(
          "sample "
              + (length() + offset)
              + " of channel "
              + channel
              + " is "
              + (Float.isFinite(value) ? value / 32768 + " where full scale is 1" : value));
    }
    channels[channel][length + offset] = value;
  }

  /** Makes {@code count} samples that were set part of the recording. */
  void advance(int count) {
    length += count;
    if (listener != null && length > 0) {
      float[][] samples = new float[channels.length][];
      for (int c = 0; c < channels.length; c++) {
        samples[c] = Arrays.copyOf(channels[c], length);
      }
      spooled += length;
      length = 0;
      listener.samples(samples);
    }
  }

  /** Says that the recording ends before its header does. */
  void truncated() {
    if (listener != null) {
      listener.truncated();
    }
  }

  /** The recording, whose arrays are as long as it is; nothing may be in files. */
  WaveData toWaveData() {
    float[][] exact = new float[channels.length][];
    for (int c = 0; c < channels.length; c++) {
      exact[c] = copy(channels[c], length);
    }
    return new WaveData(sampleRate, exact);
  }

  /** The recording, wherever its samples are; it closes the files. */
  SpooledWave toSpooledWave() {
    if (files.isEmpty()) {
      return new SpooledWave(toWaveData());
    }
    spool();
    SpooledWave wave = new SpooledWave(sampleRate, (int) spooled, List.copyOf(files));
    files.clear();
    return wave;
  }

  /** Removes the files of a recording that did not come to its end. */
  @Override
  public void close() {
    SpooledWave.close(files);
    files.clear();
  }
}
