package org.stjem.acoustic.ebm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adaptive SGLD (appendix A.4): step size, noise and number of steps are explored while training
 * goes on, apart for strata of chain age, because what helps a fresh chain does not help one that
 * has come far. Each of the three is a bandit of its own with a few levels around the configured
 * value; a chain takes the level of the highest mean reward, or at times a random one.
 *
 * <p>The reward is competitive energy: R times the mean share that the chain's end holds of the
 * label columns' softmax over the R rows of its batch, cut off at 1. Summed over the samples of a
 * batch it is highest when the negative mass is there and spread over all of them, that is when the
 * effective sample size is high as well; one sample of very low energy earns no more than a fair
 * one. More steps than configured cost some of the reward, fewer save some. Bad trials do no harm:
 * samples that do not compete leave the objectives' gradient alone.
 */
final class SgldAdaptation {
  /** Levels as multiples of the configured step size, noise and number of steps. */
  private static final double[][] LEVELS = {
    {0.1, 0.3, 1, 3, 10, 30}, {0, 1, 3}, {0.5, 1, 2},
  };

  private static final int STEP_SIZE = 0;
  private static final int NOISE = 1;
  private static final int STEPS = 2;
  private static final int KINDS = LEVELS.length;

  /** Where strata begin, in multiples of the configured number of steps. */
  private static final int[] STRATA = {0, 1, 4, 16};

  private static final String COMPETITIVENESS = "adaptation.competitiveness";
  private static final double EXPLORATION = 0.2;
  private static final double FORGETTING = 0.03;
  private static final double STEP_PRICE = 0.05;

  private final Sgld base;

  /** Mean reward by stratum, kind and level; NaN where never tried. */
  private final float[][][] rewards = new float[STRATA.length][KINDS][];

  /** Mean reward by stratum without the price of steps; NaN where nothing was tried. */
  private final float[] competitiveness = new float[STRATA.length];

  SgldAdaptation(Sgld base) {
    this.base = base;
    Arrays.fill(competitiveness, Float.NaN);
    for (float[][] stratum : rewards) {
      for (int kind = 0; kind < KINDS; kind++) {
        stratum[kind] = new float[LEVELS[kind].length];
        Arrays.fill(stratum[kind], Float.NaN);
      }
    }
  }

  /** What one chain runs with: its stratum and its level of each kind. */
  record Trial(int stratum, int[] levels) {}

  /**
   * Chooses for one chain.
   *
   * @param age steps the chain has made
   */
  Trial choose(int age, SeededRandom random) {
    int stratum = 0;
    while (stratum + 1 < STRATA.length && age >= STRATA[stratum + 1] * base.steps()) {
      stratum++;
    }
    int[] levels = new int[KINDS];
    for (int kind = 0; kind < KINDS; kind++) {
      levels[kind] =
          random.nextDouble() < EXPLORATION
              ? random.nextInt(LEVELS[kind].length)
              : favourite(stratum, kind);
    }
    return new Trial(stratum, levels);
  }

  double stepSize(Trial trial) {
    return base.stepSize() * LEVELS[STEP_SIZE][trial.levels[STEP_SIZE]];
  }

  double noise(Trial trial) {
    return base.noise() * LEVELS[NOISE][trial.levels[NOISE]];
  }

  /**
   * Number of steps of a chain.
   *
   * @param now steps that are configured at this point of the training
   */
  int steps(Trial trial, int now) {
    return (int) Math.max(1, Math.round(now * LEVELS[STEPS][trial.levels[STEPS]]));
  }

  /**
   * Learns how a trial went.
   *
   * @param share R times the mean share of the label columns, see above
   */
  void reward(Trial trial, double share) {
    double fair = Math.min(1, share);
    competitiveness[trial.stratum] = mean(competitiveness[trial.stratum], fair);
    double reward = fair - STEP_PRICE * (LEVELS[STEPS][trial.levels[STEPS]] - 1);
    for (int kind = 0; kind < KINDS; kind++) {
      float[] means = rewards[trial.stratum][kind];
      int level = trial.levels[kind];
      means[level] = mean(means[level], reward);
    }
  }

  /** Takes {@code value} into a mean over the latest values; NaN is the mean of none. */
  private static float mean(float mean, double value) {
    return (float) (Float.isNaN(mean) ? value : (1 - FORGETTING) * mean + FORGETTING * value);
  }

  private int favourite(int stratum, int kind) {
    int best = LEVELS[kind].length;
    double highest = Double.NEGATIVE_INFINITY;
    for (int level = 0; level < LEVELS[kind].length; level++) {
      double mean = rewards[stratum][kind][level];
      if (mean > highest) {
        highest = mean;
        best = level;
      }
    }
    return best < LEVELS[kind].length ? best : configured(kind);
  }

  /** The level that stands for the configured value. */
  private static int configured(int kind) {
    return Arrays.binarySearch(LEVELS[kind], 1);
  }

  /** What each stratum favours. */
  List<AdaptedSgld> favourites() {
    List<AdaptedSgld> favourites = new ArrayList<>();
    for (int stratum = 0; stratum < STRATA.length; stratum++) {
      Trial best =
          new Trial(
              stratum,
              new int[] {
                favourite(stratum, STEP_SIZE), favourite(stratum, NOISE), favourite(stratum, STEPS)
              });
      favourites.add(
          new AdaptedSgld(
              STRATA[stratum] * base.steps(),
              stepSize(best),
              noise(best),
              steps(best, base.steps()),
              competitiveness[stratum]));
    }
    return favourites;
  }

  /** What was learnt, copied. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int stratum = 0; stratum < STRATA.length; stratum++) {
      for (int kind = 0; kind < KINDS; kind++) {
        state.put(name(stratum, kind), Tensor.of(rewards[stratum][kind].clone()));
      }
    }
    state.put(COMPETITIVENESS, Tensor.of(competitiveness.clone()));
    return state;
  }

  /** Restores what {@link #state()} gave. */
  void restore(Map<String, Tensor> state) {
    for (int stratum = 0; stratum < STRATA.length; stratum++) {
      for (int kind = 0; kind < KINDS; kind++) {
        copy(state.get(name(stratum, kind)), rewards[stratum][kind]);
      }
    }
    copy(state.get(COMPETITIVENESS), competitiveness);
  }

  private static String name(int stratum, int kind) {
    return "adaptation." + stratum + "." + kind;
  }

  private static void copy(Tensor from, float[] to) {
    System.arraycopy(from.values(), 0, to, 0, to.length);
  }

  /** Trials as integers, for a checkpoint. */
  static float[] pack(Trial[] trials) {
    float[] values = new float[trials.length * (1 + KINDS)];
    int at = 0;
    for (Trial trial : trials) {
      values[at++] = trial.stratum;
      for (int level : trial.levels) {
        values[at++] = level;
      }
    }
    return values;
  }

  /** The trials that {@link #pack} was given. */
  static Trial[] unpack(float[] values) {
    Trial[] trials = new Trial[values.length / (1 + KINDS)];
    int at = 0;
    for (int i = 0; i < trials.length; i++) {
      int stratum = (int) values[at++];
      int[] levels = new int[KINDS];
      for (int kind = 0; kind < KINDS; kind++) {
        levels[kind] = (int) values[at++];
      }
      trials[i] = new Trial(stratum, levels);
    }
    return trials;
  }
}
