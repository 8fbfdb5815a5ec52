package org.stjem.frontend.data;

import org.stjem.frontend.audio.SampleSource;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;

/**
 * A line of a {@code segments} file: part of one channel of a recording
 * (featbin/extract-segments.cc).
 *
 * @param key of the segment, usually an utterance
 * @param recording key of the recording
 * @param start in seconds
 * @param end in seconds; {@link #TO_THE_END} for the end of the recording
 * @param channel from 0; {@link #ONLY_CHANNEL} if the line names none
 */
public record Segment(String key, String recording, double start, double end, int channel) {
  /** The end of a segment that goes on to the end of its recording. */
  public static final double TO_THE_END = -1;

  /** The channel of a recording that has but one. */
  public static final int ONLY_CHANNEL = -1;

  /**
   * Parses {@code segment recording start end} or {@code segment recording start end channel}.
   *
   * @throws StjemException if the line is not of that form, or the segment is empty
   */
  public static Segment parse(String line) {
    String[] fields = ByteText.words(line);
    if (fields.length != 4 && fields.length != 5) {
      throw new StjemException(
          "expected 'segment recording start end' or 'segment recording start end channel', found "
              + (fields.length == 0 ? "a blank line" : fields.length + " fields"));
    }
    double start = seconds("start", fields[2]);
    double end = seconds("end", fields[3]);
    if (start < 0) {
      throw new StjemException("start " + fields[2] + " s is before 0");
    }
    if (end != TO_THE_END && end <= start) {
      throw new StjemException("end " + fields[3] + " s is not behind start " + fields[2] + " s");
    }
    int channel = ONLY_CHANNEL;
    if (fields.length == 5) {
      if (!fields[4].matches("[0-9]{1,9}")) {
        throw new StjemException("channel '" + fields[4] + "' is not a number from 0");
      }
      channel = Integer.parseInt(fields[4]);
    }
    return new Segment(fields[0], fields[1], start, end, channel);
  }

  private static double seconds(String what, String field) {
    try {
      double value = Double.parseDouble(field);
      // Java takes "1d" for a number, too.
      if (Double.isFinite(value) && !Character.isLetter(field.charAt(field.length() - 1))) {
        return value;
      }
    } catch (NumberFormatException e) {
      // It is no number either.
    }
    throw new StjemException(what + " '" + field + "' is not a number of seconds");
  }

  /**
   * Cuts the segment out of its recording. Arithmetic and rounding are Kaldi's.
   *
   * @param wave the recording
   * @param minLength shorter segments are refused, in seconds
   * @param maxOvershoot an end so far behind that of the recording, in seconds, is cut back to it
   * @return one channel
   * @throws StjemException if the segment is too short or not within the recording, or if the
   *     recording lacks the channel or has several and the segment names none
   */
  public WaveData cut(SampleSource wave, float minLength, float maxOvershoot) {
    float rate = wave.sampleRate();
    float length = wave.duration();
    if (start > length) {
      throw new StjemException(
          "segment starts at " + start + " s, behind the recording's end at " + length + " s");
    }
    if (end > length + maxOvershoot) {
      throw new StjemException(
          "segment ends at " + end + " s, too far behind the recording's end at " + length + " s");
    }
    double last = end < 0 || end > length ? length : end;
    if (last - start < minLength) {
      throw new StjemException(
          "segment of " + (float) (last - start) + " s is shorter than " + minLength + " s");
    }
    if (channel == ONLY_CHANNEL && wave.numChannels() > 1) {
      throw new StjemException(
          "recording "
              + recording
              + " has "
              + wave.numChannels()
              + " channels, and the segment names none");
    }
    if (channel >= wave.numChannels()) {
      throw new StjemException(
          "channel " + channel + " of a recording with " + wave.numChannels() + " channels");
    }
    int from = (int) (start * rate + 0.5f);
    int to = Math.min((int) (last * rate + 0.5f), wave.numSamples());
    return WaveData.mono(wave.sampleRate(), wave.samples(Math.max(0, channel), from, to));
  }
}
