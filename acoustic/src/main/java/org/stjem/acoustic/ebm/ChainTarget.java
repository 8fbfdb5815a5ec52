package org.stjem.acoustic.ebm;

/**
 * What chains climb: s = LSE_c F, or F_y of a label y.
 *
 * @param labels where the labels of conditional chains come from
 * @param conditional share of the chains that climb F_y, and of the replay buffer that is divided
 *     among the labels; the others climb s
 */
public record ChainTarget(Labels labels, double conditional) {
  /** Where the labels of conditional chains come from. */
  public enum Labels {
    /** Drawn as in the training data. */
    DATA,
    /** Drawn from the labelled rows of the batch that the sample will stand in. */
    BATCH
  }

  /** All chains climb s. */
  public static final ChainTarget UNCONDITIONAL = new ChainTarget(Labels.DATA, 0);

  /** All chains climb F_y of labels drawn as in the training data. */
  public static final ChainTarget CONDITIONAL = new ChainTarget(Labels.DATA, 1);

  public ChainTarget {
    TrainerOptions.require(
        conditional >= 0 && conditional <= 1, "share of conditional chains", conditional);
  }

  /** Whether every sample was drawn for a label. */
  boolean isConditional() {
    return conditional == 1;
  }
}
