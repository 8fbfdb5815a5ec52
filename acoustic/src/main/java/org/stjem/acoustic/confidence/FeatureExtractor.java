package org.stjem.acoustic.confidence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Describes words by numbers. Which there are depends on what is given:
 *
 * <ul>
 *   <li>of the lattice: {@code posterior}, {@code previous-posterior} and {@code next-posterior},
 *       the log-odds log p/(1−p) of the word's and its neighbours' posteriors, p kept 10⁻⁵ away
 *       from 0 and 1, and 1 where there is no neighbour;
 *   <li>of the times: {@code duration}, the logarithm of the seconds per phone of the word's
 *       longest pronunciation, or per word without a lexicon;
 *   <li>of logits f(x): {@code frame-posterior}, the mean over the word's frames of max_y p(y|x),
 *       and {@code frame-entropy}, that of −Σ_y p(y|x) log p(y|x), in nats;
 *   <li>of log p(x), if it is given or logits are: {@code log-density}, its mean over the word's
 *       frames; and with the values of training frames {@code density-rank}, the mean over frames
 *       of their rank among these, from 0 to 1, and {@code utterance-density-rank}, that over the
 *       whole utterance;
 *   <li>of the responsibilities of a mixture's models: {@code domain-posterior}, the largest of
 *       their means over the word's frames.
 * </ul>
 */
public final class FeatureExtractor {
  private static final double LEAST_DOUBT = 1e-5;
  private static final double SHORTEST = 1e-3;

  private final double frameShift;
  private final PhoneCounts phones;
  private final DensityRanks ranks;

  /**
   * What is known about the frames of an utterance.
   *
   * @param logits {@code [frames, pdfs]}, or null
   * @param logDensity log p(x) up to a constant {@code [frames]}, or null
   * @param responsibilities {@code [frames, models]}, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // read, never compared
  public record Frames(FloatMatrix logits, float[] logDensity, FloatMatrix responsibilities) {}

  /**
   * Says what is the same for all utterances.
   *
   * @param frameShift seconds from frame to frame
   * @param phones of the words, or null
   * @param ranks of training frames, or null
   */
  public FeatureExtractor(double frameShift, PhoneCounts phones, DensityRanks ranks) {
    this.frameShift = frameShift;
    this.phones = phones;
    this.ranks = ranks;
  }

  /**
   * The features of each word by their names, which are the same in every utterance with the same
   * kinds of frames.
   *
   * @throws StjemException if frames differ in number, a word lies behind them or in a frame whose
   *     values are not finite, or a word has no pronunciation
   */
  public List<Map<String, Double>> features(List<CtmTable.Word> words, Frames frames) {
    int count = count(frames);
    double[] logDensity = logDensity(frames);
    double utteranceRank = Double.NaN;
    if (logDensity != null && ranks != null) {
      utteranceRank = meanRank(logDensity, 0, count);
    }
    List<Map<String, Double>> all = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      CtmTable.Word word = words.get(i);
      Map<String, Double> features = new LinkedHashMap<>();
      features.put("posterior", logOdds(word.confidence()));
      features.put("previous-posterior", logOdds(i == 0 ? 1 : words.get(i - 1).confidence()));
      features.put(
          "next-posterior", logOdds(i + 1 == words.size() ? 1 : words.get(i + 1).confidence()));
      int parts = phones == null ? 1 : phones.of(word.word());
      features.put("duration", Math.log(Math.max(SHORTEST, word.duration()) / parts));
      if (count >= 0) {
        int from = (int) Math.round(word.begin() / frameShift);
        int to = (int) Math.round((word.begin() + word.duration()) / frameShift);
        to = Math.min(count, Math.max(to, from + 1));
        if (from >= to) {
          throw new StjemException(
              "word "
                  + word.word()
                  + " begins at "
                  + word.begin()
                  + " s, but there are "
                  + count
                  + " frames");
        }
        addFrameFeatures(features, frames, from, to);
        if (logDensity != null) {
          features.put("log-density", mean(logDensity, from, to));
        }
        if (logDensity != null && ranks != null) {
          features.put("density-rank", meanRank(logDensity, from, to));
          features.put("utterance-density-rank", utteranceRank);
        }
      }
      features.forEach(
          (name, value) -> {
            if (!Double.isFinite(value)) {
              throw new StjemException(name + " of word " + word.word() + " is " + value);
            }
          });
      all.add(features);
    }
    return all;
  }

  /** Number of frames, or -1 if nothing is known of them. */
  private static int count(Frames frames) {
    int count = -1;
    int[] counts = {
      frames.logits == null ? -1 : frames.logits.rows(),
      frames.logDensity == null ? -1 : frames.logDensity.length,
      frames.responsibilities == null ? -1 : frames.responsibilities.rows()
    };
    for (int own : counts) {
      if (own >= 0 && count >= 0 && own != count) {
        throw new StjemException("one table has " + count + " frames, another " + own);
      }
      count = Math.max(count, own);
    }
    return count;
  }

  private static double[] logDensity(Frames frames) {
    if (frames.logDensity == null && frames.logits == null) {
      return null;
    }
    double[] logDensity = new double[count(frames)];
    for (int t = 0; t < logDensity.length; t++) {
      logDensity[t] =
          frames.logDensity != null ? frames.logDensity[t] : logSumExp(frames.logits.row(t));
    }
    return logDensity;
  }

  private static void addFrameFeatures(
      Map<String, Double> features, Frames frames, int from, int to) {
    if (frames.logits != null) {
      double posterior = 0;
      double entropy = 0;
      for (int t = from; t < to; t++) {
        float[] row = frames.logits.row(t);
        double normalizer = logSumExp(row);
        double best = Double.NEGATIVE_INFINITY;
        for (float logit : row) {
          double logPosterior = logit - normalizer;
          best = Math.max(best, logPosterior);
          double p = Math.exp(logPosterior);
          entropy -= p == 0 ? 0 : p * logPosterior;
        }
        posterior += Math.exp(best);
      }
      features.put("frame-posterior", posterior / (to - from));
      features.put("frame-entropy", entropy / (to - from));
    }
    if (frames.responsibilities != null) {
      double largest = 0;
      for (int model = 0; model < frames.responsibilities.cols(); model++) {
        double sum = 0;
        for (int t = from; t < to; t++) {
          sum += frames.responsibilities.get(t, model);
        }
        largest = Math.max(largest, sum / (to - from));
      }
      features.put("domain-posterior", largest);
    }
  }

  private static double logSumExp(float[] row) {
    double most = Double.NEGATIVE_INFINITY;
    for (float value : row) {
      most = Math.max(most, value);
    }
    double sum = 0;
    for (float value : row) {
      sum += Math.exp(value - most);
    }
    return most + Math.log(sum);
  }

  private static double logOdds(double probability) {
    double p = Math.min(1 - LEAST_DOUBT, Math.max(LEAST_DOUBT, probability));
    return Math.log(p / (1 - p));
  }

  private static double mean(double[] values, int from, int to) {
    double sum = 0;
    for (int t = from; t < to; t++) {
      sum += values[t];
    }
    return sum / (to - from);
  }

  private double meanRank(double[] logDensity, int from, int to) {
    double sum = 0;
    for (int t = from; t < to; t++) {
      sum += ranks.rank(logDensity[t]);
    }
    return sum / (to - from);
  }
}
