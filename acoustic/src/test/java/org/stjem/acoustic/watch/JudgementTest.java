package org.stjem.acoustic.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.recognition.RecognizedWord;

class JudgementTest {
  private static final int SECOND = 100;
  private static final double[] TO_100 = SpeechRange.quantiles(new double[] {0, 100});
  private static final SpeechRange RANGE =
      new SpeechRange(2, 1, 1, 0.4, 0, TO_100, TO_100, TO_100, TO_100, TO_100);

  private static double[] frames(double... seconds) {
    double[] frames = new double[seconds.length * SECOND];
    for (int s = 0; s < seconds.length; s++) {
      Arrays.fill(frames, s * SECOND, (s + 1) * SECOND, seconds[s]);
    }
    return frames;
  }

  private static Judgement judge(
      double[] density, double[] entropy, double[] misfit, double[] length, double confidence) {
    List<RecognizedWord> words = List.of(new RecognizedWord("WORD", 0, 1, confidence, List.of()));
    return Judgement.of(
        new Measures(density, entropy, misfit, length),
        SECOND,
        words,
        density.length / 100.0,
        RANGE);
  }

  @Test
  void usualSeconds_areKnown() {
    double[] usual = frames(50, 50);
    Judgement judgement = judge(usual, usual, usual, usual, 0.9);
    assertThat(judgement.known()).isTrue();
    assertThat(judgement.strange()).containsExactly("", "");
  }

  @Test
  void oneOfThreeSecondsStrange_isStillKnown_oneOfTwoIsNot() {
    double[] three = frames(50, 50, 50);
    assertThat(judge(frames(50, 0, 50), three, three, three, 0.9).known()).isTrue();
    double[] two = frames(50, 50);
    Judgement judgement = judge(frames(0, 50), two, two, two, 0.9);
    assertThat(judgement.known()).isFalse();
    assertThat(judgement.text())
        .isEqualTo("I do not know this: log p(x) is lower than that of known speech.");
    assertThat(judgement.strange().get(0)).isNotEmpty();
    assertThat(judgement.strange().get(1)).isEmpty();
  }

  @Test
  void everyMeasure_canBeStrange() {
    double[] usual = frames(50);
    double[] high = frames(100);
    assertThat(judge(high, usual, usual, usual, 1).text()).contains("log p(x) is higher");
    assertThat(judge(usual, high, usual, usual, 1).text()).contains("no phone fits");
    assertThat(judge(usual, usual, high, usual, 1).text()).contains("no words of the graph");
    assertThat(judge(usual, usual, usual, high, 1).text()).contains("lasts longer");
    assertThat(judge(usual, usual, usual, usual, 0.3).text()).contains("the words are guesses");
  }

  @Test
  void noWords_orNoRange_orHardlyAnySound() {
    double[] usual = frames(50);
    Measures measures = new Measures(usual, usual, usual, usual);
    assertThat(Judgement.of(measures, SECOND, List.of(), 1, RANGE).text())
        .isEqualTo("I do not know this: I hear no words.");
    assertThat(Judgement.of(measures, SECOND, List.of(), 0.3, RANGE).known()).isNull();
    List<RecognizedWord> words = List.of(new RecognizedWord("WORD", 0, 1, 1, List.of()));
    assertThat(Judgement.of(measures, SECOND, words, 1, null).known()).isNull();
  }

  @Test
  void seconds_areMeans_andWhatIsLeftJoinsTheLast() {
    double[] values = {1, 3, 5, 7, 12};
    assertThat(Measures.seconds(values, 2)).containsExactly(2, 8);
    assertThat(Measures.seconds(values, 9)).containsExactly(5.6);
    assertThat(Measures.seconds(new double[0], 9)).isEmpty();
  }
}
