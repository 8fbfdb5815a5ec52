package org.stjem.frontend.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StandardOutput;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.options.KaldiOptions;
import org.stjem.frontend.options.OptionGroup;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs a module's commands by Kaldi's conventions: {@code --name=value} options in which {@code _}
 * equals {@code -}, {@code --config=FILE}, {@code --verbose=N}, {@code --print-args}, data on
 * standard output, messages on standard error, exit status 0 or 1 (util/parse-options.cc).
 */
public final class Cli {
  private static final int OK = 0;
  private static final int FAILURE = 1;

  /**
   * Libraries whose warnings are left out: the tensor engine's of a missing GPU on every start, and
   * those of gRPC's client, which has a stack trace for every name it cannot resolve, and then
   * fails with a status that says the same.
   */
  private static final List<String> TALKATIVE =
      List.of("ai.djl", "io.grpc.internal.ManagedChannelImpl");

  /** Keeps the configured loggers reachable: the log manager itself holds them weakly. */
  private static final List<Logger> LOGGERS = new ArrayList<>();

  private Cli() {}

  /**
   * Runs one command of a module with the bytes that the process was given as arguments, and ends
   * the process with its exit status.
   *
   * @param module name of the module, as in {@code stjem frontend}
   * @param commands the module's commands
   * @param arguments the command's name, then its options and arguments, as Java decoded them
   */
  public static void main(String module, List<Command> commands, String... arguments) {
    StandardOutput.install();
    if (!Files.isDirectory(Path.of("").toAbsolutePath())) {
      System.err.println(
          "ERROR (stjem "
              + module
              + ") the name of the working folder is not in the locale's encoding, and Java cannot"
              + " work there; run the command in another folder");
      System.exit(FAILURE);
    }
    System.exit(run(module, commands, ByteNames.arguments(arguments)));
  }

  /**
   * Runs one command of a module.
   *
   * @param module name of the module, as in {@code stjem frontend}
   * @param commands the module's commands
   * @param arguments the command's name, then its options and arguments
   * @return the exit status
   */
  public static int run(String module, List<Command> commands, String... arguments) {
    String program = "stjem " + module;
    if (arguments.length == 0 || arguments[0].equals("--help") || arguments[0].equals("-h")) {
      PrintStream out = arguments.length == 0 ? System.err : System.out;
      out.println("Usage: " + program + " COMMAND [options] ARGS");
      out.println();
      for (Command command : commands) {
        out.printf("  %-22s %s%n", command.name(), command.summary());
      }
      out.println();
      out.println("'" + program + " COMMAND --help' explains one command.");
      return arguments.length == 0 ? FAILURE : checked(program);
    }
    for (Command command : commands) {
      if (command.name().equals(arguments[0])) {
        return execute(
            program + " " + command.name(),
            command,
            Arrays.asList(arguments).subList(1, arguments.length));
      }
    }
    System.err.println(
        "ERROR ("
            + program
            + ") no command '"
            + arguments[0]
            + "'"
            + didYouMean(similarCommands(program, commands, arguments[0]))
            + "; '"
            + program
            + " --help' lists them");
    return FAILURE;
  }

  /** The exit status of what has only printed. */
  private static int checked(String program) {
    try {
      StandardOutput.check();
      return OK;
    } catch (StjemException e) {
      return failure(program, e);
    }
  }

  private static int failure(String program, Throwable fault) {
    System.err.println("ERROR (" + program + ") " + describe(fault));
    if (Logger.getLogger("org.stjem").isLoggable(Level.FINE)) {
      fault.printStackTrace(System.err);
    }
    return FAILURE;
  }

  /** The commands of a module as one that has them for subcommands. */
  public static CommandLine commandLine(String module, List<Command> commands) {
    String program = "stjem " + module;
    CommandLine line = new CommandLine(CommandSpec.create().name(module));
    for (Command command : commands) {
      CommandLine sub = commandLine(program + " " + command.name(), command);
      sub.setCommandName(command.name());
      sub.getCommandSpec().usageMessage().header(command.summary());
      line.addSubcommand(command.name(), sub);
    }
    return line;
  }

  private static List<String> similarCommands(
      String program, List<Command> commands, String given) {
    CommandLine line = new CommandLine(CommandSpec.create().name(program));
    commands.forEach(command -> line.addSubcommand(command.name(), CommandSpec.create()));
    try {
      line.parseArgs(given);
      return List.of();
    } catch (UnmatchedArgumentException e) {
      return e.getSuggestions();
    }
  }

  /** A phrase that offers what is like something that does not exist; empty for nothing. */
  private static String didYouMean(List<String> similar) {
    return similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?";
  }

  private static int execute(String program, Command command, List<String> arguments) {
    int verbose = 0;
    try {
      List<String> normalised = KaldiOptions.normalise(arguments);
      boolean printArguments = true;
      List<String> rest = new ArrayList<>();
      for (String argument : normalised) {
        if (argument.startsWith("--verbose=")) {
          verbose = integer("--verbose", argument.substring("--verbose=".length()));
        } else if (argument.equals("--print-args")) {
          printArguments = true;
        } else if (argument.startsWith("--print-args=")) {
          printArguments = truth("--print-args", argument.substring("--print-args=".length()));
        } else {
          rest.add(argument);
        }
      }
      configureLogging(program, verbose);
      CommandLine line = commandLine(program, command);
      boolean help = rest.contains("--help") || rest.contains("-h");
      if (printArguments && !help) {
        System.err.println(program + " " + quoted(arguments));
      }
      return line.execute(rest.toArray(new String[0]));
    } catch (StjemException | Error e) {
      return failure(program, e);
    }
  }

