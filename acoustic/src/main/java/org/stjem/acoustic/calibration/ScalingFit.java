package org.stjem.acoustic.calibration;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.stjem.frontend.io.StjemException;

/** Fits a {@link PosteriorScaling} to held-out frames by maximising a likelihood with L-BFGS. */
public final class ScalingFit {
  /** Penalty of vector scaling unless the caller asks for another. */
  public static final double DEFAULT_L2 = 1e-3;

  /**
   * Key of the temperature in what a fit is described by: with vector scaling that whose factor the
   * factors are kept near.
   */
  public static final String TEMPERATURE = "temperature";

  private static final int MAX_ITERATIONS = 200;
  private static final double TOLERANCE = 1e-7;

  /** Confidences are kept this far from 0 and 1, so that the likelihood of a mistake is not 0. */
  private static final double LEAST_DOUBT = 1e-6;

  /** What a temperature makes most likely. */
  public enum Criterion {
    /** The right pdf: Σ log p(y|x). */
    LIKELIHOOD,
    /**
     * That the most probable pdf is right or wrong, as its confidence c says: Σ log c over frames
     * it is right on, Σ log(1 − c) over the others.
     */
    TOP_LABEL;

    /** The name used on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private ScalingFit() {}

  /**
   * Temperature scaling.
   *
   * @throws StjemException if there are no frames
   */
  public static PosteriorScaling temperature(HeldOutFrames frames, Criterion criterion) {
    double temperature = 1 / bestFactor(frames, criterion);
    Map<String, String> fit = description(frames, temperature);
    fit.put("criterion", criterion.toString());
    return PosteriorScaling.ofTemperature(temperature, fit);
  }

  /**
   * Vector scaling by the likelihood of the right pdf. To the negative log-likelihood per frame is
   * added l2 · Σ_y [(log a_y − log a)² + b_y²], a being the factor of temperature scaling, which
   * keeps pdfs of few frames near it.
   *
   * @throws StjemException if there are no frames
   */
  public static PosteriorScaling vector(HeldOutFrames frames, double l2) {
    double start = Math.log(bestFactor(frames, Criterion.LIKELIHOOD));
    int pdfs = frames.numPdfs();
    double[] variables = new double[2 * pdfs];
    Arrays.fill(variables, 0, pdfs, start);
    double[] best =
        Lbfgs.minimise(
            (x, gradient) -> vectorLoss(frames, l2, start, x, gradient),
            variables,
            MAX_ITERATIONS,
            TOLERANCE);
    double[] factors = new double[pdfs];
    for (int y = 0; y < pdfs; y++) {
      factors[y] = Math.exp(best[y]);
    }
    Map<String, String> fit = description(frames, Math.exp(-start));
    fit.put("l2", Double.toString(l2));
    return PosteriorScaling.ofVectors(factors, Arrays.copyOfRange(best, pdfs, 2 * pdfs), fit);
  }

  private static Map<String, String> description(HeldOutFrames frames, double temperature) {
    Map<String, String> fit = new TreeMap<>();
    fit.put("frames", Integer.toString(frames.size()));
    fit.put(TEMPERATURE, String.format(Locale.ROOT, "%.4f", temperature));
    return fit;
  }

  private static double bestFactor(HeldOutFrames frames, Criterion criterion) {
    if (frames.size() == 0) {
      throw new StjemException("there are no frames to fit a calibration on");
    }
    double[] best =
        Lbfgs.minimise(
            (x, gradient) ->
                criterion == Criterion.LIKELIHOOD
                    ? likelihoodLoss(frames, x, gradient)
                    : topLabelLoss(frames, x, gradient),
            new double[1],
            MAX_ITERATIONS,
            TOLERANCE);
    return Math.exp(best[0]);
  }

  /** Mean −log p(y|x) under the factor exp x₀, whose logarithm is the variable. */
  private static double likelihoodLoss(HeldOutFrames frames, double[] x, double[] gradient) {
    double factor = Math.exp(x[0]);
    double[] posteriors = new double[frames.numPdfs()];
    double loss = 0;
    double slope = 0;
    for (int t = 0; t < frames.size(); t++) {
      float[] row = frames.row(t);
      for (int y = 0; y < row.length; y++) {
        posteriors[y] = factor * row[y];
      }
      int label = frames.label(t);
      double right = posteriors[label];
      loss += softmax(posteriors) - right;
      slope += factor * (mean(row, posteriors) - row[label]);
    }
    gradient[0] = slope / frames.size();
    return loss / frames.size();
  }

  private static double topLabelLoss(HeldOutFrames frames, double[] x, double[] gradient) {
    double factor = Math.exp(x[0]);
    double[] posteriors = new double[frames.numPdfs()];
    double loss = 0;
    double slope = 0;
    for (int t = 0; t < frames.size(); t++) {
      float[] row = frames.row(t);
      int best = 0;
      for (int y = 0; y < row.length; y++) {
        posteriors[y] = factor * row[y];
        best = row[y] > row[best] ? y : best;
      }
      softmax(posteriors);
      double confidence = Math.min(Math.max(posteriors[best], LEAST_DOUBT), 1 - LEAST_DOUBT);
      // d log c / d log a; and d log(1 − c) is −c/(1 − c) times that.
      double growth = factor * (row[best] - mean(row, posteriors));
      if (best == frames.label(t)) {
        loss -= Math.log(confidence);
        slope -= growth;
      } else {
        loss -= Math.log1p(-confidence);
        slope += confidence / (1 - confidence) * growth;
      }
    }
    gradient[0] = slope / frames.size();
    return loss / frames.size();
  }

  private static double vectorLoss(
      HeldOutFrames frames, double l2, double start, double[] x, double[] gradient) {
    int pdfs = frames.numPdfs();
    double[] factors = new double[pdfs];
    for (int y = 0; y < pdfs; y++) {
      factors[y] = Math.exp(x[y]);
    }
    Arrays.fill(gradient, 0);
    double[] posteriors = new double[pdfs];
    double loss = 0;
    for (int t = 0; t < frames.size(); t++) {
      float[] row = frames.row(t);
      for (int y = 0; y < pdfs; y++) {
        posteriors[y] = factors[y] * row[y] + x[pdfs + y];
      }
      int label = frames.label(t);
      double right = posteriors[label];
      loss += softmax(posteriors) - right;
      posteriors[label] -= 1;
      for (int y = 0; y < pdfs; y++) {
        gradient[y] += posteriors[y] * row[y];
        gradient[pdfs + y] += posteriors[y];
      }
    }
    loss /= frames.size();
    for (int y = 0; y < pdfs; y++) {
      double drift = x[y] - start;
      double offset = x[pdfs + y];
      loss += l2 * (drift * drift + offset * offset);
      gradient[y] = gradient[y] * factors[y] / frames.size() + 2 * l2 * drift;
      gradient[pdfs + y] = gradient[pdfs + y] / frames.size() + 2 * l2 * offset;
    }
    return loss;
  }

  /** Turns scores into posteriors in place; returns their logsumexp. */
  private static double softmax(double[] scores) {
    double largest = scores[0];
    for (double score : scores) {
      largest = Math.max(largest, score);
    }
    double sum = 0;
    for (int y = 0; y < scores.length; y++) {
      scores[y] = Math.exp(scores[y] - largest);
      sum += scores[y];
    }
    for (int y = 0; y < scores.length; y++) {
      scores[y] /= sum;
    }
    return largest + Math.log(sum);
  }

  private static double mean(float[] values, double[] posteriors) {
    double mean = 0;
    for (int y = 0; y < values.length; y++) {
      mean += posteriors[y] * values[y];
    }
    return mean;
  }
}
