package org.stjem.acoustic.flatstart;

import java.util.Arrays;
import java.util.List;
import org.stjem.acoustic.forced.ForcedAligner;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A first guess at which state each frame belongs to: frames of little energy are silence, and the
 * states of the transcript share the others evenly.
 */
final class FirstSegmentation {
  /** Between the mean energies of quiet and loud frames, where silence ends. */
  private static final double THRESHOLD = 0.35;

  /** Quiet and loud frames that differ by less, in nats, are all taken for speech. */
  private static final double LEAST_CONTRAST = 1;

  /** Quieter stretches of fewer frames are parts of speech, such as closures of plosives. */
  private static final int SHORTEST_SILENCE = 12;

  /** So many frames at the edges of speech are kept, as its first and last sounds are weak. */
  private static final int MARGIN = 3;

  private static final int MOST_ITERATIONS = 50;

  private FirstSegmentation() {}

  /**
   * Labels the frames of an utterance.
   *
   * @param features log-Mel energies {@code [frames, bins]}, normalised or not
   * @param phones of the transcript
   * @param silence pdfs of the states of silence
   * @throws EntryException if there are fewer frames than states
   */
  static UtteranceLabels of(
      FloatMatrix features, List<ForcedAligner.Phone> phones, int... silence) {
    int frames = features.rows();
    int[] states = phones.stream().flatMapToInt(phone -> Arrays.stream(phone.pdfs())).toArray();
    if (frames < states.length) {
      throw new EntryException(
          "its "
              + frames
              + " frames are too few for the "
              + states.length
              + " states of its words");
    }
    boolean[] silent = phones.isEmpty() ? allTrue(frames) : silent(features);
    int loud = count(silent, false);
    if (loud < states.length) {
      Arrays.fill(silent, false);
      loud = frames;
    }
    int[] pdfs = new int[frames];
    int[] firstFrames = new int[states.length];
    Arrays.fill(firstFrames, -1);
    int spoken = 0;
    int begin = 0;
    while (begin < frames) {
      int end = begin;
      while (end < frames && silent[end] == silent[begin]) {
        end++;
      }
      for (int t = begin; t < end; t++) {
        if (silent[t]) {
          pdfs[t] = silence[share(t - begin, end - begin, silence.length)];
        } else {
          int state = share(spoken++, loud, states.length);
          pdfs[t] = states[state];
          firstFrames[state] = firstFrames[state] < 0 ? t : firstFrames[state];
        }
      }
      begin = end;
    }
    return new UtteranceLabels(pdfs, starts(phones, firstFrames, frames - loud));
  }

  private static PhoneStarts starts(
      List<ForcedAligner.Phone> phones, int[] firstFrames, int silentFrames) {
    int[] ids = new int[phones.size()];
    int[] frames = new int[phones.size()];
    int state = 0;
    for (int i = 0; i < ids.length; i++) {
      ids[i] = phones.get(i).phone();
      frames[i] = firstFrames[state];
      state += phones.get(i).pdfs().length;
    }
    return new PhoneStarts(ids, frames, silentFrames);
  }

  /** Which of {@code parts} equal parts of {@code size} an index lies in. */
  private static int share(int index, int size, int parts) {
    return (int) ((long) index * parts / size);
  }

  private static boolean[] allTrue(int size) {
    boolean[] all = new boolean[size];
    Arrays.fill(all, true);
    return all;
  }

  private static int count(boolean[] values, boolean wanted) {
    int count = 0;
    for (boolean value : values) {
      count += value == wanted ? 1 : 0;
    }
    return count;
  }

  private static boolean[] silent(FloatMatrix features) {
    double[] energies = new double[features.rows()];
    for (int t = 0; t < energies.length; t++) {
      for (int d = 0; d < features.cols(); d++) {
        energies[t] += features.get(t, d) / (double) features.cols();
      }
    }
    double threshold = threshold(energies);
    boolean[] loud = new boolean[energies.length];
    for (int t = 0; t < loud.length; t++) {
      if (energies[t] >= threshold) {
        int from = Math.max(0, t - MARGIN);
        Arrays.fill(loud, from, Math.min(loud.length, t + MARGIN + 1), true);
      }
    }
    boolean[] silent = new boolean[loud.length];
    for (int begin = 0; begin < loud.length; begin++) {
      int end = begin;
      while (end < loud.length && !loud[end]) {
        end++;
      }
      if (end - begin >= SHORTEST_SILENCE) {
        Arrays.fill(silent, begin, end, true);
      }
      begin = end;
    }
    return silent;
  }

  /** By the means of two clusters, of the quiet frames and the loud ones. */
  private static double threshold(double... energies) {
    double quiet = Arrays.stream(energies).min().orElse(0);
    double loud = Arrays.stream(energies).max().orElse(0);
    for (int i = 0; i < MOST_ITERATIONS; i++) {
      double middle = (quiet + loud) / 2;
      double nextQuiet = Arrays.stream(energies).filter(e -> e < middle).average().orElse(quiet);
      double nextLoud = Arrays.stream(energies).filter(e -> e >= middle).average().orElse(loud);
      if (nextQuiet == quiet && nextLoud == loud) {
        break;
      }
      quiet = nextQuiet;
      loud = nextLoud;
    }
    return loud - quiet < LEAST_CONTRAST
        ? Double.NEGATIVE_INFINITY
        : quiet + THRESHOLD * (loud - quiet);
  }
}
