package org.stjem.frontend.audio;

import java.util.Arrays;

/**
 * The samples of one recording at the scale of 16-bit integers: full scale is ±32768 whatever the
 * resolution of the file (feat/wave-reader.h, {@code kWaveSampleMax}).
 *
 * @param sampleRate samples per second
 * @param channels one array per channel, all of one length, {@code [channels][samples]}; not copied
 */
public record WaveData(int sampleRate, float[][] channels) implements SampleSource {

  /** Checks the shape. */
  public WaveData {
    if (sampleRate <= 0) {
      throw new IllegalArgumentException("sample rate " + sampleRate + " is not positive");
    }
    if (channels.length == 0) {
      throw new IllegalArgumentException("a wave needs at least one channel");
    }
    for (float[] channel : channels) {
      if (channel.length != channels[0].length) {
        throw new IllegalArgumentException(
            "channels of " + channels[0].length + " and " + channel.length + " samples");
      }
    }
  }

  /** A recording with one channel. */
  public static WaveData mono(int sampleRate, float[] samples) {
    return new WaveData(sampleRate, new float[][] {samples});
  }

  @Override
  public int numChannels() {
    return channels.length;
  }

  @Override
  public int numSamples() {
    return channels[0].length;
  }

  /** The samples of one channel, counted from 0; not a copy. */
  public float[] channel(int index) {
    return channels[index];
  }

  @Override
  public float[] samples(int channel, int from, int to) {
    float[] all = channels[channel];
    return from == 0 && to == all.length ? all : Arrays.copyOfRange(all, from, to);
  }

  @Override
  public String toString() {
    return "WaveData[" + numChannels() + " x " + numSamples() + " at " + sampleRate + " Hz]";
  }
}
