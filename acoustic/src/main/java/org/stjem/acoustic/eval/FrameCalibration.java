package org.stjem.acoustic.eval;

import java.util.Locale;
import org.stjem.acoustic.align.ClassCounts;
import org.stjem.acoustic.align.Labels;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Calibration of the frame posteriors of an acoustic model against an alignment: the confidence of
 * a frame is its largest posterior, and it is right when that pdf is the aligned one. The softmax
 * is taken in double precision.
 */
public final class FrameCalibration {
  /** Posteriors sum to 1 within this; they may have been stored with few digits. */
  public static final double SUM_TOLERANCE = 0.02;

  private final ScoreKind kind;
  private final double[] priorTerm;
  private final Calibration total;

  /** Calibration of scores that hold all a posterior needs: any kind but log-likelihoods. */
  public FrameCalibration(int numBins, ScoreKind kind) {
    this(numBins, kind, null);
    if (kind == ScoreKind.LOGLIKES) {
      throw new IllegalArgumentException("log-likelihoods need class counts");
    }
  }

  private FrameCalibration(int numBins, ScoreKind kind, double[] priorTerm) {
    this.kind = kind;
    this.priorTerm = priorTerm;
    this.total = new Calibration(numBins);
  }

  /**
   * Calibration of log-likelihoods: the log prior that was subtracted is added back. Classes never
   * seen have posterior 0.
   *
   * @param classCounts frames of each pdf in the training set
   * @param priorScale the scale under which the log prior was subtracted
   */
  public static FrameCalibration ofLogLikelihoods(
      int numBins, double[] classCounts, double priorScale) {
    double sum = ClassCounts.total(classCounts);
    double[] priorTerm = new double[classCounts.length];
    for (int y = 0; y < priorTerm.length; y++) {
      // A scale of 0 subtracted nothing, not even from a class that was never seen.
      priorTerm[y] = priorScale == 0 ? 0 : priorScale * Math.log(classCounts[y] / sum);
    }
    return new FrameCalibration(numBins, ScoreKind.LOGLIKES, priorTerm);
  }

  /**
   * Adds the frames of one utterance, or none of them if it throws. Where scores and alignment
   * differ by fewer than 5 frames, the longer one is cut.
   *
   * @param scores {@code [frames, pdfs]}
   * @param pdfs the aligned pdf-id of each frame
   * @throws StjemException if the lengths differ by more, there are no frames, a pdf-id is out of
   *     range, a row has no finite largest value, or posteriors do not sum to 1
   */
  public void add(FloatMatrix scores, int[] pdfs) {
    int frames = Labels.commonFrames("scores", scores.rows(), pdfs);
    if (priorTerm != null && priorTerm.length != scores.cols()) {
      throw new StjemException(
          "the scores have " + scores.cols() + " columns, the class counts " + priorTerm.length);
    }
    if (frames == 0) {
      throw new StjemException("there are no frames");
    }
    Labels.requireBelow(scores.cols(), pdfs, frames);
    double[][] posteriors = new double[frames][];
    for (int t = 0; t < frames; t++) {
      posteriors[t] = posteriors(scores, t);
    }
    for (int t = 0; t < frames; t++) {
      total.add(posteriors[t], pdfs[t]);
    }
  }

  private double[] posteriors(FloatMatrix scores, int frame) {
    double[] row = new double[scores.cols()];
    double largest = Double.NEGATIVE_INFINITY;
    for (int y = 0; y < row.length; y++) {
      double score = scores.get(frame, y);
      if (Double.isNaN(score) || score == Double.POSITIVE_INFINITY) {
        throw new StjemException("frame " + frame + " holds " + score + " for pdf-id " + y);
      }
      if (kind == ScoreKind.POSTERIORS) {
        score = Math.log(score);
      }
      row[y] = priorTerm == null ? score : score + priorTerm[y];
      largest = Math.max(largest, row[y]);
    }
    if (Double.isNaN(largest) || Double.isInfinite(largest)) {
      // All are −∞, or a posterior is negative.
      throw new StjemException("frame " + frame + " holds no distribution over the pdfs");
    }
    double sum = 0;
    for (int y = 0; y < row.length; y++) {
      row[y] = Math.exp(row[y] - largest);
      sum += row[y];
    }
    if (kind == ScoreKind.POSTERIORS || kind == ScoreKind.LOG_POSTERIORS) {
      requireOne(frame, sum * Math.exp(largest));
    }
    for (int y = 0; y < row.length; y++) {
      row[y] /= sum;
    }
    return row;
  }

  private void requireOne(int frame, double sum) {
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw new StjemException(
          String.format(
              Locale.ROOT,
              "frame %d: the posteriors sum to %.4g, not to 1; are these %s?",
              frame,
              sum,
              kind));
    }
  }

  /** The measures over all utterances so far. */
  public CalibrationReport report() {
    return total.report();
  }
}
