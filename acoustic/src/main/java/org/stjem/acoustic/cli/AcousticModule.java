package org.stjem.acoustic.cli;

import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.cli.CommandModule;
import picocli.CommandLine;

/** The commands of {@code stjem acoustic}. */
public final class AcousticModule implements CommandModule {
  @Override
  public CommandLine commandLine() {
    return Cli.commandLine("acoustic", Main.COMMANDS);
  }
}
