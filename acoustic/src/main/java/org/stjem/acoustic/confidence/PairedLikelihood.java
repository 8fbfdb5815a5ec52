package org.stjem.acoustic.confidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.stjem.frontend.io.StjemException;

/**
 * By how much confidences of one system are more likely than those of another on the same words,
 * with a bootstrap over speakers, whose words are not independent.
 *
 * @param nats mean over words of log p − log p of the other system, p being the probability that
 *     was given to what came out; above 0 if this one is better
 * @param low 2.5 % quantile over the bootstrap's samples
 * @param high 97.5 % quantile
 * @param p twice the smaller share of samples on one side of 0
 */
public record PairedLikelihood(double nats, double low, double high, double p) {
  private static final int REPLICATIONS = 10_000;
  private static final int SEED = 1;
  private static final double TAIL = 0.025;

  /** Sum of the differences of a speaker's words, and their number. */
  private static final class Group {
    private double sum;
    private int words;
  }

  /**
   * Compares two systems.
   *
   * @param words of each, by utterance
   * @param right whether each word is right, in the same order
   * @param speakers by utterance; those that are missing stand for themselves
   * @throws StjemException if the words of the two are not the same
   */
  public static PairedLikelihood of(
      Map<String, List<CtmTable.Word>> words,
      Map<String, List<CtmTable.Word>> others,
      Map<String, boolean[]> right,
      Map<String, String> speakers) {
    Map<String, Group> groups = new HashMap<>();
    right.forEach(
        (key, outcomes) -> {
          List<CtmTable.Word> own = words.getOrDefault(key, List.of());
          List<CtmTable.Word> other = others.getOrDefault(key, List.of());
          if (!spelled(own).equals(spelled(other))) {
            throw new StjemException("the systems have different words in utterance " + key);
          }
          Group group =
              groups.computeIfAbsent(speakers.getOrDefault(key, key), unused -> new Group());
          for (int i = 0; i < outcomes.length; i++) {
            group.sum +=
                likelihood(own.get(i), outcomes[i]) - likelihood(other.get(i), outcomes[i]);
            group.words++;
          }
        });
    List<Group> all = new ArrayList<>(groups.values());
    double[] samples = new double[REPLICATIONS];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < samples.length; i++) {
      List<Group> drawn = new ArrayList<>();
      for (int k = 0; k < all.size(); k++) {
        drawn.add(all.get(random.nextInt(all.size())));
      }
      samples[i] = mean(drawn);
    }
    Arrays.sort(samples);
    double below = Arrays.stream(samples).filter(value -> value <= 0).count();
    double above = Arrays.stream(samples).filter(value -> value >= 0).count();
    return new PairedLikelihood(
        mean(all),
        samples[(int) (TAIL * samples.length)],
        samples[(int) ((1 - TAIL) * samples.length) - 1],
        Math.min(1, 2 * Math.min(below, above) / samples.length));
  }

  private static List<String> spelled(List<CtmTable.Word> words) {
    return words.stream().map(CtmTable.Word::word).toList();
  }

  private static double likelihood(CtmTable.Word word, boolean right) {
    double p =
        Math.min(
            1 - ConfidenceReport.LEAST_DOUBT,
            Math.max(ConfidenceReport.LEAST_DOUBT, word.confidence()));
    return Math.log(right ? p : 1 - p);
  }

  private static double mean(List<Group> groups) {
    double sum = groups.stream().mapToDouble(group -> group.sum).sum();
    long words = groups.stream().mapToLong(group -> group.words).sum();
    return words == 0 ? 0 : sum / words;
  }
}
