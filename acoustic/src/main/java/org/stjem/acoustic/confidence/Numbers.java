package org.stjem.acoustic.confidence;

import org.stjem.frontend.io.StjemException;

/** Numbers of text files. */
final class Numbers {
  private Numbers() {}

  /**
   * Reads a number.
   *
   * @param what it is, for messages
   * @throws StjemException if it is none or out of its range
   */
  static double parse(String text, String what, double least, double most) {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new StjemException(what + " is '" + text + "', which is no number", e);
    }
    if (!(value >= least && value <= most)) {
      throw new StjemException(
          what
              + " is "
              + text
              + ", must be "
              + (most < Double.MAX_VALUE
                  ? "from " + least + " to " + most
                  : least > -Double.MAX_VALUE ? least + " or more" : "finite"));
    }
    return value;
  }
}
