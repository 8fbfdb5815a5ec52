package org.stjem.combine.cli;

import java.util.List;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.cli.Command;

/** Entry point of {@code stjem combine COMMAND}. */
public final class Main {
  /** The module's commands. */
  static final List<Command> COMMANDS =
      List.of(
          new Command("forward", "writes the scores of a mixture of models", ForwardCommand::new),
          new Command("serve", "serves a mixture of models over gRPC", ServeCommand::new),
          new Command("recognize", "makes words of audio by a mixture", RecognizeCommand::new),
          new Command("watch", "serves a page on which one watches a mixture", WatchCommand::new),
          new Command("export", "writes a mixture as one ONNX file", ExportCommand::new),
          new Command("fit", "fits a mixture to held-out speech", FitCommand::new),
          new Command(
              "domains",
              "counts how often the posterior over domains is right",
              DomainsCommand::new),
          new Command(
              "match-log-z", "makes the energies of models comparable", MatchLogZCommand::new),
          new Command(
              "estimate-log-z",
              "estimates partition functions by annealed importance sampling",
              EstimateLogZCommand::new));

  private Main() {}

  public static void main(String[] args) {
    Cli.main("combine", COMMANDS, args);
  }
}
