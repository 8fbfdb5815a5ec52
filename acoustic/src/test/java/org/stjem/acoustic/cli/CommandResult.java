package org.stjem.acoustic.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.regex.Pattern;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.io.ByteText;

/** What one command of the module printed and returned; runs it within this process. */
record CommandResult(int status, String output, String messages) {
  /** The fuzz targets' agent tells of each class loaded after it, in whatever test that is. */
  private static final Pattern INSTRUMENTED = Pattern.compile("(?m)^INFO: Instrumented .*\\R");

  static CommandResult of(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    try {
      System.setOut(ByteText.printStream(output));
      System.setErr(ByteText.printStream(messages));
      int status = Cli.run("acoustic", Main.COMMANDS, arguments);
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
