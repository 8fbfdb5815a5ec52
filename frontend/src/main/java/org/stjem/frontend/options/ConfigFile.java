package org.stjem.frontend.options;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * A configuration file as Kaldi has them: lines {@code --name=value}, comments from {@code #} on.
 */
public final class ConfigFile {
  /** Begins a file whose options belong together, so that one that was cut off is noticed. */
  private static final String BEGIN = "# complete with the line '# end'";

  private static final String END = "# end";

  private ConfigFile() {}

  /**
   * The text of a file with options that belong together.
   *
   * @param options lines {@code --name=value}
   */
  public static String of(List<String> options) {
    return BEGIN + "\n" + String.join("\n", options) + "\n" + END + "\n";
  }

  /**
   * Reads a file.
   *
   * @param option that names the file, for messages
   * @return {@code --name=value}, with {@code -} for {@code _} in names; a flag has no value
   * @throws StjemException if the file cannot be read, is empty or cut off, or has another line
   */
  public static List<String> read(String option, Path file) {
    return parse(option, file, text(option, file));
  }

  /**
   * The text of a file.
   *
   * @param option that names the file, for messages
   * @throws StjemException if it cannot be read
   */
  public static String text(String option, Path file) {
    try {
      return TextFile.read(file);
    } catch (NoSuchFileException e) {
      throw new StjemException(option + ": there is no file " + file, e);
    } catch (IOException e) {
      throw new StjemException(
          option + ": cannot read " + file + ": " + StjemException.reason(e), e);
    } catch (StjemException e) {
      throw new StjemException(option + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the text of a file; see {@link #read}. For whoever needs both: a pipe can be read only
   * once.
   */
  public static List<String> parse(String option, Path file, String text) {
    List<String> lines = TextFile.lines(text);
    if (lines.isEmpty()) {
      throw new StjemException(option + ": " + file + " is empty; was it written to its end?");
    }
    if (lines.get(0).equals(BEGIN) && !lines.get(lines.size() - 1).equals(END)) {
      throw new StjemException(
          option + ": " + file + " is cut off, its last line is not '" + END + "'");
    }
    List<String> options = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int comment = line.indexOf('#');
      String given = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (given.isEmpty()) {
        continue;
      }
      if (!given.startsWith("--")) {
        throw new StjemException(
            option + ": " + file + " line " + (i + 1) + ": expected --name=value, found " + given);
      }
      options.add(dashed(given));
    }
    return options;
  }

  /** The option with {@code -} for {@code _} in its name. */
  static String dashed(String option) {
    int equals = option.indexOf('=');
    String name = equals < 0 ? option : option.substring(0, equals);
    return name.replace('_', '-') + (equals < 0 ? "" : option.substring(equals));
  }
}
