package org.stjem.frontend.data;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.stjem.frontend.io.ByteText;

/**
 * Checks the characters and symbols of {@code text} (utils/validate_text.pl and the text part of
 * utils/validate_data_dir.sh).
 */
final class TextCheck {
  /** Symbols that decoding graphs and language models keep for themselves. */
  private static final List<String> RESERVED = List.of("<s>", "</s>", "#0");

  private TextCheck() {}

  /** Where a fault is reported. */
  interface Report {
    void fault(DataFile file, int line, String message);
  }

  static void check(DataFile text, boolean printable, Report report) {
    boolean utf8 = text.lines().stream().allMatch(line -> ByteText.isUtf8(line.text()));
    for (DataFile.Line line : text.lines()) {
      String decoded =
          utf8
              ? line.text()
              : new String(ByteText.encode(line.text()), StandardCharsets.ISO_8859_1);
      if (utf8) {
        checkSpaces(text, line, decoded, report);
      }
      if (printable) {
        decoded
            .codePoints()
            .filter(TextCheck::isUnprintable)
            .findFirst()
            .ifPresent(c -> report.fault(text, line.number(), "non-printable " + name(c)));
      }
      for (String symbol : RESERVED) {
        // Letters, digits and _ make it part of a longer word.
        if (Pattern.compile("(?<!\\w)" + Pattern.quote(symbol) + "(?!\\w)")
            .matcher(line.text())
            .find()) {
          report.fault(text, line.number(), "illegal symbol " + symbol);
        }
      }
    }
  }

  private static void checkSpaces(
      DataFile text, DataFile.Line line, String decoded, TextCheck.Report report) {
    if (decoded.indexOf('\r') >= 0) {
      report.fault(text, line.number(), "carriage return " + name('\r'));
    }
    decoded
        .codePoints()
        .filter(c -> c != '\t' && c != ' ' && c != '\r' && isSpace(c))
        .findFirst()
        .ifPresent(c -> report.fault(text, line.number(), "disallowed white space " + name(c)));
  }

  private static boolean isSpace(int c) {
    return Character.isSpaceChar(c) || (c >= '\t' && c <= '\r') || c == 0x85;
  }

  private static boolean isUnprintable(int c) {
    int type = Character.getType(c);
    return (type == Character.CONTROL || type == Character.UNASSIGNED) && !isSpace(c);
  }

  private static String name(int c) {
    return String.format(Locale.ROOT, "character U+%04X", c);
  }
}
