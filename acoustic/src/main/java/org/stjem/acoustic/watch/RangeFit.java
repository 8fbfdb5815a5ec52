package org.stjem.acoustic.watch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.stjem.acoustic.recognition.RecognizedWord;

/**
 * Measures the range of known speech and chooses the thresholds of "I do not know this": the
 * strictest by which no more than a given share of known recordings is refused, or the mildest that
 * there are. The shares are those of recordings judged by the other half of them.
 */
final class RangeFit {
  /**
   * A known recording.
   *
   * @param seconds its length
   */
  record Heard(Measures measures, List<RecognizedWord> words, double seconds) {}

  private final List<Heard> all;
  private final int framesPerSecond;
  private final double falseRefusals;

  /**
   * Prepares to measure.
   *
   * @param all at least one recording
   * @param falseRefusals share of known recordings that may be refused
   */
  RangeFit(List<Heard> all, int framesPerSecond, double falseRefusals) {
    this.all = all;
    this.framesPerSecond = framesPerSecond;
    this.falseRefusals = falseRefusals;
  }

  /** The range with the thresholds. */
  SpeechRange fit() {
    int tail = SpeechRange.MOST_TAIL;
    double refused = refused(tail);
    while (tail > 0 && refused > falseRefusals) {
      tail--;
      refused = refused(tail);
    }
    return range(all, tail, refused);
  }

  private double refused(int tail) {
    if (all.size() < 2) {
      return 0;
    }
    int count = 0;
    for (int half = 0; half < 2; half++) {
      List<Heard> known = new ArrayList<>();
      List<Heard> judged = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        (i % 2 == half ? known : judged).add(all.get(i));
      }
      SpeechRange range = range(known, tail, 0);
      count +=
          (int)
              judged.stream()
                  .map(
                      one ->
                          Judgement.of(
                              one.measures, framesPerSecond, one.words, one.seconds, range))
                  .filter(judgement -> Boolean.FALSE.equals(judgement.known()))
                  .count();
    }
    return (double) count / all.size();
  }

  /** Half of the recordings that may be refused may be so for their words; none without a tail. */
  private SpeechRange range(List<Heard> known, int tail, double refused) {
    double[] confidences =
        known.stream().mapToDouble(one -> Judgement.meanConfidence(one.words)).sorted().toArray();
    double guessed = tail == 0 ? 0 : falseRefusals / 2;
    return new SpeechRange(
        SpeechRange.FORMAT_VERSION,
        known.size(),
        tail,
        confidences[(int) (guessed * (confidences.length - 1))],
        refused,
        SpeechRange.quantiles(joined(known, Measures::logDensity, 0)),
        SpeechRange.quantiles(joined(known, Measures::logDensity, framesPerSecond)),
        SpeechRange.quantiles(joined(known, Measures::entropy, framesPerSecond)),
        SpeechRange.quantiles(joined(known, Measures::misfit, framesPerSecond)),
        SpeechRange.quantiles(joined(known, Measures::length, framesPerSecond)));
  }

  /** A measure of all frames, or its means over seconds of so many frames. */
  private static double[] joined(
      List<Heard> known, Function<Measures, double[]> measure, int frames) {
    return known.stream()
        .map(one -> measure.apply(one.measures))
        .flatMapToDouble(
            values -> Arrays.stream(frames == 0 ? values : Measures.seconds(values, frames)))
        .toArray();
  }
}
