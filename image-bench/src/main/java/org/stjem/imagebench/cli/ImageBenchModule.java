package org.stjem.imagebench.cli;

import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.cli.CommandModule;
import picocli.CommandLine;

/** The commands of {@code stjem image-bench}. */
public final class ImageBenchModule implements CommandModule {
  @Override
  public CommandLine commandLine() {
    return Cli.commandLine("image-bench", Main.COMMANDS);
  }
}
