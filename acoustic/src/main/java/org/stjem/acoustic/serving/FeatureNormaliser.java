package org.stjem.acoustic.serving;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;
import org.stjem.acoustic.net.FeatureNormalisation;
import org.stjem.frontend.cmvn.Cmvn;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.cmvn.OnlineCmvn;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Normalises the features of one utterance as they come. Used by one thread at a time. */
abstract class FeatureNormaliser {

  /** Takes features {@code [frames, dim]}, and gives what can be given now. */
  abstract FloatMatrix accept(FloatMatrix features);

  /** After the last features: gives the next of those still owed, or no frames. */
  abstract FloatMatrix finish(int maxFrames);

  /** Frames held back. */
  abstract int framesOwed();

  /** Frees what is held back. May be called by any thread. */
  abstract void close();

  /**
   * At the start of an utterance of features of {@code dim} dimensions.
   *
   * @param memory what it may take to hold features back
   */
  static FeatureNormaliser of(FeatureNormalisation normalisation, int dim, MemoryShare memory) {
    if (normalisation.needsWholeUtterance()) {
      return perUtterance(dim, normalisation.variances(), memory);
    }
    return normalisation.isNone() ? none() : online(normalisation.newOnline());
  }

  /** Leaves features as they are. */
  static FeatureNormaliser none() {
    return immediate(features -> features);
  }

  /** Normalises each frame by those before it. */
  static FeatureNormaliser online(OnlineCmvn cmvn) {
    return immediate(cmvn::accept);
  }

  private static FeatureNormaliser immediate(UnaryOperator<FloatMatrix> normalisation) {
    return new FeatureNormaliser() {
      @Override
      FloatMatrix accept(FloatMatrix features) {
        return normalisation.apply(features);
      }

      @Override
      FloatMatrix finish(int maxFrames) {
        return new FloatMatrix(0, 0);
      }

      @Override
      int framesOwed() {
        return 0;
      }

      @Override
      void close() {}
    };
  }

  /**
   * Subtracts the mean over the utterance, for which it holds all features back until the end.
   *
   * @param variances whether the variance is normalised as well
   * @param memory what it may take for that
   */
  static FeatureNormaliser perUtterance(int dim, boolean variances, MemoryShare memory) {
    return new FeatureNormaliser() {
      private final CmvnStats stats = new CmvnStats(dim);
      private final Deque<FloatMatrix> held = new ArrayDeque<>();
      private Cmvn cmvn;
      private int given;

      @Override
      FloatMatrix accept(FloatMatrix features) {
        if (features.rows() > 0) {
          memory.take((long) Float.BYTES * features.data().length);
          stats.accumulate(features);
          held.addLast(features);
        }
        return new FloatMatrix(0, dim);
      }

      @Override
      FloatMatrix finish(int maxFrames) {
        FloatMatrix next = held.peekFirst();
        if (next == null) {
          return new FloatMatrix(0, dim);
        }
        if (cmvn == null) {
          cmvn = Cmvn.normalising(stats, variances);
        }
        int to = Math.min(next.rows(), given + maxFrames);
        FloatMatrix some = cmvn.apply(next.rows(given, to));
        given = to;
        if (given == next.rows()) {
          held.removeFirst();
          given = 0;
        }
        return some;
      }

      @Override
      int framesOwed() {
        return held.stream().mapToInt(FloatMatrix::rows).sum() - given;
      }

      @Override
      void close() {
        memory.close();
      }
    };
  }
}
