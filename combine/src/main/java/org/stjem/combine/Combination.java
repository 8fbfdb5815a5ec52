package org.stjem.combine;

import java.util.List;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** A way to bring the logits of several models over one set of pdfs together. */
public interface Combination {
  /** Number of models. */
  int size();

  /**
   * The logits of the combination, such that a decoder gets them less the log prior.
   *
   * @param logits one matrix {@code [frames, pdfs]} per model, all of one shape
   * @return {@code [frames, pdfs]}, finite
   * @throws EntryException if the numbers of frames differ, or a logit is NaN or +∞
   * @throws org.stjem.frontend.io.StjemException if the numbers of pdfs differ
   */
  FloatMatrix logJoint(List<FloatMatrix> logits);

  /**
   * How much say each model has in each frame.
   *
   * @param logits one matrix {@code [frames, pdfs]} per model, all of one shape
   * @return {@code [frames, models]}; each row sums to 1
   */
  FloatMatrix responsibilities(List<FloatMatrix> logits);
}
