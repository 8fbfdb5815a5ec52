package org.stjem.acoustic.serving;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;

/**
 * A model folder and what to call it.
 *
 * @param name letters, digits, '.', '_' and '-', at most 128 of them
 * @param version of the same characters
 */
public record ModelSource(String name, String version, Path folder) {
  /** The version of a model that was given none. */
  public static final String FIRST_VERSION = "1";

  private static final int LONGEST_LABEL = 128;

  private static final String LABEL = "[A-Za-z0-9._-]+";
  private static final Pattern NAMED = Pattern.compile("(" + LABEL + ")(?::(" + LABEL + "))?=(.+)");

  /** Checks the names. */
  public ModelSource {
    check("name", name);
    check("version", version);
  }

  private static void check(String what, String label) {
    if (!label.matches(LABEL)) {
      throw new StjemException(
          "model "
              + what
              + " '"
              + ClientText.shown(label)
              + "' is not of letters, digits, '.', '_' and '-'");
    }
    if (label.length() > LONGEST_LABEL) {
      throw new StjemException(
          "model "
              + what
              + " '"
              + ClientText.shown(label)
              + "' is longer than "
              + LONGEST_LABEL
              + " characters");
    }
  }

  /** Reads {@code [NAME[:VERSION]=]FOLDER}; the name is that of the folder, the version 1. */
  public static ModelSource parse(String text) {
    Matcher named = NAMED.matcher(text);
    if (!named.matches()) {
      Path folder = ByteNames.path(text);
      return new ModelSource(nameOf(folder), FIRST_VERSION, folder);
    }
    String version = named.group(2) == null ? FIRST_VERSION : named.group(2);
    return new ModelSource(named.group(1), version, ByteNames.path(named.group(3)));
  }

  /** The name of a model that was given none. */
  public static String nameOf(Path folder) {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return name == null ? "default" : name.toString();
  }

  /** As in messages: name and version. */
  String label() {
    return name + ":" + version;
  }
}
