package org.stjem.acoustic.ebm;

/**
 * How {@link Trainer} trains.
 *
 * @param objective what is minimised
 * @param terms what is added to it
 * @param schedule passes over the data and learning rate
 * @param sampling where sampled rows come from
 * @param seed seeds the weights, the order of the data and the chains
 */
public record TrainerOptions(
    Objective objective, AddedTerms terms, Schedule schedule, Sampling sampling, long seed) {
  public TrainerOptions {
    require(
        !objective.sampled() || sampling.samples() >= 1, "number of samples", sampling.samples());
    if (objective == Objective.JEM && terms.denominatorWeight() != 1) {
      throw new TrainingException("jem has no denominator in which samples could have a weight");
    }
    if (terms.sampleWeight() > 0 && !(objective.sampled() && sampling.target().isConditional())) {
      throw new TrainingException(
          "the cross-entropy of samples needs an objective with conditional samples");
    }
  }

  static void require(boolean valid, String name, Number value) {
    if (!valid) {
      throw new TrainingException("the " + name + " cannot be " + value);
    }
  }

  /** M as the objective uses it: 0 where it has no samples. */
  public int sampledRows() {
    return objective.sampled() ? sampling.samples() : 0;
  }
}
