package org.stjem.acoustic.flatstart;

import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.forced.ForcedAligner;
import org.stjem.frontend.kaldi.EntryException;

/** Adds up what the utterances of a round say about it. */
final class RoundTally {
  private final UtteranceTally utterances;
  private int done;
  private int failed;
  private long frames;
  private long silentFrames;
  private double logLikelihood;
  private long boundaries;
  private long moved;
  private long shift;

  RoundTally(UtteranceTally utterances) {
    this.utterances = utterances;
  }

  void failed(String key, EntryException why) {
    failed++;
    utterances.failed(key, why);
  }

  /**
   * An utterance is aligned.
   *
   * @param old where its phones began before, or null
   */
  void done(ForcedAligner.Alignment alignment, PhoneStarts starts, PhoneStarts old) {
    done++;
    utterances.done();
    frames += alignment.transitionIds().length;
    silentFrames += starts.silentFrames();
    logLikelihood += alignment.logLikelihood();
    if (old == null || !starts.hasPhonesOf(old)) {
      return;
    }
    boundaries += starts.frames().length;
    for (int i = 0; i < starts.frames().length; i++) {
      int distance = Math.abs(starts.frames()[i] - old.frames()[i]);
      shift += distance;
      moved += distance > Round.STILL ? 1 : 0;
    }
  }

  /**
   * The sums.
   *
   * @throws org.stjem.frontend.io.StjemException if no utterance was aligned
   */
  Round round(int number, Round.Kind kind, double seconds) {
    utterances.finish();
    double all = Math.max(1, boundaries);
    return new Round(
        number,
        kind,
        done,
        failed,
        frames,
        logLikelihood / frames,
        (double) silentFrames / frames,
        boundaries,
        boundaries == 0 ? 1 : moved / all,
        shift / all,
        seconds);
  }
}
