package org.stjem.acoustic.recognition;

import java.io.IOException;
import java.util.Arrays;
import org.stjem.frontend.audio.AudioListener;
import org.stjem.frontend.audio.RawFormat;
import org.stjem.frontend.audio.WaveReader;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiInput;

/**
 * The samples of a recording in one channel.
 *
 * @param samples at 16-bit scale
 * @param truncated whether the recording ended before its header said
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
public record AudioClip(float[] samples, boolean truncated) {

  /** Takes the samples of one channel as they come. */
  public interface Listener {
    /** Takes the next samples, at 16-bit scale. */
    void samples(float[] next);
  }

  /**
   * Reads a recording.
   *
   * @param sampleRate that it must have
   * @throws StjemException if it has another rate or more than one channel, or cannot be read
   */
  public static AudioClip read(KaldiInput in, int sampleRate) throws IOException {
    Collected collected = new Collected();
    boolean truncated = listen(in, sampleRate, null, collected);
    return new AudioClip(Arrays.copyOf(collected.all, collected.count), truncated);
  }

  /**
   * Reads a recording and hands its samples on as they come.
   *
   * @param raw what samples without header are; null to refuse them
   * @return whether it ended before its header said
   * @throws StjemException as {@link #read} does
   */
  public static boolean listen(KaldiInput in, int sampleRate, RawFormat raw, Listener listener)
      throws IOException {
    boolean[] truncated = {false};
    WaveReader.listen(
        in,
        raw,
        new AudioListener() {
          @Override
          public void start(int rate, int channels) {
            check(rate, channels, sampleRate);
          }

          @Override
          public void samples(float[][] channels) {
            listener.samples(channels[0]);
          }

          @Override
          public void truncated() {
            truncated[0] = true;
          }
        });
    return truncated[0];
  }

  private static void check(int rate, int channels, int wanted) {
    if (rate != wanted) {
      throw new StjemException(
          "it has "
              + rate
              + " samples per second, the model hears "
              + wanted
              + "; 'sox FILE -r "
              + wanted
              + " -t wav - |' converts it");
    }
    if (channels != 1) {
      throw new StjemException(
          "it has "
              + channels
              + " channels, the model hears one; 'sox FILE -t wav - remix 1 |' takes the first");
    }
  }

  private static final class Collected implements Listener {
    private float[] all = new float[1 << 16];
    private int count;

    @Override
    public void samples(float[] next) {
      int needed = Math.addExact(count, next.length);
      if (needed > all.length) {
        all =
            Arrays.copyOf(
                all, (int) Math.min(Integer.MAX_VALUE - 16, Math.max(needed, 2L * count)));
      }
      System.arraycopy(next, 0, all, count, next.length);
      count = needed;
    }
  }
}
