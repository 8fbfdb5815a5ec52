package org.stjem.acoustic.ebm;

import java.util.List;

/** The weighted sum of scores: points that several models, or a model and a wish, agree on. */
public final class WeightedScores implements ScoreField {
  private final List<Term> terms;

  /** A score and its weight in the sum. */
  public record Term(double weight, ScoreField score) {}

  /** The sum of some terms, at least one. */
  public WeightedScores(List<Term> terms) {
    if (terms.isEmpty()) {
      throw new IllegalArgumentException("a sum of no scores");
    }
    this.terms = List.copyOf(terms);
  }

  @Override
  public float[] gradient(float[] x, double[] scores) {
    float[] sum = new float[x.length];
    for (Term term : terms) {
      double[] own = new double[scores.length];
      float[] gradient = term.score().gradient(x, own);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += (float) (term.weight() * gradient[i]);
      }
      for (int i = 0; i < own.length; i++) {
        scores[i] += term.weight() * own[i];
      }
    }
    return sum;
  }
}
