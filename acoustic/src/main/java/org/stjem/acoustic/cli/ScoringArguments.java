package org.stjem.acoustic.cli;

import org.stjem.acoustic.wer.WordErrorRate;
import picocli.CommandLine.Option;

/** The option of the commands that count word errors: what a missing hypothesis means. */
final class ScoringArguments {
  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "references without hypothesis: present leaves them out, all counts their words as"
              + " deleted, strict refuses (default: ${DEFAULT-VALUE})")
  WordErrorRate.Mode mode;

  /** With the default of a command, which is that of its counterpart in Kaldi. */
  ScoringArguments(WordErrorRate.Mode mode) {
    this.mode = mode;
  }
}
