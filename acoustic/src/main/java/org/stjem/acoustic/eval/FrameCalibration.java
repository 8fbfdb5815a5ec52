package org.stjem.acoustic.eval;

import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Calibration of the frame posteriors of an acoustic model against an alignment: the confidence of
 * a frame is its largest posterior, and it is right when that pdf is the aligned one. The softmax
 * is taken in double precision.
 */
public final class FrameCalibration {
  /** Kaldi's nnet1 tools cut off a difference in length of fewer frames than this. */
  public static final int LENGTH_TOLERANCE = 5;

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
    double sum = 0;
    for (double count : classCounts) {
      sum += count;
    }
    if (!(sum > 0)) {
      throw new StjemException("class counts sum to " + sum + ", must be above 0");
    }
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
   *     range, or a row has no finite largest value
   */
  public void add(FloatMatrix scores, int[] pdfs) {
    if (Math.abs(scores.rows() - pdfs.length) >= LENGTH_TOLERANCE) {
      throw new StjemException(
          "the scores have "
              + scores.rows()
              + " frames, the alignment "
              + pdfs.length
              + "; they may differ by at most "
              + (LENGTH_TOLERANCE - 1));
    }
    if (priorTerm != null && priorTerm.length != scores.cols()) {
      throw new StjemException(
          "the scores have " + scores.cols() + " columns, the class counts " + priorTerm.length);
    }
    if (Math.min(scores.rows(), pdfs.length) == 0) {
      throw new StjemException("there are no frames");
    }
    int frames = Math.min(scores.rows(), pdfs.length);
    double[][] posteriors = new double[frames][];
    for (int t = 0; t < frames; t++) {
      if (pdfs[t] < 0 || pdfs[t] >= scores.cols()) {
        throw new StjemException(
            "frame "
                + t
                + " is aligned to pdf-id "
                + pdfs[t]
                + ", the scores have pdf-ids 0 … "
                + (scores.cols() - 1));
      }
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
      if (kind == ScoreKind.POSTERIORS) {
        score = Math.log(score);
      }
      row[y] = priorTerm == null ? score : score + priorTerm[y];
      largest = Math.max(largest, row[y]);
    }
    if (Double.isNaN(largest) || Double.isInfinite(largest)) {
      throw new StjemException("frame " + frame + " holds no distribution over the pdfs");
    }
    double sum = 0;
    for (int y = 0; y < row.length; y++) {
      row[y] = Math.exp(row[y] - largest);
      sum += row[y];
    }
    for (int y = 0; y < row.length; y++) {
      row[y] /= sum;
    }
    return row;
  }

  /** The measures over all utterances so far. */
  public CalibrationReport report() {
    return total.report();
  }
}
