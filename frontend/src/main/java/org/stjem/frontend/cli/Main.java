package org.stjem.frontend.cli;

import java.util.List;

/** Entry point of {@code stjem frontend COMMAND}. */
public final class Main {
  /** The module's commands; those that make features first, then those that handle tables. */
  static final List<Command> COMMANDS = List.of();

  private Main() {}

  public static void main(String[] args) {
    System.exit(Cli.run("frontend", COMMANDS, args));
  }
}
