package org.stjem.frontend.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.io.StjemException;

class SegmentTest {
  private static final float MIN_LENGTH = 0.1f;
  private static final float MAX_OVERSHOOT = 0.5f;

  @Test
  void parse_fourOrFiveFields_givesTheSegment() {
    assertThat(Segment.parse("a-1 a 0.5 2")).isEqualTo(new Segment("a-1", "a", 0.5, 2, -1));
    assertThat(Segment.parse(" a-1\ta  1e-1 -1 1 \r"))
        .isEqualTo(new Segment("a-1", "a", 0.1, -1, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "'a-1 a 1', 3 fields",
    "'', blank line",
    "'a-1 a 1 2 0 x', 6 fields",
    "'a-1 a -0.1 2', before 0",
    "'a-1 a 2 2', not behind start",
    "'a-1 a 0 -2', not behind start",
    "'a-1 a one 2', start 'one' is not a number",
    "'a-1 a 0 2f', end '2f' is not a number",
    "'a-1 a 0 inf', end 'inf' is not a number",
    "'a-1 a 0 NaN', end 'NaN' is not a number",
    "'a-1 a 0 2 A', channel 'A'",
    "'a-1 a 0 2 -1', channel '-1'",
  })
  void parse_otherLines_saysWhatIsWrong(String line, String fault) {
    assertThatThrownBy(() -> Segment.parse(line))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining(fault);
  }

  @Test
  void cut_times_areRoundedToSamples() {
    // 0.30004 s is sample 300.04, 0.5006 s is sample 500.6.
    WaveData cut = segment(0.30004, 0.5006, -1).cut(ramp(1), MIN_LENGTH, MAX_OVERSHOOT);
    assertThat(cut.sampleRate()).isEqualTo(1000);
    assertThat(cut.numSamples()).isEqualTo(201);
    assertThat(cut.channel(0)[0]).isEqualTo(300);
  }

  @Test
  void cut_endOfRecording_andOvershoot_stopAtItsEnd() {
    for (double end : new double[] {-1, 1, 1.5}) {
      WaveData cut = segment(0.8, end, -1).cut(ramp(1), MIN_LENGTH, MAX_OVERSHOOT);
      assertThat(cut.numSamples()).isEqualTo(200);
      assertThat(cut.channel(0)[199]).isEqualTo(999);
    }
  }

  @Test
  void cut_channel_isTheOneNamed() {
    assertThat(segment(0, 1, 1).cut(ramp(2), MIN_LENGTH, MAX_OVERSHOOT).channel(0)[5])
        .isEqualTo(1005);
    assertThat(segment(0, 1, 0).cut(ramp(1), MIN_LENGTH, MAX_OVERSHOOT).numSamples())
        .isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource({
    "1.2, 1.4, -1, 1, starts at 1.2 s",
    "0.5, 1.6, -1, 1, ends at 1.6 s",
    "0.95, -1, -1, 1, shorter than 0.1 s",
    "0.2, 0.25, -1, 1, shorter than 0.1 s",
    "0, 1, -1, 2, 2 channels",
    "0, 1, 2, 2, channel 2",
  })
  void cut_whatIsNotThere_isRefused(
      double start, double end, int channel, int channels, String fault) {
    assertThatThrownBy(
            () -> segment(start, end, channel).cut(ramp(channels), MIN_LENGTH, MAX_OVERSHOOT))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining(fault);
  }

  private static Segment segment(double start, double end, int channel) {
    return new Segment("a-1", "a", start, end, channel);
  }

  /** A second at 1 kHz in which sample n is n, plus 1000 per channel. */
  private static WaveData ramp(int channels) {
    float[][] samples = new float[channels][1000];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < 1000; i++) {
        samples[c][i] = 1000 * c + i;
      }
    }
    return new WaveData(1000, samples);
  }
}
