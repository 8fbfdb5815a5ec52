package org.stjem.frontend.cli;

import java.util.List;

/** Entry point of {@code stjem frontend COMMAND}. */
public final class Main {
  /**
   * The module's commands; those that make features or a lexicon ready, then those that handle
   * tables.
   */
  public static final List<Command> COMMANDS =
      List.of(
          new Command("fbank", "compute log-Mel filterbank features of waves", FbankCommand::new),
          new Command(
              "make-fbank",
              "make features and normalisation statistics of a data directory",
              MakeFbankCommand::new),
          new Command(
              "validate-data-dir",
              "name every inconsistency in a data directory",
              ValidateDataDirCommand::new),
          new Command(
              "extract-segments",
              "cut the segments of a segments file out of recordings",
              ExtractSegmentsCommand::new),
          new Command(
              "reverberate",
              "make a reverberant, noisy data directory of a clean one",
              ReverberateCommand::new),
          new Command(
              "prepare-lang",
              "make phones, words, topology and lexicon transducer of a lexicon",
              PrepareLangCommand::new),
          new Command("griffin-lim", "make audio of log-Mel features", GriffinLimCommand::new),
          new Command(
              "compute-cmvn-stats",
              "statistics for mean and variance normalisation",
              ComputeCmvnStatsCommand::new),
          new Command(
              "apply-cmvn", "normalise means and variances of features", ApplyCmvnCommand::new),
          new Command(
              "apply-cmvn-sliding",
              "normalise features over a sliding window",
              ApplyCmvnSlidingCommand::new),
          new Command(
              "apply-cmvn-online",
              "normalise features as a stream, by what came before",
              ApplyCmvnOnlineCommand::new),
          new Command(
              "splice-feats",
              "put frames side by side with their context",
              SpliceFeatsCommand::new),
          new Command("add-deltas", "append time derivatives to features", AddDeltasCommand::new),
          new Command(
              "copy-feats", "copy feature matrices, any form to any form", CopyFeatsCommand::new),
          new Command(
              "corrupt-feats",
              "spoil features on purpose, with masks of what was spoilt",
              CorruptFeatsCommand::new),
          new Command(
              "copy-int-vector",
              "copy vectors of integers, such as alignments",
              CopyIntVectorCommand::new),
          new Command("copy-vector", "copy vectors of floats", CopyVectorCommand::new));

  private Main() {}

  public static void main(String[] args) {
    Cli.main("frontend", COMMANDS, args);
  }
}