  private static CommandLine commandLine(String program, Command command) {
    CommandLine line = KaldiOptions.parser(command.factory().get());
    line.setCommandName(program);
    line.setUsageHelpLongOptionsMaxWidth(40);
    line.setUsageHelpWidth(100);
    if (!line.getCommandSpec().optionsMap().containsKey("--help")) {
      line.getCommandSpec()
          .addOption(
              CommandLine.Model.OptionSpec.builder("-h", "--help")
                  .usageHelp(true)
                  .description("show this help")
                  .build());
    }
    if (line.getCommand() instanceof OptionGroup.Grouped grouped) {
      OptionGroup.arrange(line, grouped.optionGroups());
    }
    line.getCommandSpec()
        .usageMessage()
        .footer(
            "",
            "Every command also takes --config=FILE (lines --name=value, # comments), --verbose=N"
                + " and --print-args=BOOL.");
    line.setParameterExceptionHandler(
        (exception, args) -> {
          ParameterException fault = unknownOption(exception, args).orElse(exception);
          String similar =
              fault instanceof UnmatchedArgumentException unmatched
                  ? didYouMean(unmatched.getSuggestions())
                  : "";
          System.err.println(
              "ERROR (" + program + ") " + ByteText.shown(fault.getMessage()) + similar);
          System.err.println("Run '" + program + " --help' for the options.");
          return FAILURE;
        });
    line.setExecutionExceptionHandler(
        (exception, unused, parseResult) -> failure(program, exception));
    line.setExecutionStrategy(
        parseResult -> {
          int status = new CommandLine.RunLast().execute(parseResult);
          try {
            StandardOutput.check();
          } catch (StjemException e) {
            throw new CommandLine.ExecutionException(line, e.getMessage(), e);
          }
          return status;
        });
    return line;
  }

  /** Picocli tells what is missing first, though a misspelt option may be all that is wrong. */
  private static Optional<ParameterException> unknownOption(
      ParameterException fault, String... arguments) {
    if (!(fault instanceof MissingParameterException)) {
      return Optional.empty();
    }
    CommandLine line = fault.getCommandLine();
    return Arrays.stream(arguments)
        .takeWhile(argument -> !argument.equals("--"))
        .filter(argument -> argument.startsWith("--"))
        .filter(
            argument -> !line.getCommandSpec().optionsMap().containsKey(argument.split("=", 2)[0]))
        .findFirst()
        .map(argument -> new UnmatchedArgumentException(line, List.of(argument)));
  }

  /** One sentence for the user about {@code fault}. */
  public static String describe(Throwable fault) {
    if (fault instanceof StjemException) {
      return fault.getMessage();
    }
    if (fault instanceof UncheckedIOException) {
      return describe(fault.getCause());
    }
    if (fault instanceof FileSystemException system && system.getFile() != null) {
      return system.getFile() + ": " + StjemException.reason(system);
    }
    if (fault instanceof IOException io) {
      return StjemException.reason(io);
    }
    if (fault instanceof OutOfMemoryError) {
      return "out of memory: the Java heap has "
          + Runtime.getRuntime().maxMemory()
          + " bytes; STJEM_JAVA_OPTS=-Xmx8g would give it more";
    }
    return "internal error, please report it: " + fault + " (--verbose=1 shows the trace)";
  }

  private static int integer(String option, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new StjemException(option + " needs an integer, not '" + value + "'");
    }
  }

  private static boolean truth(String option, String value) {
    try {
      return KaldiOptions.toBoolean(value);
    } catch (CommandLine.TypeConversionException e) {
      throw new StjemException(option + ": " + e.getMessage(), e);
    }
  }

  private static void configureLogging(String program, int verbose) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    Handler handler = new ConsoleHandler();
    handler.setFormatter(new KaldiLogFormatter(program));
    handler.setLevel(Level.ALL);
    root.addHandler(handler);
    root.setLevel(Level.WARNING);
    Logger stjem = Logger.getLogger("org.stjem");
    stjem.setLevel(verbose > 0 ? Level.FINE : Level.INFO);
    LOGGERS.add(stjem);
    for (String talkative : TALKATIVE) {
      Logger logger = Logger.getLogger(talkative);
      logger.setLevel(verbose > 0 ? Level.INFO : Level.SEVERE);
      LOGGERS.add(logger);
    }
  }

  private static String quoted(List<String> arguments) {
    StringBuilder text = new StringBuilder();
    for (String argument : arguments) {
      text.append(text.length() == 0 ? "" : " ");
      boolean plain = argument.matches("[A-Za-z0-9_@%+=:,./-]+");
      text.append(plain ? argument : "'" + argument.replace("'", "'\\''") + "'");
    }
    return ByteText.shown(text.toString());
  }
}
