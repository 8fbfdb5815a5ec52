package org.stjem.acoustic.flatstart;

import java.util.Arrays;
import org.stjem.frontend.cmvn.Deltas;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A Gaussian for each pdf, over cepstra and how they change. So simple a model cannot learn a wrong
 * segmentation by heart as a network can, so it makes the first rounds.
 */
final class StateGaussians {
  private static final int CEPSTRA = 13;
  private static final int DELTA_ORDER = 2;
  private static final int DELTA_WINDOW = 2;

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
    this.dim = CEPSTRA * (DELTA_ORDER + 1);
    this.counts = new double[numPdfs];
    this.sums = new double[numPdfs][dim];
    this.squares = new double[numPdfs][dim];
  }

  /** Cepstra of log-Mel features, with their changes. */
  static FloatMatrix cepstra(FloatMatrix features) {
    int bins = features.cols();
    FloatMatrix cepstra = new FloatMatrix(features.rows(), CEPSTRA);
    for (int k = 0; k < CEPSTRA; k++) {
      double[] basis = new double[bins];
      for (int d = 0; d < bins; d++) {
        basis[d] = Math.sqrt(2.0 / bins) * Math.cos(Math.PI * k * (d + 0.5) / bins);
      }
      for (int t = 0; t < features.rows(); t++) {
        double sum = 0;
        for (int d = 0; d < bins; d++) {
          sum += basis[d] * features.get(t, d);
        }
        cepstra.set(t, k, (float) sum);
      }
    }
    return new Deltas(DELTA_ORDER, DELTA_WINDOW).append(cepstra);
  }

  /**
   * Adds an utterance.
   *
   * @param cepstra as {@link #cepstra} makes them
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
