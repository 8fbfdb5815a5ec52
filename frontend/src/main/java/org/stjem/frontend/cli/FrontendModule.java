package org.stjem.frontend.cli;

import picocli.CommandLine;

/** The commands of {@code stjem frontend}. */
public final class FrontendModule implements CommandModule {
  @Override
  public CommandLine commandLine() {
    return Cli.commandLine("frontend", Main.COMMANDS);
  }
}
