package org.stjem.acoustic.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.stjem.acoustic.wer.Bootstrap;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.acoustic.wer.WordErrorRate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic wer-bootci}: confidence interval of a word error rate. */
@Command(
    description = {
      "Bootstraps the word error rate of hypotheses to get its 95 %% confidence interval and, with a"
          + " second system, the probability that this one improves on the first; prints them as"
          + " Kaldi's compute-wer-bootci does.",
      "",
      "Example:",
      "  stjem acoustic wer-bootci data/test/text baseline.txt st-jem.txt",
      ""
    })
public final class WerBootciCommand implements Callable<Integer> {
  @Mixin private final ScoringArguments scoring = new ScoringArguments(WordErrorRate.Mode.STRICT);

  @Mixin private BootstrapArguments bootstrapping;

  @Mixin private final ReferenceArgument references = new ReferenceArgument();

  @Parameters(
      index = "1..*",
      arity = "1..2",
      paramLabel = "HYP",
      description = "text table of the hypotheses of one system, or of two")
  private List<String> hypotheses;

  @Override
  public Integer call() {
    Transcripts transcripts = Transcripts.read(references.table, hypotheses, scoring.mode);
    Bootstrap bootstrap =
        new Bootstrap(
            transcripts, hypotheses.size(), bootstrapping.replications, bootstrapping.seed);
    for (int system = 0; system < hypotheses.size(); system++) {
      Bootstrap.Interval interval = bootstrap.interval(system);
      System.out.println(
          String.format(
              Locale.ROOT,
              "Set%d: %%WER %.2f 95%% Conf Interval [ %.2f, %.2f ]",
              system + 1,
              interval.mean(),
              interval.low(),
              interval.high()));
    }
    if (hypotheses.size() == 2) {
      System.out.println(
          String.format(
              Locale.ROOT,
              "Probability of Set2 improving Set1: %.2f",
              bootstrap.probabilityOfImprovement(0, 1)));
    }
    return 0;
  }
}
