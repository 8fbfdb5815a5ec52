package org.stjem.frontend.audio;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;

/** Collects the samples of a stream whose length is not known beforehand, or not to be trusted. */
final class SampleBuffer {
  private static final int FIRST_CAPACITY = 1 << 16;

  private final float[][] channels;
  private int length;

  /**
   * An empty buffer.
   *
   * @param numChannels number of channels
   */
  SampleBuffer(int numChannels) {
    this.channels = new float[numChannels][FIRST_CAPACITY / numChannels + 1];
  }

  int length() {
    return length;
  }

  /** Makes room for {@code count} more samples per channel. */
  void reserve(int count) {
    long needed = (long) length + count;
    if (needed > Integer.MAX_VALUE - 16) {
      throw new StjemException("longer than 2^31 samples per channel");
    }
    if (needed > channels[0].length) {
      int capacity = (int) Math.min(Integer.MAX_VALUE - 16, Math.max(needed, 2L * length));
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

  /** Sets a sample behind the end, within what was reserved. */
  void set(int channel, int offset, float value) {
    if (!Float.isFinite(value)) {
      throw new StjemException(
          "sample " + (length + offset) + " of channel " + channel + " is " + value);
    }
    channels[channel][length + offset] = value;
  }

  /** Makes {@code count} samples that were set part of the recording. */
  void advance(int count) {
    length += count;
  }

  /** The recording, whose arrays are as long as it is. */
  WaveData toWaveData(int sampleRate) {
    float[][] exact = new float[channels.length][];
    for (int c = 0; c < channels.length; c++) {
      exact[c] = copy(channels[c], length);
    }
    return new WaveData(sampleRate, exact);
  }
}
