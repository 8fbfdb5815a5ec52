package org.stjem.frontend.cli;

import picocli.CommandLine;

/**
 * The commands of a module, for what is made of the commands of all: shell completion and manual
 * pages. Modules are found as services ({@link java.util.ServiceLoader}).
 */
public interface CommandModule {

  /** The module as a command, named as the user types it, with its commands as subcommands. */
  CommandLine commandLine();
}
