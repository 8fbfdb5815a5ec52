package org.stjem.acoustic.ebm;

import ai.djl.ndarray.NDArray;
import java.util.Locale;

/**
 * What a mini-batch of N labelled and M sampled rows is trained to minimise. F are its logits,
 * labelled rows first; LSE is log-sum-exp. Given negatives count as sampled rows.
 */
public enum Objective {
  /** CE = mean_i [ LSE_c F_ic − F_iy ]. */
  BASELINE(false),
  /** CE + mean over samples of s − mean over data of s, s = LSE_c F; diverges, a control. */
  JEM(true),
  /** CE + mean_i [ LSE over all rows r of F_ry − F_iy ], Eq. 15, 19, 20 of the ST-JEM paper. */
  ST_JEM(true),
  /** mean_i [ LSE over all rows and classes of F − F_iy ]: without mutual information. */
  ST_JEM_NO_MI(true),
  /** ST-JEM over the labelled rows alone, appendix A.1. */
  RES_JEM(false),
  /**
   * ST-JEM + mean_i [ LSE over all rows r of s_r − s_i ]. The column term touches the columns of
   * the batch's labels alone, and of many classes few are labels in one batch: chains climb the
   * others unopposed, until samples stand above the data. The row term holds every column.
   */
  ST_JEM_ROW(true),
  /** ST-JEM with the row term over the labelled rows alone, the control of its samples. */
  RES_JEM_ROW(false);

  /** How many times worse than knowing nothing is a divergence. */
  private static final double DIVERGED = 100;

  /**
   * λ of the terms of a row objective. At 1 they take frames of speech from the classifier and give
   * it frames of silence (docs/results/so762.md).
   */
  private static final double ROW_ENERGY_WEIGHT = 0.3;

  private final boolean sampled;

  Objective(boolean sampled) {
    this.sampled = sampled;
  }

  /** Whether the batch carries SGLD samples. */
  public boolean sampled() {
    return sampled;
  }

  /** λ of what is added to the cross-entropy, where nothing else is asked for. */
  public double energyWeight() {
    return hasColumnTerm() && hasRowTerm() ? ROW_ENERGY_WEIGHT : 1;
  }

  /** The name used on the command line, such as {@code st-jem-no-mi}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The objective called {@code name}.
   *
   * @throws TrainingException if there is none
   */
  public static Objective of(String name) {
    StringBuilder names = new StringBuilder();
    for (Objective objective : values()) {
      if (objective.toString().equals(name)) {
        return objective;
      }
      names.append(names.length() == 0 ? "" : ", ").append(objective);
    }
    throw new TrainingException("no objective '" + name + "'; there are " + names);
  }

  /**
   * The loss, differentiable in the logits; the weights of the LSE are not detached.
   *
   * @param logits F, {@code [N + M, classes]}
   * @param labels y, int64 {@code [N, 1]}
   * @param smoothing ε of {@link #crossEntropy}
   * @param weight λ of the terms that are added to the cross-entropy
   * @return a scalar
   */
  public NDArray loss(NDArray logits, NDArray labels, double smoothing, double weight) {
    long n = labels.getShape().get(0);
    NDArray crossEntropy = crossEntropy(logits.get("0:" + n), labels, smoothing);
    switch (this) {
      case BASELINE:
        return crossEntropy;
      case JEM:
        NDArray s = logSumExp(logits);
        return crossEntropy
            .add(weighted(s.get(n + ":").mean(), weight))
            .sub(weighted(s.get("0:" + n).mean(), weight));
      case ST_JEM_NO_MI:
        // LSE over rows and classes − F_iy = (LSE_c F_ic − F_iy) + (LSE_r s_r − s_i).
        return crossEntropy.add(weighted(rowTerm(logits, n), weight));
      case ST_JEM:
      case RES_JEM:
        return crossEntropy.add(weighted(columnTerm(logits, labels), weight));
      case ST_JEM_ROW:
      case RES_JEM_ROW:
        return crossEntropy
            .add(weighted(columnTerm(logits, labels), weight))
            .add(weighted(rowTerm(logits, n), weight));
      default:
        throw new AssertionError(this);
    }
  }

  /**
   * The magnitude of a loss that only a training gone astray reaches: a hundred times log C + log
   * R, which is the ST-JEM loss of a network that gives every row and class the same logit (with
   * the row term it has another log R). All objectives but JEM start near that value or below and
   * are bounded from below; JEM's loss is not, since its difference of scores falls for ever once
   * samples no longer follow the network.
   *
   * @param classes C
   * @param rows R, rows of a batch in the denominator
   */
  public static double lossLimit(int classes, int rows) {
    return DIVERGED * (Math.log(Math.max(2, classes)) + Math.log(rows));
  }

