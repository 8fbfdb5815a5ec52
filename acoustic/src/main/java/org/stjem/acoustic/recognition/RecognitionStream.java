package org.stjem.acoustic.recognition;

import java.util.List;
import java.util.Optional;
import org.stjem.acoustic.net.LogitStream;
import org.stjem.acoustic.serving.FeatureStream;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * One recording on its way to words. Features, scores and search go on with every piece of audio;
 * the result does not depend on the pieces. Words that were {@linkplain #settled settled} are the
 * first of the result. Where endpoints divide the recording into utterances, only what belongs to
 * the one that goes on is kept. Used by one thread.
 */
public final class RecognitionStream {
  /** Frames that go through the network at once after the end. */
  private static final int BLOCK = 200;

  private final Recognizer recognizer;
  private final FeatureStream features;
  private final LogitStream scores;
  private final UtteranceSearch search;
  private long samples;

  RecognitionStream(
      Recognizer recognizer,
      String key,
      FeatureStream features,
      Optional<EndpointRules> endpoints) {
    this.recognizer = recognizer;
    this.features = features;
    this.scores = recognizer.model().stream();
    this.search =
        new UtteranceSearch(
            recognizer, key, endpoints, recognizer.settings().pruning().latticeBeam());
  }

  /**
   * Takes the next samples.
   *
   * @param next at 16-bit scale and the recognizer's rate
   * @throws StjemException if they cannot be scored, or no path survives
   */
  public void accept(float[] next) {
    samples += next.length;
    hear(features.accept(next));
  }

  private void hear(FloatMatrix next) {
    search.acceptFeatures(next);
    search.accept(scores.accept(next));
  }

  /** The first words of the utterance that goes on, as far as they are certain. */
  public List<String> settled() {
    return search.settled();
  }

  /** The utterances that have ended since this was asked last. */
  public List<Recognition> takeEnded() {
    return search.takeEnded().stream().map(HeardPath::recognition).toList();
  }

  /** Seconds of audio taken. */
  public double seconds() {
    return (double) samples / recognizer.sampleRate();
  }

  /**
   * Ends the recording.
   *
   * @return its last utterance; {@link #takeEnded} has those before it
   * @throws StjemException if it was too short for a frame, or no path survives
   */
  public Recognition finish() {
    FloatMatrix owed = features.finish(BLOCK);
    while (owed.rows() > 0) {
      hear(owed);
      owed = features.finish(BLOCK);
    }
    search.accept(scores.finish());
    if (search.frames() == 0) {
      throw new StjemException(
          samples + " samples are too short for a frame of features; there is nothing to hear");
    }
    return search.finish(seconds()).recognition();
  }
}
