package org.stjem.acoustic.ebm;

/**
 * How the sampled rows of a batch come about.
 *
 * @param samples sampled rows in a batch, M; unused by objectives without samples
 * @param every batches served by one run of the sampler, which then samples that many times M rows
 *     at once
 * @param sgld the sampler; its number of steps holds at the start of training
 * @param finalSteps number of steps at the end of training, reached linearly
 * @param target what chains climb
 * @param start where chains start afresh
 * @param startRange bound of uniform starts
 * @param bufferSize rows of the replay buffer
 * @param reinitProbability how often a chain starts afresh
 * @param adaptive whether step size, noise and steps are explored around the sampler's
 */
public record Sampling(
    int samples,
    int every,
    Sgld sgld,
    int finalSteps,
    ChainTarget target,
    ChainStart start,
    double startRange,
    int bufferSize,
    double reinitProbability,
    boolean adaptive) {
  public Sampling {
    TrainerOptions.require(samples >= 0, "number of samples", samples);
    TrainerOptions.require(every >= 1, "number of batches per sampling", every);
    TrainerOptions.require(finalSteps >= 1, "final number of SGLD steps", finalSteps);
    TrainerOptions.require(startRange > 0, "range of the chains' starts", startRange);
    TrainerOptions.require(bufferSize >= 1, "size of the replay buffer", bufferSize);
    TrainerOptions.require(
        reinitProbability >= 0 && reinitProbability <= 1,
        "re-initialisation probability",
        reinitProbability);
  }

  /** The sampler at a point of the training, 0 at its start and 1 at its end. */
  Sgld sgld(double progress) {
    long steps = Math.round(sgld.steps() + progress * (finalSteps - sgld.steps()));
    return sgld.withSteps((int) steps);
  }
}
