package org.stjem.acoustic.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.regex.Pattern;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.cli.Command;
import org.stjem.frontend.io.ByteText;

/** What one command printed and returned; runs it within this process. */
record CommandResult(int status, String output, String messages) {
  /** The fuzz targets' agent tells of each class loaded after it, in whatever test that is. */
  private static final Pattern INSTRUMENTED = Pattern.compile("(?m)^INFO: Instrumented .*\\R");

  /** Of this module. */
  static CommandResult of(String... arguments) {
    return of("acoustic", Main.COMMANDS, arguments);
  }

  static CommandResult of(String module, List<Command> commands, String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    try {
      System.setOut(ByteText.printStream(output));
      System.setErr(ByteText.printStream(messages));
      int status = Cli.run(module, commands, arguments);
      return new CommandResult(
          status,
          ByteText.decode(output.toByteArray()),
          INSTRUMENTED.matcher(ByteText.decode(messages.toByteArray())).replaceAll(""));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  String lastLine() {
    String[] lines = messages.strip().split("\n");
    return lines[lines.length - 1];
  }
}
