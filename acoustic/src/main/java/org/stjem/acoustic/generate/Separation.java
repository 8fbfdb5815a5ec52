package org.stjem.acoustic.generate;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.stjem.acoustic.ebm.AnnealedSgld;
import org.stjem.acoustic.ebm.ScoreField;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Parts a mixture into two voices. Of each power m of the mixture the first has the share σ(z) and
 * the second the rest, so that their powers add up to the mixture's whatever z is. z climbs, step
 * about, the scores of the first voice under its speaker and of the second under its own; features
 * are natural logarithms of powers, log m + log σ(± z).
 *
 * @param model of phones and speakers, of features that are not normalised
 * @param sgld the chains of z
 * @param smoothing preconditioner of a block
 */
public record Separation(
    SequenceModel model,
    AnnealedSgld sgld,
    Function<SequenceShape, AnnealedSgld.RootOfPreconditioner> smoothing) {

  /** The two voices, {@code [frames, dim]} each. */
  public record Voices(FloatMatrix first, FloatMatrix second) {}

  /**
   * Parts a mixture.
   *
   * @param mixture {@code [frames, dim]}
   * @param firstSpeaker column of the first voice's speaker
   * @param secondSpeaker column of the second's
   * @throws org.stjem.frontend.kaldi.EntryException if the model cannot take it
   */
  public Voices separate(
      FloatMatrix mixture, int firstSpeaker, int secondSpeaker, SeededRandom random) {
    float[] whole = model.normalised(mixture);
    SequenceShape shape = model.shape(List.of(mixture.rows()));
    float[] stddev = model.description().inputStddev();
    ScoreField first = voice(whole, stddev, 1, score(shape, firstSpeaker));
    ScoreField second = voice(whole, stddev, -1, score(shape, secondSpeaker));
    float[] z = new float[whole.length];
    sgld.run(
        new StepAbout(first, second),
        z,
        shape.ends(),
        new SeededRandom[] {random},
        null,
        smoothing.apply(shape),
        (steps, now) -> {});
    return new Voices(
        model.features(part(whole, z, stddev, 1), 0, mixture.rows()),
        model.features(part(whole, z, stddev, -1), 0, mixture.rows()));
  }

  private ScoreField score(SequenceShape shape, int speaker) {
    int[] speakers = new int[shape.totalFrames()];
    Arrays.fill(speakers, speaker);
    return model.score(shape, speakers);
  }

  /** Two scores in turn, beginning with the first. */
  private static final class StepAbout implements ScoreField {
    private final ScoreField first;
    private final ScoreField second;
    private boolean isFirst;

    StepAbout(ScoreField first, ScoreField second) {
      this.first = first;
      this.second = second;
    }

    @Override
    public float[] gradient(float[] z, double[] scores) {
      isFirst = !isFirst;
      return (isFirst ? first : second).gradient(z, scores);
    }
  }

  /** The score of one voice as a function of z. */
  private static ScoreField voice(float[] whole, float[] stddev, int sign, ScoreField score) {
    return (z, scores) -> {
      float[] gradient = score.gradient(part(whole, z, stddev, sign), scores);
      for (int i = 0; i < z.length; i++) {
        // d log σ(±z) / dz = ± σ(∓z)
        double slope = sign / (1 + Math.exp(sign * (double) z[i]));
        gradient[i] *= (float) (slope / stddev[i % stddev.length]);
      }
      return gradient;
    };
  }

  /** The normalised features of a voice: those of the mixture plus log σ(±z). */
  private static float[] part(float[] whole, float[] z, float[] stddev, int sign) {
    float[] part = new float[z.length];
    for (int i = 0; i < z.length; i++) {
      double logShare = -Math.log1p(Math.exp(-sign * (double) z[i]));
      part[i] = (float) (whole[i] + logShare / stddev[i % stddev.length]);
    }
    return part;
  }
}
