package org.stjem.imagebench.cli;

import java.util.List;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.cli.Command;

/** Entry point of {@code stjem image-bench COMMAND}. */
public final class Main {
  /** The module's commands. */
  static final List<Command> COMMANDS =
      List.of(
          new Command(
              "train", "train and test a wide residual network on CIFAR", TrainCommand::new),
          new Command(
              "eval",
              "measure a model on test images, and how it tells others from them",
              EvalCommand::new),
          new Command("sample", "draw pictures from a model", SampleCommand::new),
          new Command(
              "import",
              "write a data set in CIFAR's binary layout, which is read faster than pictures",
              ImportCommand::new));

  private Main() {}

  public static void main(String[] args) {
    Cli.main("image-bench", COMMANDS, args);
  }
}
