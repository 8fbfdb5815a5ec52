package org.stjem.acoustic.fst;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;

/** A transducer cannot be determinised. */
public final class AmbiguityException extends StjemException {
  private static final long serialVersionUID = 1;

  private final transient int[] first;
  private final transient int[] second;

  private AmbiguityException(String message, int[] first, int[] second) {
    super(message);
    this.first = first;
    this.second = second;
  }

  /** One input has two outputs. */
  static AmbiguityException of(int[] first, int[] second) {
    return new AmbiguityException(
        "one input has the outputs " + Arrays.toString(first) + " and " + Arrays.toString(second),
        first,
        second);
  }

  /** The output that is still open grows without end. */
  static AmbiguityException endless() {
    return new AmbiguityException(
        "what a beginning of the input puts out stays open for more than a thousand labels",
        new int[0],
        new int[0]);
  }

  /** Labels of one output, or of its end; empty if it is not a matter of two outputs. */
  public int[] first() {
    return first.clone();
  }

  /** Labels of the other output. */
  public int[] second() {
    return second.clone();
  }
}
