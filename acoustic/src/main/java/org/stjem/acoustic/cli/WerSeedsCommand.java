package org.stjem.acoustic.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.wer.SeedReport;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.acoustic.wer.WordErrorRate;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic wer-seeds}: systems compared over several trainings of each. */
@Command(
    description = {
      "Compares systems that were trained with several seeds on one test set, all seeds together:"
          + " mean, spread and 95 %% bootstrap interval of the word error rates; for each pair of"
          + " systems the relative difference with its interval, the probability of improvement and"
          + " two paired t tests.",
      "Drawn and tested is the speaker with the errors of all seeds: 'p of speakers' is the"
          + " probability of such a difference, if for other speakers these very models were"
          + " equally good. 'p of seeds' is that of the differences of seed by seed on these"
          + " speakers; with two or three seeds it is seldom low.",
      "Hypotheses are given system by system with a + between, seeds in the same order. Only"
          + " utterances that all have are compared, unless --mode=all.",
      "",
      "Example:",
      "  stjem acoustic wer-seeds --names=baseline,ST-JEM --utt2spk=data/test/utt2spk \\",
      "    data/test/text baseline-1.txt baseline-2.txt + st-jem-1.txt st-jem-2.txt",
      ""
    })
final class WerSeedsCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(WerSeedsCommand.class);

  @Mixin private final ScoringArguments scoring = new ScoringArguments(WordErrorRate.Mode.PRESENT);

  @Option(
      names = "--names",
      paramLabel = "NAME,...",
      split = ",",
      description = "names of the systems (default: the names of their first files)")
  private List<String> names;

  @Option(
      names = "--against",
      paramLabel = "NAME,...",
      split = ",",
      description = "compare with these systems only (default: each system with each)")
  private List<String> against = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORM",
      description = "form of the tables on standard output: text or markdown (default: text)")
  private TableFormat format = TableFormat.TEXT;

  @Option(
      names = "--utt2spk",
      paramLabel = "FILE",
      description =
          "speakers of the utterances (default: each utterance counts as a speaker of its own)")
  private String utt2spk;

  @Mixin private BootstrapArguments bootstrapping;

  @Mixin private final ReferenceArgument references = new ReferenceArgument();

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "HYP... [+ HYP...]",
      description = "text tables of the hypotheses, one per seed, of each system")
  private List<String> hypotheses;

  @Override
  public Integer call() {
    List<List<String>> systems = systems();
    int seeds = systems.get(0).size();
    if (seeds == 0 || systems.stream().anyMatch(system -> system.size() != seeds)) {
      throw new StjemException(
          "needs as many hypotheses of each system; there are "
              + systems.stream()
                  .map(system -> Integer.toString(system.size()))
                  .collect(Collectors.joining(" + ")));
    }
    List<String> shown = names;
    if (shown == null) {
      shown = systems.stream().map(system -> system.get(0)).toList();
    } else if (shown.size() != systems.size()) {
      throw new StjemException(
          "--names has " + shown.size() + " names for " + systems.size() + " systems");
    }
    for (String name : against) {
      if (!shown.contains(name)) {
        throw new StjemException("--against names '" + name + "', there are " + shown);
      }
    }
    List<String> tables = systems.stream().flatMap(List::stream).toList();
    Transcripts transcripts = Transcripts.read(references.table, tables, scoring.mode);
    if (transcripts.absent() > 0) {
      log.warn(
          "{} of the references lack a hypothesis of some system; they {}",
          transcripts.absent(),
          scoring.mode == WordErrorRate.Mode.ALL ? "count as deleted" : "are left out");
    }
    SeedReport report =
        new SeedReport(
            transcripts,
            shown,
            seeds,
            against,
            utt2spk,
            bootstrapping.replications,
            bootstrapping.seed);
    System.out.print(format == TableFormat.TEXT ? report.text() : report.markdown());
    return 0;
  }

  /** The hypotheses of each system, which a + separates. */
  private List<List<String>> systems() {
    List<List<String>> systems = new ArrayList<>();
    systems.add(new ArrayList<>());
    for (String hypothesis : hypotheses) {
      if (hypothesis.equals("+")) {
        systems.add(new ArrayList<>());
      } else {
        systems.get(systems.size() - 1).add(hypothesis);
      }
    }
    return systems;
  }
}
