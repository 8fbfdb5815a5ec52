package org.stjem.acoustic.net;

import org.stjem.frontend.kaldi.FloatMatrix;

/** Logits of one utterance whose features arrive in chunks. Not thread-safe. */
public interface LogitStream {

  /**
   * Takes the next frames and returns the rows whose right context is now complete.
   *
   * @param chunk {@code [frames, featureDim]}, any number of frames
   * @return {@code [rows, numPdfs]}, possibly no rows
   */
  FloatMatrix accept(FloatMatrix chunk);

  /** Ends the utterance and returns the rows still owed. */
  FloatMatrix finish();
}
