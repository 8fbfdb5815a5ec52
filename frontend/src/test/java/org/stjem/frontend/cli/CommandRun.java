package org.stjem.frontend.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/**
 * A command of this module run in the test's process.
 *
 * @param status exit status
 * @param output what it wrote to standard output, as UTF-8
 * @param messages what it wrote to standard error
 */
record CommandRun(int status, String output, String messages) {

  static CommandRun of(String command, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = command;
    all[1] = "--print-args=false";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    PrintStream standardOutput = System.out;
    PrintStream standardError = System.err;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    System.setOut(new PrintStream(output, true, UTF_8));
    System.setErr(new PrintStream(messages, true, UTF_8));
    try {
      int status = Cli.run("frontend", Main.COMMANDS, all);
      return new CommandRun(status, output.toString(UTF_8), messages.toString(UTF_8));
    } finally {
      System.setOut(standardOutput);
      System.setErr(standardError);
    }
  }
}
