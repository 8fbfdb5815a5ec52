package org.stjem.acoustic.generate;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.stjem.acoustic.ebm.AnnealedSgld;
import org.stjem.acoustic.ebm.ScoreField;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.WeightedScores;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Gives an utterance another speaker: climbs Σₜ score(x₍ₜ₋ₗ…ₜ₊ᵣ₎, phone yₜ, speaker) − w/2 ‖x −
 * x₀‖² from x₀. The labels hold the phones, the penalty the rest.
 *
 * @param model of phones and speakers
 * @param sgld the chains
 * @param smoothing preconditioner of a block
 * @param anchor w, 0 for none
 */
public record Conversion(
    SequenceModel model,
    AnnealedSgld sgld,
    Function<SequenceShape, AnnealedSgld.RootOfPreconditioner> smoothing,
    double anchor) {

  /**
   * Converts an utterance.
   *
   * @param given x₀, {@code [frames, dim]}
   * @param phones column of the phone of each frame
   * @param speaker column of the speaker
   * @throws org.stjem.frontend.kaldi.EntryException if the model cannot take it
   */
  public FloatMatrix convert(FloatMatrix given, int[] phones, int speaker, SeededRandom random) {
    float[] x = model.normalised(given);
    SequenceShape shape = model.shape(List.of(given.rows()));
    int[] speakers = new int[given.rows()];
    Arrays.fill(speakers, speaker);
    ScoreField score = model.score(shape, phones, speakers);
    if (anchor > 0) {
      score =
          new WeightedScores(
              List.of(
                  new WeightedScores.Term(1, score),
                  new WeightedScores.Term(anchor, new Anchor(x, shape.ends()))));
    }
    sgld.run(
        score,
        x,
        shape.ends(),
        new SeededRandom[] {random},
        null,
        smoothing.apply(shape),
        (steps, now) -> {});
    return model.features(x, 0, given.rows());
  }
}
