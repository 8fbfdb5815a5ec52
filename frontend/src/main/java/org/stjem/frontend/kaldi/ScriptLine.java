package org.stjem.frontend.kaldi;

import java.io.IOException;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;

/**
 * A line {@code key rxfilename} or {@code key rxfilename[range]} of a script file
 * (util/kaldi-table.cc).
 *
 * @param range the text between the brackets, or null
 */
record ScriptLine(String key, String filename, String range) {

  /**
   * Reads the next line; null at the end.
   *
   * @throws TableException if the line is not of that form
   */
  static ScriptLine read(KaldiInput script, int number) throws IOException {
    if (number == 1 && script.peek() == 0) {
      throw new TableException("script file " + script.name() + " is binary");
    }
    String line;
    try {
      line = script.readLine();
    } catch (StjemException e) {
      throw new TableException("script file " + script.name() + ": " + e.getMessage(), e);
    }
    if (line == null) {
      return null;
    }
    int keyEnd = 0;
    while (keyEnd < line.length() && !Specifiers.isSpace(line.charAt(keyEnd))) {
      keyEnd++;
    }
    String rest = ByteText.strip(line.substring(keyEnd));
    if (keyEnd == 0 || rest.isEmpty()) {
      throw fault(script, number, line, "should be 'key file'");
    }
    String key = line.substring(0, keyEnd);
    if (!rest.endsWith("]")) {
      return new ScriptLine(key, rest, null);
    }
    int bracket = rest.indexOf('[');
    if (bracket <= 0 || rest.lastIndexOf('[') != bracket || rest.length() - bracket < 3) {
      throw fault(script, number, line, "has a range that should be like [0:9] or [0:9,2:4]");
    }
    return new ScriptLine(
        key, rest.substring(0, bracket), rest.substring(bracket + 1, rest.length() - 1));
  }

  private static TableException fault(KaldiInput script, int number, String line, String what) {
    return new TableException(
        "line "
            + number
            + " of script file "
            + script.name()
            + " "
            + what
            + ": '"
            + KaldiInput.printable(line.length() > 100 ? line.substring(0, 97) + "..." : line)
            + "'");
  }
}
