package org.stjem.acoustic.serving;

import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Features of one utterance whose samples come bit by bit, normalised as the model's; however it is
 * cut, they are the same. Used by one thread.
 */
public final class FeatureStream {
  private final FbankExtractor extractor;
  private final FeatureNormaliser normaliser;
  private boolean ended;

  FeatureStream(FbankExtractor extractor, FeatureNormaliser normaliser) {
    this.extractor = extractor;
    this.normaliser = normaliser;
  }

  /**
   * Takes the next samples, at 16-bit scale, and gives the frames that are known now, {@code
   * [frames, dim]}.
   */
  public FloatMatrix accept(float[] samples) {
    return normaliser.accept(extractor.accept(samples));
  }

  /**
   * Ends the utterance, or goes on with what is still owed after its end.
   *
   * @param maxFrames about how many frames to give at once
   * @return the next frames; none if there are no more
   */
  public FloatMatrix finish(int maxFrames) {
    if (!ended) {
      ended = true;
      FloatMatrix last = normaliser.accept(extractor.finish());
      if (last.rows() > 0) {
        return last;
      }
    }
    return normaliser.finish(maxFrames);
  }
}
