package org.stjem.frontend.kaldi;

import java.util.ArrayList;
import java.util.List;
import org.stjem.frontend.io.StjemException;

/** The options before the colon of rspecifiers and wspecifiers (util/kaldi-table.cc). */
final class Specifiers {
  private Specifiers() {}

  /**
   * Whether {@code text} is meant as a table specifier, not a file: {@code ark} or {@code scp} is
   * among the options before its first colon.
   */
  static boolean isSpecifier(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return false;
    }
    List<String> options = split(text.substring(0, colon));
    return options.contains("ark") || options.contains("scp");
  }

  /** The options before the first colon of {@code specifier}. */
  static List<String> options(String kind, String specifier) {
    int colon = specifier.indexOf(':');
    if (colon < 0) {
      throw new StjemException(
          kind + " '" + specifier + "' has no colon; expected ark:FILE or scp:FILE");
    }
    if (isSpace(specifier.charAt(specifier.length() - 1))) {
      throw new StjemException(kind + " '" + specifier + "' ends in a blank");
    }
    return split(specifier.substring(0, colon));
  }

  static String afterColon(String specifier) {
    return specifier.substring(specifier.indexOf(':') + 1);
  }

  static StjemException unknownOption(String kind, String specifier, String option, String known) {
    return new StjemException(
        kind + " '" + specifier + "' has the unknown option '" + option + "'; known are " + known);
  }

  private static List<String> split(String options) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= options.length(); i++) {
      if (i == options.length() || options.charAt(i) == ',' || options.charAt(i) == ' ') {
        parts.add(options.substring(start, i));
        start = i + 1;
      }
    }
    return parts;
  }

  /** C's {@code isspace} in the C locale. */
  static boolean isSpace(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
