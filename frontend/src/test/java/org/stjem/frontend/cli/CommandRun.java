package org.stjem.frontend.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.stjem.frontend.io.ByteText;

/**
 * A command of this module run in the test's process.
 *
 * @param status exit status
 * @param output what it wrote to standard output, as {@link ByteText}
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
    System.setOut(ByteText.printStream(output));
    System.setErr(ByteText.printStream(messages));
    try {
      int status = Cli.run("frontend", Main.COMMANDS, all);
      return new CommandRun(
          status, ByteText.decode(output.toByteArray()), ByteText.decode(messages.toByteArray()));
    } finally {
      System.setOut(standardOutput);
      System.setErr(standardError);
    }
  }
}
