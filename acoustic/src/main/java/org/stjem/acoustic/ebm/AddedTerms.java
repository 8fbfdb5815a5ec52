package org.stjem.acoustic.ebm;

/**
 * What is added to an {@link Objective}, how much of it, and how much its terms and negatives
 * count.
 *
 * @param labelSmoothing share of the target that is spread evenly over the classes in the
 *     cross-entropy, 0 for none
 * @param unlabelledWeight λ of the term of unlabelled rows (Eq. 22), 0 for none
 * @param unlabelledRows unlabelled rows in a batch
 * @param sampleWeight λ of the cross-entropy of conditional samples (Eq. 23), 0 for none
 * @param gradientPenalty λ of mean ‖∇ₓ s(x)‖² over labelled and sampled rows, 0 for none
 * @param negativeRows given negatives in a batch; they stand in the denominators like samples
 * @param denominatorWeight labelled rows that each sampled row and given negative counts for in the
 *     denominators; {@link #BALANCED} for as many as make them count as much as all labelled rows
 * @param energyWeight λ of all terms of the objective but the cross-entropy
 */
public record AddedTerms(
    double labelSmoothing,
    double unlabelledWeight,
    int unlabelledRows,
    double sampleWeight,
    double gradientPenalty,
    int negativeRows,
    double denominatorWeight,
    double energyWeight) {
  /** N / M, with M sampled rows and given negatives to N labelled ones. */
  public static final double BALANCED = 0;

  /** The objective alone. */
  public static final AddedTerms NONE = new AddedTerms(0, 0, 0, 0, 0, 0, 1, 1);

  public AddedTerms {
    TrainerOptions.require(
        labelSmoothing >= 0 && labelSmoothing < 1, "label smoothing", labelSmoothing);
    TrainerOptions.require(
        unlabelledWeight >= 0, "weight of the unlabelled rows", unlabelledWeight);
    TrainerOptions.require(
        unlabelledRows >= (unlabelledWeight > 0 ? 1 : 0),
        "number of unlabelled rows",
        unlabelledRows);
    TrainerOptions.require(sampleWeight >= 0, "weight of the samples' cross-entropy", sampleWeight);
    TrainerOptions.require(gradientPenalty >= 0, "gradient penalty", gradientPenalty);
    TrainerOptions.require(negativeRows >= 0, "number of negative rows", negativeRows);
    TrainerOptions.require(
        denominatorWeight >= 0 && Double.isFinite(denominatorWeight),
        "weight of negatives in the denominators",
        denominatorWeight);
    TrainerOptions.require(
        energyWeight >= 0 && Double.isFinite(energyWeight), "energy weight", energyWeight);
  }
}
