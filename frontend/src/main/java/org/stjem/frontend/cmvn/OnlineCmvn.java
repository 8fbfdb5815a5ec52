package org.stjem.frontend.cmvn;

import java.util.ArrayDeque;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Mean and, on request, variance normalisation of a stream of features without a look into the
 * future (feat/online-feature.cc: OnlineCmvn): each frame by the statistics of a window that ends
 * with it. While the window is not full, frames of the speaker's earlier utterances, then of global
 * statistics, are added with their weight scaled down to what is missing.
 *
 * <pre>{@code
 * OnlineCmvn cmvn = new OnlineCmvn(new OnlineCmvnOptions(), global);
 * while (more) {
 *   use(cmvn.accept(chunk)); // as many frames as the chunk has
 * }
 * cmvn.finish(); // the same speaker's next utterance follows
 * }</pre>
 *
 * <p>The result does not depend on how an utterance is cut into chunks. What is kept is the frames
 * of one window. Not safe for use by several threads at once.
 */
public final class OnlineCmvn {
  private final OnlineCmvnOptions options;
  private final CmvnStats global;
  private final int dim;

  /** The frames of the window, the oldest first. */
  private final ArrayDeque<float[]> window = new ArrayDeque<>();

  private CmvnStats windowStats;
  private int flooredFrames;

  /** Of the speaker's earlier utterances. */
  private CmvnStats speaker;

  /** The same and the current utterance. */
  private CmvnStats speakerSoFar;

  /**
   * Normalisation at the start of a speaker's first utterance.
   *
   * @param options not copied
   * @param global statistics of typical speech, for {@link CmvnStats#dim()} bins
   * @throws StjemException if an option is out of range or the statistics do not serve it
   */
  public OnlineCmvn(OnlineCmvnOptions options, CmvnStats global) {
    options.check();
    if (!(global.count() > 0)) {
      throw new StjemException(
          "global CMVN statistics have a count of " + global.count() + " frames, not above 0");
    }
    if (options.normVars && !global.hasSquares()) {
      throw new StjemException(
          "--norm-vars=true needs sums of squares, but the global CMVN statistics have one row");
    }
    this.options = options;
    this.global = global;
    this.dim = global.dim();
    startSpeaker();
  }

  /** Forgets the speaker and any utterance that was not finished. */
  public void startSpeaker() {
    speaker = new CmvnStats(dim);
    startUtterance();
  }

  /** Forgets an utterance that was not finished. */
  public void startUtterance() {
    window.clear();
    windowStats = new CmvnStats(dim);
    speakerSoFar = speaker.copy();
    flooredFrames = 0;
  }

  /** Frames of the utterance so far in which a variance was below Kaldi's floor. */
  public int flooredFrames() {
    return flooredFrames;
  }

  /** Ends the utterance; the next frame is the first of another by the same speaker. */
  public void finish() {
    speaker = speakerSoFar;
    startUtterance();
  }

  /**
   * Normalises the next frames of the utterance.
   *
   * @param feats {@code [frames, dim]}; not changed
   * @return the same frames normalised, same shape
   * @throws StjemException if the number of bins is not that of the global statistics, or a value
   *     is not finite; then nothing was taken
   */
  public FloatMatrix accept(FloatMatrix feats) {
    if (feats.rows() > 0 && feats.cols() != dim) {
      throw new StjemException(
          "features have " + feats.cols() + " bins where the global CMVN statistics have " + dim);
    }
    FiniteNumbers.requireFeatures(feats, 0);
    FloatMatrix result = new FloatMatrix(feats.rows(), dim);
    for (int t = 0; t < feats.rows(); t++) {
      float[] frame = feats.row(t);
      speakerSoFar.add(frame, 1);
      windowStats.add(frame, 1);
      window.addLast(frame);
      if (window.size() > options.cmnWindow) {
        windowStats.add(window.removeFirst(), -1);
      }
      System.arraycopy(frame, 0, result.data(), t * dim, dim);
      if (options.normMeans) {
        normalise(result.data(), t * dim);
      }
    }
    return result;
  }

  private void normalise(float[] data, int row) {
    CmvnStats stats = windowStats.copy();
    double wanted = Math.min(options.cmnWindow - stats.count(), options.speakerFrames);
    addScaled(stats, speaker, Math.min(wanted, speaker.count()));
    addScaled(stats, global, Math.min(options.cmnWindow - stats.count(), options.globalFrames));
    Cmvn cmvn = Cmvn.normalising(stats.withoutBins(options.skipDims), options.normVars);
    cmvn.applyInPlace(data, row);
    flooredFrames += cmvn.flooredVariances() > 0 ? 1 : 0;
  }

  /** Adds statistics as if they were of {@code frames} frames. */
  private static void addScaled(CmvnStats stats, CmvnStats more, double frames) {
    if (frames > 0) {
      stats.add(frames / more.count(), more);
    }
  }
}
