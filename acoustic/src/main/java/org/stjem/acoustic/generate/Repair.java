package org.stjem.acoustic.generate;

import java.util.List;
import java.util.function.Function;
import org.stjem.acoustic.ebm.AnnealedSgld;
import org.stjem.acoustic.ebm.ScoreField;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.WeightedScores;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Makes given sequences likelier under a model: climbs Σₜ log p(x₍ₜ₋ₗ…ₜ₊ᵣ₎) − w/2 ‖x − x₀‖² from
 * x₀.
 *
 * @param model that is climbed
 * @param sgld the chains
 * @param smoothing preconditioner of a block
 * @param anchor w, 0 for none
 */
public record Repair(
    SequenceModel model,
    AnnealedSgld sgld,
    Function<SequenceShape, AnnealedSgld.RootOfPreconditioner> smoothing,
    double anchor) {

  /** A repaired utterance and its score per frame before the first step and after the last. */
  public record Repaired(FloatMatrix features, double before, double after) {}

  /**
   * Repairs an utterance.
   *
   * @param given x₀, {@code [frames, dim]}
   * @param free which values may change, row by row; null for all. The others keep their bits.
   * @throws org.stjem.frontend.kaldi.EntryException if the model cannot take it
   */
  public Repaired repair(FloatMatrix given, boolean[] free, SeededRandom random) {
    float[] x = model.normalised(given);
    SequenceShape shape = model.shape(List.of(given.rows()));
    int[] ends = shape.ends();
    ScoreField score = model.score(shape);
    if (anchor > 0) {
      score =
          new WeightedScores(
              List.of(
                  new WeightedScores.Term(1, score),
                  new WeightedScores.Term(anchor, new Anchor(x, ends))));
    }
    double[] scores = new double[2];
    sgld.run(
        score,
        x,
        ends,
        new SeededRandom[] {random},
        free,
        smoothing.apply(shape),
        (steps, now) -> {
          if (steps == 0) {
            scores[0] = now[0] / given.rows();
          }
          scores[1] = now[0] / given.rows();
        });
    FloatMatrix repaired = model.features(x, 0, given.rows());
    for (int i = 0; i < x.length; i++) {
      if (free != null && !free[i]) {
        repaired.data()[i] = given.data()[i];
      }
    }
    return new Repaired(repaired, scores[0], scores[1]);
  }
}
