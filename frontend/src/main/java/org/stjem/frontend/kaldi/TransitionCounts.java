package org.stjem.frontend.kaldi;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;

/**
 * How often alignments take each transition of a model, and the probabilities that follow
 * (TransitionModel::MleUpdate in hmm/transition-model.cc).
 */
public final class TransitionCounts {
  /** Flooring makes a sum above 1, scaling puts probabilities below the floor again. */
  private static final int FLOORINGS = 3;

  private final TransitionModel model;
  private final double[] counts;

  /** Without counts. */
  public TransitionCounts(TransitionModel model) {
    this.model = model;
    this.counts = new double[model.numTransitionIds() + 1];
  }

  /**
   * Adds an alignment.
   *
   * @param transitionIds one per frame
   * @throws StjemException if one is not of the model; then nothing is added
   */
  public void add(int... transitionIds) {
    model.pdfs(transitionIds);
    for (int id : transitionIds) {
      counts[id]++;
    }
  }

  /**
   * A model with probabilities that were learnt.
   *
   * @param states transition-states with a choice of transitions
   * @param skipped of those, how many kept their probabilities as they have too few counts
   * @param floored probabilities that stand at the floor
   */
  public record Estimate(TransitionModel model, int states, int skipped, int floored) {}

  /**
   * Estimates the probabilities.
   *
   * @param floor least probability
   * @param minCount transition-states with fewer counts keep the probabilities that they have
   * @throws StjemException if {@code floor} is not between 0 and 1
   */
  public Estimate estimate(float floor, float minCount) {
    if (!(floor > 0 && floor < 1)) {
      throw new StjemException("--transition-floor must be between 0 and 1, not " + floor);
    }
    if (!(minCount > 0)) {
      throw new StjemException("--transition-min-count must be above 0, not " + minCount);
    }
    float[] logProbs = new float[counts.length];
    for (int id = 1; id < logProbs.length; id++) {
      logProbs[id] = model.logProb(id);
    }
    int states = 0;
    int skipped = 0;
    int floored = 0;
    for (int state = 1; state <= model.numTransitionStates(); state++) {
      int first = model.firstTransitionId(state);
      int next = model.firstTransitionId(state + 1);
      if (next - first < 2) {
        continue;
      }
      states++;
      double[] ofState = Arrays.copyOfRange(counts, first, next);
      double total = 0;
      for (double count : ofState) {
        total += count;
      }
      if (total < minCount) {
        skipped++;
        continue;
      }
      float[] probabilities = probabilities(ofState, total, floor);
      for (int i = 0; i < probabilities.length; i++) {
        floored += probabilities[i] == floor ? 1 : 0;
        logProbs[first + i] = (float) Math.log(probabilities[i]);
      }
    }
    return new Estimate(model.withLogProbs(logProbs), states, skipped, floored);
  }

  private static float[] probabilities(double[] counts, double total, float floor) {
    float[] probabilities = new float[counts.length];
    for (int i = 0; i < counts.length; i++) {
      probabilities[i] = (float) (counts[i] / total);
    }
    for (int n = 0; n < FLOORINGS; n++) {
      float scale = (float) (1.0 / sum(probabilities));
      for (int i = 0; i < counts.length; i++) {
        probabilities[i] = Math.max(probabilities[i] * scale, floor);
      }
    }
    return probabilities;
  }

  /** In pairs, as BLAS libraries do, for the same rounding. */
  private static float sum(float... values) {
    float sum = 0;
    for (int i = 0; i < values.length; i += 2) {
      sum += i + 1 < values.length ? values[i] + values[i + 1] : values[i];
    }
    return sum;
  }
}
