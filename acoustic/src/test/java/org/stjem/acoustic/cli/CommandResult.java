package org.stjem.acoustic.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.stjem.frontend.cli.Cli;

/** What one command of the module printed and returned; runs it within this process. */
record CommandResult(int status, String output, String messages) {

  static CommandResult of(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(messages, true, StandardCharsets.UTF_8));
      int status = Cli.run("acoustic", Main.COMMANDS, arguments);
      return new CommandResult(
          status,
          output.toString(StandardCharsets.UTF_8),
          messages.toString(StandardCharsets.UTF_8));
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
