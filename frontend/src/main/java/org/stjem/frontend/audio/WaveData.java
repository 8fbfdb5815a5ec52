package org.stjem.frontend.audio;

/**
 * The samples of one recording at the scale of 16-bit integers: full scale is ±32768 whatever the
 * resolution of the file (feat/wave-reader.h, {@code kWaveSampleMax}).
 *
 * @param sampleRate samples per second
 * @param channels one array per channel, all of one length, {@code [channels][samples]}; not copied
 */
public record WaveData(int sampleRate, float[][] channels) {

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

  public int numChannels() {
    return channels.length;
  }

  /** Samples per channel. */
  public int numSamples() {
    return channels[0].length;
  }

  /** The samples of one channel, counted from 0; not a copy. */
  public float[] channel(int index) {
    return channels[index];
  }

  /** Length in seconds, as Kaldi computes it: in float. */
  public float duration() {
    return (float) numSamples() / sampleRate;
  }

  @Override
  public String toString() {
    return "WaveData[" + numChannels() + " x " + numSamples() + " at " + sampleRate + " Hz]";
  }
}
