package org.stjem.acoustic.cli;

import picocli.CommandLine.Parameters;

/** The first argument of the commands that score texts. */
final class ReferenceArgument {
  @Parameters(
      index = "0",
      paramLabel = "REF",
      description = "text table of the references, an rspecifier or a file")
  String table;
}
