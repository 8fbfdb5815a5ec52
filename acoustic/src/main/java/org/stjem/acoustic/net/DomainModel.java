package org.stjem.acoustic.net;

import java.util.List;
import org.stjem.frontend.kaldi.FloatMatrix;

/** An acoustic model made of models of several domains, which tells which of them it hears. */
public interface DomainModel extends AcousticModel {

  /** What the domains are called. */
  List<String> domains();

  /**
   * How probable the domains are.
   *
   * @param frames of each frame, {@code [frames, domains]}
   * @param utterance of the whole utterance, {@code [domains]}
   */
  @SuppressWarnings("ArrayRecordComponent") // read, never compared
  record Posteriors(FloatMatrix frames, float[] utterance) {}

  /**
   * The posteriors of the domains.
   *
   * @param features {@code [frames, featureDim]}, at least one frame
   */
  Posteriors domainPosteriors(FloatMatrix features);
}
