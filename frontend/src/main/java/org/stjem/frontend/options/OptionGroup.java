package org.stjem.frontend.options;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * A heading under which the help of a command lists some of its options.
 *
 * @param heading the heading
 * @param names of the options, in the order of the list; {@code --start*} stands for all options
 *     that begin so, as they are declared
 */
public record OptionGroup(String heading, List<String> names) {
  private static final String OTHERS = "Other options";

  /** Of a command with many options. */
  public interface Grouped {
    /** The groups, everyday options first; what is in none comes last. */
    List<OptionGroup> optionGroups();
  }

  /** Lets the help of {@code line} have headings. Of an option in two groups the first counts. */
  public static void arrange(CommandLine line, List<OptionGroup> groups) {
    line.getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> text(help, groups));
  }

  private static String text(Help help, List<OptionGroup> groups) {
    List<OptionSpec> left = new ArrayList<>(help.commandSpec().options());
    left.removeIf(OptionSpec::hidden);
    StringBuilder text = new StringBuilder();
    for (OptionGroup group : groups) {
      List<OptionSpec> members = new ArrayList<>();
      for (String name : group.names) {
        left.stream().filter(option -> matches(option, name)).forEach(members::add);
        left.removeAll(members);
      }
      append(text, help, group.heading, members);
    }
    append(text, help, OTHERS, left);
    return text.toString();
  }

  private static boolean matches(OptionSpec option, String name) {
    String longest = option.longestName();
    return name.endsWith("*")
        ? longest.startsWith(name.substring(0, name.length() - 1))
        : longest.equals(name);
  }

  private static void append(
      StringBuilder text, Help help, String heading, List<OptionSpec> options) {
    if (options.isEmpty()) {
      return;
    }
    Help.Layout layout = help.createDefaultLayout(options, List.of(), help.colorScheme());
    layout.addOptions(options, help.createDefaultParamLabelRenderer());
    text.append(System.lineSeparator()).append(heading).append(':').append(System.lineSeparator());
    text.append(layout);
  }
}
