package org.stjem.acoustic.serving;

import java.util.Locale;

/**
 * What a client sent, as it is shown in the log and in the sentences of statuses: short, on one
 * line, and without characters that are not seen or that turn others around.
 */
final class ClientText {
  /** Characters shown of one value that a client sent. */
  static final int MOST_SHOWN = 200;

  /** Characters shown of a sentence in the log; it may hold several such values. */
  static final int MOST_OF_A_SENTENCE = 1000;

  private ClientText() {}

  /** At most {@link #MOST_SHOWN} characters of a value, and how many there are if it has more. */
  static String shown(String value) {
    return shown(value, MOST_SHOWN);
  }

  /** At most so many characters of a text, and how many there are if it has more. */
  static String shown(String text, int most) {
    return append(new StringBuilder(), text, most, "");
  }

  /** A value in a line of the log: shown between quotes that it cannot close. */
  static String quoted(String value) {
    return quoted(value, MOST_SHOWN);
  }

  /** A text in a line of the log: at most so many characters between quotes it cannot close. */
  static String quoted(String text, int most) {
    return append(new StringBuilder("\""), text, most, "\"\\") + '"';
  }

  private static String append(StringBuilder shown, String text, int most, String escaped) {
    int end = Math.min(text.length(), most);
    for (int i = 0; i < end; ) {
      int c = text.codePointAt(i);
      if (isInvisible(c)) {
        shown.append(String.format(Locale.ROOT, "\\u%04x", c));
      } else {
        shown.append(escaped.indexOf(c) < 0 ? "" : "\\").appendCodePoint(c);
      }
      i += Character.charCount(c);
    }
    if (end < text.length()) {
      shown.append("… (").append(text.length()).append(" characters)");
    }
    return shown.toString();
  }

  /** Of control characters, line ends, zero-width and bidirectional ones, and halves of pairs. */
  private static boolean isInvisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
