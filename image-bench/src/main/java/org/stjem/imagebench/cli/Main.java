package org.stjem.imagebench.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.stjem.acoustic.ebm.TrainingException;
import org.stjem.imagebench.ImageBenchException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;

/**
 * Entry point of {@code stjem image-bench COMMAND}. Options follow Kaldi's conventions: {@code
 * --name=value} in which {@code _} equals {@code -}, {@code --config=FILE}; messages go to standard
 * error, the exit status is 0 or 1.
 */
@Command(
    name = "stjem image-bench",
    description = "CIFAR experiments with the same energy core as speech.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Every command also takes --config=FILE (lines --name=value, # comments); 'stjem image-bench"
          + " COMMAND --help' explains one."
    },
    subcommands = {TrainCommand.class, EvalCommand.class, SampleCommand.class, ImportCommand.class})
public final class Main {
  private static final int FAILURE = 1;

  /** Keeps the configured loggers reachable: the log manager itself holds them weakly. */
  private static final List<Logger> LOGGERS = new ArrayList<>();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "show this help")
  private boolean help;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      defaultValue = "0",
      description = "1 for more messages (default: ${DEFAULT-VALUE})")
  private int verbose;

  @Option(
      names = "--print-args",
      scope = ScopeType.INHERIT,
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      description = "print the command line first (default: ${DEFAULT-VALUE})")
  private boolean printArguments;

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /**
   * Runs one command.
   *
   * @param arguments the command's name, then its options and arguments
   * @return the exit status
   */
  static int run(String... arguments) {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    line.setOverwrittenOptionsAllowed(true);
    line.setUnmatchedOptionsArePositionalParams(false);
    line.setUsageHelpLongOptionsMaxWidth(40);
    line.setUsageHelpWidth(100);
    line.setExecutionStrategy(
        result -> {
          ParseResult last = last(result);
          configureLogging(last.commandSpec().qualifiedName(), main.verbose);
          if (main.printArguments && !last.isUsageHelpRequested()) {
            System.err.println("stjem image-bench " + String.join(" ", arguments));
          }
          return new RunLast().execute(result);
        });
    line.setParameterExceptionHandler(
        (fault, unused) -> {
          String program = fault.getCommandLine().getCommandSpec().qualifiedName();
          return failure(
              program, fault.getMessage() + "\nRun '" + program + " --help' for the options.");
        });
    line.setExecutionExceptionHandler(
        (fault, command, unused) -> {
          if (main.verbose > 0) {
            fault.printStackTrace(System.err);
          }
          return failure(command.getCommandSpec().qualifiedName(), describe(fault));
        });
    try {
      return line.execute(normalise(arguments));
    } catch (ImageBenchException e) {
      return failure(line.getCommandName(), e.getMessage());
    }
  }

  private static int failure(String program, String message) {
    System.err.println("ERROR (" + program + ") " + message);
    return FAILURE;
  }

  private static ParseResult last(ParseResult result) {
    return result.hasSubcommand() ? last(result.subcommand()) : result;
  }

  private static String describe(Exception fault) {
    if (fault instanceof ImageBenchException || fault instanceof TrainingException) {
      return fault.getMessage();
    }
    if (fault instanceof IOException) {
      return fault.getClass().getSimpleName() + ": " + fault.getMessage();
    }
    if (fault instanceof UncheckedIOException) {
      return describe(((UncheckedIOException) fault).getCause());
    }
    return "internal error, please report it: " + fault + " (--verbose=1 shows the trace)";
  }

  /**
   * Turns {@code _} into {@code -} in option names and puts the lines of {@code --config} files
   * where they are named, so that later options win over them.
   */
  private static String[] normalise(String[] arguments) {
    List<String> normal = new ArrayList<>();
    for (String argument : arguments) {
      if (!argument.startsWith("--")) {
        normal.add(argument);
      } else if (argument.startsWith("--config=")) {
        normal.addAll(readConfig(argument.substring("--config=".length())));
      } else {
        normal.add(dashed(argument));
      }
    }
    return normal.toArray(new String[0]);
  }

  private static String dashed(String option) {
    int equals = option.indexOf('=');
    int end = equals < 0 ? option.length() : equals;
    return option.substring(0, end).replace('_', '-') + option.substring(end);
  }

  private static List<String> readConfig(String file) {
    List<String> options = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(Path.of(file), StandardCharsets.UTF_8)) {
        String option = line.replaceFirst("#.*", "").strip();
        if (!option.isEmpty() && !option.startsWith("--")) {
          throw new ImageBenchException(
              "--config: " + file + ": expected --name=value, found " + option);
        }
        if (!option.isEmpty()) {
          options.add(dashed(option));
        }
      }
    } catch (IOException e) {
      throw new ImageBenchException("--config: cannot read " + file + ": " + e, e);
    }
    return options;
  }

  private static void configureLogging(String program, int verbose) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    Handler handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    handler.setFormatter(
        new Formatter() {
          @Override
          public String format(LogRecord record) {
            boolean warning = record.getLevel().intValue() >= Level.WARNING.intValue();
            return (warning ? "WARNING (" : "LOG (")
                + program
                + ") "
                + formatMessage(record)
                + "\n";
          }
        });
    root.addHandler(handler);
    root.setLevel(Level.WARNING);
    Logger stjem = Logger.getLogger("org.stjem");
    stjem.setLevel(verbose > 0 ? Level.FINE : Level.INFO);
    LOGGERS.add(stjem);
    // The tensor engine warns of a missing GPU on every start.
    Logger engine = Logger.getLogger("ai.djl");
    engine.setLevel(verbose > 0 ? Level.INFO : Level.SEVERE);
    LOGGERS.add(engine);
  }
}
