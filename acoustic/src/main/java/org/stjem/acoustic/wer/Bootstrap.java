package org.stjem.acoustic.wer;

import java.util.List;
import java.util.Random;
import java.util.function.IntToLongFunction;
import java.util.random.RandomGenerator;
import org.stjem.frontend.io.StjemException;

/**
 * Confidence intervals of word error rates and the probability that one system improves on another,
 * by drawing utterances with replacement (Bisani and Ney, "Bootstrap estimates for confidence
 * intervals in ASR performance evaluation", 2004), computed as Kaldi's {@code compute-wer-bootci}
 * does (bin/compute-wer-bootci.cc). The same seed gives the same numbers.
 */
public final class Bootstrap {
  /** Draws of whole test sets unless said otherwise, as in Kaldi. */
  public static final int DEFAULT_REPLICATIONS = 10_000;

  private static final double QUANTILE_OF_95_PERCENT = 1.96;

  private final int replications;
  private final long seed;
  private final int[] words;
  private final int[][] errors;

  /**
   * A 95 % confidence interval.
   *
   * @param mean mean word error rate over the draws, in percent
   * @param halfWidth 1.96 standard deviations of it, in percent
   */
  public record Interval(double mean, double halfWidth) {
    public double low() {
      return mean - halfWidth;
    }

    public double high() {
      return mean + halfWidth;
    }
  }

  /**
   * Counts the errors of every utterance.
   *
   * @param transcripts what the systems found
   * @param systems number of systems in {@code transcripts}
   * @param replications how often to draw as many utterances as there are
   * @throws StjemException if there are no utterances or replications to draw
   */
  public Bootstrap(Transcripts transcripts, int systems, int replications, long seed) {
    this(
        new int[transcripts.utterances().size()],
        new int[systems][transcripts.utterances().size()],
        replications,
        seed);
    List<Transcripts.Utterance> utterances = transcripts.utterances();
    for (int u = 0; u < words.length; u++) {
      Transcripts.Utterance utterance = utterances.get(u);
      words[u] = utterance.reference().size();
      for (int system = 0; system < systems; system++) {
        errors[system][u] =
            WordErrors.count(utterance.reference(), utterance.hypotheses().get(system)).total();
      }
    }
  }

  /**
   * Draws other units than utterances, such as speakers.
   *
   * @param words of each unit's references
   * @param errors {@code [system][unit]}
   * @throws StjemException if there are no units or replications to draw
   */
  Bootstrap(int[] words, int[][] errors, int replications, long seed) {
    if (words.length == 0) {
      throw new StjemException("there is no utterance with a reference and hypotheses to score");
    }
    if (replications < 1) {
      throw new StjemException("--replications must be 1 or more, not " + replications);
    }
    this.words = words;
    this.errors = errors;
    this.replications = replications;
    this.seed = seed;
  }

  /** The confidence interval of a system's word error rate; NaN if draws have no words. */
  public Interval interval(int system) {
    return ofRatio(i -> errors[system][i], i -> words[i]);
  }

  /** The interval of the percentage that one sum over drawn items is of another. */
  private Interval ofRatio(IntToLongFunction part, IntToLongFunction whole) {
    RandomGenerator random = new Random(seed);
    double sum = 0;
    double sumOfSquares = 0;
    for (int i = 0; i < replications; i++) {
      long drawnPart = 0;
      long drawnWhole = 0;
      for (int j = 0; j < words.length; j++) {
        int drawn = random.nextInt(words.length);
        drawnPart += part.applyAsLong(drawn);
        drawnWhole += whole.applyAsLong(drawn);
      }
      double percentage = 100.0 * drawnPart / drawnWhole;
      sum += percentage;
      sumOfSquares += percentage * percentage;
    }
    return interval(sum, sumOfSquares);
  }

  private Interval interval(double sum, double sumOfSquares) {
    double mean = sum / replications;
    double variance = Math.max(0, sumOfSquares / replications - mean * mean);
    return new Interval(mean, QUANTILE_OF_95_PERCENT * Math.sqrt(variance));
  }

  /**
   * The confidence interval of the second system's errors less the first's, in percent of the
   * first's; NaN if draws have no errors of the first.
   */
  Interval relativeDifference(int first, int second) {
    return ofRatio(i -> errors[second][i] - errors[first][i], i -> errors[first][i]);
  }

  /** The percentage of draws in which {@code second} has fewer errors than {@code first}. */
  public double probabilityOfImprovement(int first, int second) {
    RandomGenerator random = new Random(seed);
    int improved = 0;
    for (int i = 0; i < replications; i++) {
      long difference = 0;
      for (int j = 0; j < words.length; j++) {
        int drawn = random.nextInt(words.length);
        difference += errors[first][drawn] - errors[second][drawn];
      }
      improved += difference > 0 ? 1 : 0;
    }
    return 100.0 * improved / replications;
  }
}
