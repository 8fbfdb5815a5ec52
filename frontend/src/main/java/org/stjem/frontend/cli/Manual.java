package org.stjem.frontend.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StandardOutput;
import org.stjem.frontend.io.StjemException;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** What the launcher makes of the commands of all modules: shell completion and manual pages. */
public final class Manual {
  /**
   * Where Picocli knows no candidates it turns off the shell's own, the names of files; but
   * specifiers of tables hold such names, and so do many options.
   */
  private static final String NO_FILES = "  type compopt &>/dev/null && compopt +o default\n";

  private Manual() {}

  /**
   * {@code completion bash} prints a script for the shell to read; {@code man FOLDER} writes a page
   * of section 1 for the program, each module and each command.
   */
  public static void main(String[] arguments) {
    StandardOutput.install();
    try {
      List<String> given = List.of(ByteNames.arguments(arguments));
      if (given.equals(List.of("completion", "bash"))) {
        System.out.print(completion());
      } else if (given.size() == 2 && given.get(0).equals("man")) {
        System.out.println(writePages(ByteNames.path(given.get(1))) + " pages in " + given.get(1));
      } else {
        throw new StjemException("usage: stjem completion bash, or stjem man FOLDER");
      }
      StandardOutput.check();
    } catch (StjemException e) {
      System.err.println("ERROR (stjem) " + e.getMessage());
      System.exit(1);
    }
  }

  /** All modules as subcommands of the program. */
  static CommandLine program() {
    CommandSpec spec = CommandSpec.create().name("stjem");
    spec.usageMessage().header("acoustic models that know when they do not know");
    CommandLine program = new CommandLine(spec);
    ServiceLoader.load(CommandModule.class)
        .forEach(
            module -> {
              CommandLine line = module.commandLine();
              program.addSubcommand(line.getCommandName(), line);
            });
    return program;
  }

  /** A script that completes modules, commands, options and values in bash and zsh. */
  static String completion() {
    return AutoComplete.bash("stjem", program()).replace(NO_FILES, "");
  }

  /**
   * Writes the pages {@code stjem.1}, {@code stjem-MODULE.1} and {@code stjem-MODULE-COMMAND.1}.
   *
   * @return how many
   * @throws StjemException if the folder cannot be made or written
   */
  static int writePages(Path folder) {
    try {
      Files.createDirectories(folder);
      return write(folder, "stjem", program());
    } catch (IOException e) {
      throw new StjemException("cannot write manual pages: " + Cli.describe(e), e);
    }
  }

  private static int write(Path folder, String name, CommandLine line) throws IOException {
    AtomicFile.writeString(folder.resolve(name + ".1"), page(name, line));
    int pages = 1;
    for (var sub : line.getSubcommands().entrySet()) {
      pages += write(folder, name + "-" + sub.getKey(), sub.getValue());
    }
    return pages;
  }

  /** A page in the macros of man(7), its text as {@code --help} prints it. */
  private static String page(String name, CommandLine line) {
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    String summary = usage.header().length == 0 ? "" : " \\- " + roff(usage.header()[0]);
    // It need not be said twice.
    usage.header(new String[0]);
    StringBuilder see = new StringBuilder();
    for (String sub : line.getSubcommands().keySet()) {
      see.append(see.length() == 0 ? "" : ", ").append(name).append('-').append(sub).append("(1)");
    }
    return ".TH \""
        + name.toUpperCase(Locale.ROOT)
        + "\" 1\n.SH NAME\n"
        + roff(name)
        + summary
        + "\n.SH SYNOPSIS AND OPTIONS\n.nf\n"
        + roff(line.getUsageMessage(CommandLine.Help.Ansi.OFF))
        + "\n.fi\n"
        + (see.length() == 0 ? "" : ".SH SEE ALSO\n" + roff(see.toString()) + "\n");
  }

  /** Text in which nothing is taken for a macro, and hyphens can be searched for and copied. */
  private static String roff(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replaceAll("(?m)^(?=[.'])", "\\\\&");
  }
}
