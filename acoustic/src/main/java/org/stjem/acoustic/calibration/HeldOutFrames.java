package org.stjem.acoustic.calibration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.stjem.acoustic.align.Labels;
import org.stjem.acoustic.eval.Calibration;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.acoustic.eval.FrameCalibration;
import org.stjem.acoustic.eval.ScoreKind;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Logits of held-out frames with the right pdf of each. Of more frames than it may hold it keeps an
 * unbiased sample. Memory: 4 bytes per frame and pdf.
 */
public final class HeldOutFrames {
  /** Frames kept unless the caller asks for another number. */
  public static final int DEFAULT_CAPACITY = 100_000;

  private final int capacity;
  private final Random random;
  private final List<float[]> rows = new ArrayList<>();
  private int[] labels = new int[1024];
  private long offered;

  /**
   * Holds nothing yet.
   *
   * @param capacity frames to keep at most, at least 1
   * @param seed of the sample
   */
  public HeldOutFrames(int capacity, long seed) {
    if (capacity < 1) {
      throw new StjemException(capacity + " frames are too few to fit anything on");
    }
    this.capacity = capacity;
    this.random = new Random(seed);
  }

  /**
   * Adds the frames of one utterance, or none if it throws. Where logits and alignment differ by
   * fewer than 5 frames, the longer one is cut.
   *
   * @param logits {@code [frames, pdfs]}
   * @param pdfs the right pdf-id of each frame
   * @throws StjemException if the lengths differ by more, a pdf-id is out of range, a logit is not
   *     finite, or the number of pdfs is not that of earlier utterances
   */
  public void add(FloatMatrix logits, int[] pdfs) {
    int cols = logits.cols();
    int frames = Labels.commonFrames("logits", logits.rows(), pdfs);
    if (!rows.isEmpty() && rows.get(0).length != cols) {
      throw new StjemException(
          "the logits have " + cols + " columns, earlier ones " + rows.get(0).length);
    }
    Labels.requireBelow(cols, pdfs, frames);
    for (int t = 0; t < frames; t++) {
      FiniteNumbers.requireScores(logits.data(), t * cols, cols, t);
    }
    for (int t = 0; t < frames; t++) {
      add(Arrays.copyOfRange(logits.data(), t * cols, (t + 1) * cols), pdfs[t]);
    }
  }

  private void add(float[] row, int label) {
    offered++;
    int place = rows.size();
    if (place == capacity) {
      long drawn = random.nextLong(offered);
      if (drawn >= capacity) {
        return;
      }
      place = (int) drawn;
      rows.set(place, row);
    } else {
      rows.add(row);
    }
    if (place >= labels.length) {
      labels = Arrays.copyOf(labels, 2 * labels.length);
    }
    labels[place] = label;
  }

  /** Frames kept. */
  public int size() {
    return rows.size();
  }

  /** Number of pdfs; 0 without frames. */
  public int numPdfs() {
    return rows.isEmpty() ? 0 : rows.get(0).length;
  }

  /** How well the posteriors of the frames kept, scaled, are calibrated. */
  public CalibrationReport report(Optional<PosteriorScaling> scaling) {
    FrameCalibration calibration = new FrameCalibration(Calibration.DEFAULT_BINS, ScoreKind.LOGITS);
    for (int frame = 0; frame < size(); frame++) {
      FloatMatrix logits = new FloatMatrix(1, numPdfs(), row(frame));
      calibration.add(
          scaling.isPresent() ? scaling.get().apply(logits) : logits, new int[] {label(frame)});
    }
    return calibration.report();
  }

  /** The logits of a frame; not to be changed. */
  float[] row(int frame) {
    return rows.get(frame);
  }

  /** The right pdf of a frame. */
  int label(int frame) {
    return labels[frame];
  }
}
