package org.stjem.acoustic.flatstart;

import java.util.Arrays;
import org.stjem.acoustic.tying.Cepstra;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A Gaussian for each pdf, over cepstra and how they change. So simple a model cannot learn a wrong
 * segmentation by heart as a network can, so it makes the first rounds.
 */
final class StateGaussians {
  /** So many frames of the variance of all pdfs are added to those of each. */
  private static final double PRIOR_FRAMES = 20;

  private static final double LEAST_VARIANCE = 1e-4;

  /** Of pdfs that have no frames: so low that a path with one is the last resort. */
  private static final float NEVER_SEEN = -1000;

  private final int dim;
  private final double[] counts;
  private final double[][] sums;
  private final double[][] squares;
  private double[][] means;
  private double[][] precisions;
  private double[] constants;

  /** Without frames. */
  StateGaussians(int numPdfs) {
    this.dim = Cepstra.DIM;
    this.counts = new double[numPdfs];
    this.sums = new double[numPdfs][dim];
    this.squares = new double[numPdfs][dim];
  }

  /**
   * Adds an utterance.
   *
   * @param cepstra as {@link Cepstra} makes them
   * @param pdfs one per frame
   */
  void add(FloatMatrix cepstra, int... pdfs) {
    for (int t = 0; t < pdfs.length; t++) {
      counts[pdfs[t]]++;
      for (int d = 0; d < dim; d++) {
        double value = cepstra.get(t, d);
        sums[pdfs[t]][d] += value;
        squares[pdfs[t]][d] += value * value;
      }
    }
  }

  /** Makes the Gaussians of what was added. */
  void estimate() {
    int pdfs = counts.length;
    means = new double[pdfs][dim];
    precisions = new double[pdfs][dim];
    constants = new double[pdfs];
    double all = Arrays.stream(counts).sum();
    double[] within = new double[dim];
    for (int pdf = 0; pdf < pdfs; pdf++) {
      for (int d = 0; d < dim && counts[pdf] > 0; d++) {
        means[pdf][d] = sums[pdf][d] / counts[pdf];
        within[d] += (squares[pdf][d] - sums[pdf][d] * means[pdf][d]) / all;
      }
    }
    for (int pdf = 0; pdf < pdfs; pdf++) {
      for (int d = 0; d < dim; d++) {
        double deviations = squares[pdf][d] - sums[pdf][d] * means[pdf][d];
        double variance = (deviations + PRIOR_FRAMES * within[d]) / (counts[pdf] + PRIOR_FRAMES);
        variance = Math.max(variance, LEAST_VARIANCE);
        precisions[pdf][d] = 1 / variance;
        constants[pdf] -= 0.5 * Math.log(2 * Math.PI * variance);
      }
    }
  }

  /** Log-likelihoods {@code [frames, pdfs]}. */
  FloatMatrix scores(FloatMatrix cepstra) {
    FloatMatrix scores = new FloatMatrix(cepstra.rows(), counts.length);
    for (int t = 0; t < cepstra.rows(); t++) {
      for (int pdf = 0; pdf < counts.length; pdf++) {
        double score = constants[pdf];
        for (int d = 0; d < dim; d++) {
          double distance = cepstra.get(t, d) - means[pdf][d];
          score -= 0.5 * distance * distance * precisions[pdf][d];
        }
        scores.set(t, pdf, counts[pdf] > 0 ? (float) score : NEVER_SEEN);
      }
    }
    return scores;
  }
}
