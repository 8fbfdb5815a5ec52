package org.stjem.acoustic.net;

import java.util.Arrays;
import java.util.List;
import org.stjem.acoustic.align.ClassCounts;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Log priors of the pdfs and what they turn logits into. The formula and the floor are those of
 * Kaldi's nnet1 (nnet/nnet-pdf-prior.cc): log p(y) = log(c_y / Σc + 1e-20), and a pdf whose
 * relative frequency is below the floor is switched off by a huge prior.
 */
public final class Priors {
  /** Relative frequency under which a pdf is switched off: {@code --prior-floor}. */
  public static final double DEFAULT_FLOOR = 1e-10;

  /** The log prior of a pdf that is switched off; its scores stay finite, as Kaldi requires. */
  private static final float OFF = (float) Math.sqrt(Float.MAX_VALUE);

  private final float[] logPriors;

  private Priors(float[] logPriors) {
    this.logPriors = logPriors;
  }

  /** Priors from the number of training frames of each pdf. */
  public static Priors ofCounts(double[] counts) {
    return ofCounts(counts, DEFAULT_FLOOR);
  }

  /**
   * Priors from the number of training frames of each pdf.
   *
   * @param counts length numPdfs, none negative, at least one positive
   * @param floor relative frequency under which a pdf is switched off
   */
  public static Priors ofCounts(double[] counts, double floor) {
    double sum = ClassCounts.total(counts);
    float[] logPriors = new float[counts.length];
    for (int pdf = 0; pdf < counts.length; pdf++) {
      double frequency = counts[pdf] / sum;
      logPriors[pdf] = frequency < floor ? OFF : (float) Math.log(frequency + 1e-20);
    }
    return new Priors(logPriors);
  }

  /**
   * The class priors of a mixture, p(y) = Σ_i w_i p_i(y), which is what Eq. 24 has as its marginal
   * when every model carries the priors of its own training set.
   *
   * @param weights w_i, not negative; scaled to a sum of 1
   * @param counts training frames of each pdf, one array per model, all of one length
   * @return p(y), which sums to 1
   */
  public static double[] mean(double[] weights, List<double[]> counts) {
    double total = Arrays.stream(weights).sum();
    double[] priors = new double[counts.get(0).length];
    for (int i = 0; i < weights.length; i++) {
      double sum = ClassCounts.total(counts.get(i));
      for (int y = 0; y < priors.length; y++) {
        priors[y] += weights[i] / total * counts.get(i)[y] / sum;
      }
    }
    return priors;
  }

  /**
   * The counts that go with posteriors trained on smoothed labels, (1 − ε)·c_y + ε·Σc/C: what such
   * posteriors are in the mean. Divided by the frequency of the labels themselves, the posterior of
   * a rare pdf, which smoothing keeps from falling below ε/C, would exceed all others everywhere. A
   * pdf that has no frame stays without.
   *
   * @param counts training frames of each pdf
   * @param smoothing ε, from 0 to below 1
   */
  public static double[] smoothed(double[] counts, double smoothing) {
    double share = smoothing * Arrays.stream(counts).sum() / counts.length;
    return Arrays.stream(counts)
        .map(count -> count == 0 ? 0 : (1 - smoothing) * count + share)
        .toArray();
  }

  /** log p(y), length numPdfs; a copy. */
  public float[] logPriors() {
    return logPriors.clone();
  }

  public int numPdfs() {
    return logPriors.length;
  }

  /**
   * Turns logits into the scores asked for.
   *
   * @param logits {@code [frames, numPdfs]}; not changed
   * @param priorScale weight of the log prior, 1 in theory; only {@code LOGLIKES} uses it
   * @return {@code [frames, numPdfs]}
   */
  public FloatMatrix apply(FloatMatrix logits, OutputKind kind, double priorScale) {
    if (kind == OutputKind.LOGITS) {
      return logits;
    }
    int cols = logits.cols();
    if (kind == OutputKind.LOGLIKES && cols != logPriors.length) {
      throw new StjemException(
          "logits have " + cols + " columns, the priors are of " + logPriors.length + " pdfs");
    }
    RowScorer scorer = scorer(kind, priorScale);
    FloatMatrix scores = new FloatMatrix(logits.rows(), cols);
    for (int at = 0; at < scores.data().length; at += cols) {
      scorer.score(logits.data(), at, scores.data(), at, cols);
    }
    return scores;
  }

  /** What {@link #apply} does to each row. */
  public RowScorer scorer(OutputKind kind, double priorScale) {
    return new RowScorer(kind, scaled(priorScale));
  }

  /** priorScale · log p(y), what log-likelihoods are less than logits. */
  public float[] scaled(double priorScale) {
    float[] scaled = new float[logPriors.length];
    for (int pdf = 0; pdf < scaled.length; pdf++) {
      scaled[pdf] = (float) (priorScale * logPriors[pdf]);
    }
    return scaled;
  }

  /**
   * log p(y|x), which needs no priors: the logits less their logsumexp.
   *
   * @param logits {@code [frames, numPdfs]}; not changed
   */
  public static FloatMatrix logPosteriors(FloatMatrix logits) {
    return new Priors(new float[0]).apply(logits, OutputKind.LOG_POSTERIORS, 1);
  }

  /**
   * log p(x) + const of each frame, the logsumexp of its logits.
   *
   * @param logits {@code [frames, numPdfs]}
   * @return length frames
   */
  public static float[] logDensity(FloatMatrix logits) {
    float[] density = new float[logits.rows()];
    for (int row = 0; row < density.length; row++) {
      density[row] = (float) LogSumExp.of(logits.data(), row * logits.cols(), logits.cols());
    }
    return density;
  }
}
