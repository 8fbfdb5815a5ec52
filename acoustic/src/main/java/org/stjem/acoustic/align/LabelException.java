package org.stjem.acoustic.align;

import org.stjem.frontend.kaldi.EntryException;

/**
 * A label of an alignment is none of the model's: the alignment is most likely one of another
 * model, and so are those of other utterances, where the difference may not show.
 */
public final class LabelException extends EntryException {
  private static final long serialVersionUID = 1L;

  public LabelException(String message) {
    super(message);
  }
}
