package org.stjem.combine.cli;

import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.cli.CommandModule;
import picocli.CommandLine;

/** The commands of {@code stjem combine}. */
public final class CombineModule implements CommandModule {
  @Override
  public CommandLine commandLine() {
    return Cli.commandLine("combine", Main.COMMANDS);
  }
}
