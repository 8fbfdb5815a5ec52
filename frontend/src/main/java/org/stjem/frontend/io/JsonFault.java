package org.stjem.frontend.io;

import java.util.regex.Pattern;

/** What is wrong with JSON, in words of users: Gson's are for those who program with it. */
public final class JsonFault {
  private static final Pattern CLASS_NAME = Pattern.compile("\\b(?:java|com)\\.[\\w.$]+: ");

  private JsonFault() {}

  /**
   * Why Gson refused JSON.
   *
   * @param fault what it threw; it lets faults of numbers through, and without a message if one is
   *     null in a list
   */
  public static String reason(RuntimeException fault) {
    if (fault.getMessage() == null) {
      return "null in a list of numbers";
    }
    // A link to Gson's manual follows in a line of its own.
    String sentence = fault.getMessage().lines().findFirst().orElse("");
    return CLASS_NAME.matcher(sentence).replaceAll("");
  }
}