  /**
   * Cross-entropy of labelled rows: mean_i [ LSE_c F_ic − F_iy ], against (1 − ε)·[c = y] + ε/C
   * where labels are smoothed.
   *
   * @param smoothing ε, 0 for none
   */
  public static NDArray crossEntropy(NDArray logits, NDArray labels, double smoothing) {
    NDArray logPosteriors = logits.logSoftmax(1);
    NDArray sharp = picked(logPosteriors, labels).neg();
    if (smoothing == 0) {
      return sharp;
    }
    return weighted(sharp, 1 - smoothing).sub(weighted(logPosteriors.mean(), smoothing));
  }

  /**
   * The term of unlabelled rows (Eq. 22): −mean_u Σ_c p_uc [ log p_uc + F_uc − LSE_r F_rc ], p =
   * softmax_c F_u, with r over all rows.
   *
   * @param logits {@code [rows, classes]}, the unlabelled rows last
   * @param unlabelled number of unlabelled rows
   */
  public static NDArray unlabelledTerm(NDArray logits, int unlabelled) {
    String last = logits.getShape().get(0) - unlabelled + ":";
    NDArray logPosteriors = logits.get(last).logSoftmax(1);
    NDArray columns = logits.logSoftmax(0).get(last);
    return logPosteriors.exp().mul(logPosteriors.add(columns)).sum(new int[] {1}).mean().neg();
  }

  /** The least value that {@link #unlabelledTerm} can be bounded by: log(rows / classes), or 0. */
  public static double unlabelledFloor(int unlabelled, int classes) {
    return Math.max(0, Math.log((double) unlabelled / classes));
  }

  /** weight · term; the factor is an array because a differentiated Java number is no safe one. */
  static NDArray weighted(NDArray term, double weight) {
    return term.mul(term.getManager().create(new float[] {(float) weight}).squeeze());
  }

  /** mean_i [ LSE_r F_ry − F_iy ]: each label's column over all rows, Eq. 19. */
  public static NDArray columnTerm(NDArray logits, NDArray labels) {
    long n = labels.getShape().get(0);
    return picked(logits.logSoftmax(0).get("0:" + n), labels).neg();
  }

  /**
   * mean_i [ LSE_r s_r − s_i ]: the labelled rows' s over all rows; its least value is log N.
   *
   * @param labelled N, the rows that come first
   */
  static NDArray rowTerm(NDArray logits, long labelled) {
    return logSumExp(logits).logSoftmax(0).get("0:" + labelled).mean().neg();
  }

  /** Whether the loss holds {@link #columnTerm}. */
  public boolean hasColumnTerm() {
    return this != BASELINE && this != JEM && this != ST_JEM_NO_MI;
  }

  /** Whether the loss holds the softmax over the s of rows. */
  public boolean hasRowTerm() {
    return this == ST_JEM_NO_MI || this == ST_JEM_ROW || this == RES_JEM_ROW;
  }

  /**
   * The least value of {@link #crossEntropy}: the entropy of a smoothed label.
   *
   * @param smoothing ε
   */
  public static double crossEntropyFloor(double smoothing, int classes) {
    if (smoothing == 0 || classes == 1) {
      return 0;
    }
    double other = smoothing / classes;
    double own = 1 - smoothing + other;
    return -own * Math.log(own) - (classes - 1) * other * Math.log(other);
  }

  /**
   * The least value of {@link #columnTerm}: (1/N) Σ_c n_c log n_c with n_c rows of class c.
   *
   * @param labels y of the labelled rows
   */
  public static double columnFloor(int[] labels, int classes) {
    int[] counts = new int[classes];
    for (int label : labels) {
      counts[label]++;
    }
    double sum = 0;
    for (int count : counts) {
      sum += count == 0 ? 0 : count * Math.log(count);
    }
    return sum / labels.length;
  }

  /** s = LSE_c F, {@code [rows, 1]}: log p(x) up to a constant. */
  public static NDArray logSumExp(NDArray logits) {
    // In any one column F − log softmax F is the LSE, with the right gradient.
    return logits.sub(logits.logSoftmax(1)).get(":, 0:1");
  }

  private static NDArray picked(NDArray values, NDArray labels) {
    return values.gather(labels, 1).mean();
  }
}
