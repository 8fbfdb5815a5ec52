package org.stjem.acoustic.flatstart;

/**
 * What a round has led to.
 *
 * @param round from 1
 * @param kind what gave the scores
 * @param utterances that were aligned
 * @param failed utterances that were not
 * @param frames of those that were aligned
 * @param logLikelihood per frame, divided by the acoustic scale
 * @param silence share of the frames in silence
 * @param boundaries beginnings of phones of words that can be compared with the round before
 * @param moved share of those that moved by more than {@link #STILL} frames
 * @param meanShift frames by which they moved on average
 * @param seconds that the round took
 */
record Round(
    int round,
    Kind kind,
    int utterances,
    int failed,
    long frames,
    double logLikelihood,
    double silence,
    long boundaries,
    double moved,
    double meanShift,
    double seconds) {
  /** What gives the scores of a round. */
  enum Kind {
    GAUSSIANS("Gaussians"),
    NETWORK("the network");

    private final String shown;

    Kind(String shown) {
      this.shown = shown;
    }

    /** As people read it. */
    String shown() {
      return shown;
    }
  }

  /** A boundary that moves by no more frames stays where it is. */
  static final int STILL = 2;
}
