package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.wer.SweepScores;
import org.stjem.acoustic.wer.WordErrorRate;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic best-wer}: the best setting of a sweep. */
@CommandLine.Command(
    description = {
      "Prints the best word error rate of a sweep over language model weights (LMWT) and word"
          + " insertion penalties, as utils/best_wer.sh does; of equal ones the one with the lowest"
          + " penalty, then the lowest LMWT. Warns if the best lies at an edge of the sweep.",
      "The sweep is a folder that 'acoustic decode --sweep-dir' wrote, or a Kaldi decoding folder."
          + " Without REF, the latter is scored against its scoring_kaldi/test_filt.txt, or if it"
          + " has none the best of its files wer_* is taken.",
      "Of several sweeps, each with its references, it is the best setting over all their"
          + " sentences; the file is that of the first.",
      "",
      "Example, settings chosen on dev and applied to test:",
      "  stjem acoustic best-wer exp/sweep-dev data/dev/text    # ... exp/sweep-dev/penalty_0.5/9",
      "  stjem acoustic best-wer --at=9,0.5 exp/sweep-test data/test/text",
      "  stjem acoustic best-wer --apply=test.txt exp/sweep-of-both dev.txt",
      "  stjem acoustic best-wer exp/sweep-clean data/clean/text exp/sweep-noisy data/noisy/text",
      "  stjem acoustic best-wer exp/tri3b/decode_test",
      ""
    })
public final class BestWerCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(BestWerCommand.class);
  private static final Pattern AT = Pattern.compile("([0-9]{1,9}),(-?[0-9]+(?:\\.[0-9]+)?)");

  @Mixin private final ScoringArguments scoring = new ScoringArguments(WordErrorRate.Mode.PRESENT);

  @Option(
      names = "--at",
      paramLabel = "LMWT,WIP",
      description = "print the score of this language model weight and word insertion penalty")
  private String at;

  @Option(
      names = "--apply",
      paramLabel = "REF",
      description =
          "also print the score of the setting that was found on these references, whose"
              + " hypotheses are in the first sweep too; can be given several times")
  private List<String> applied = List.of();

  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "holds penalty_WIP/LMWT.txt, or is a Kaldi decoding folder")
  private Path sweep;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "REF",
      description = "text table of the references, an rspecifier or a file")
  private String references;

  @Parameters(
      index = "2..*",
      paramLabel = "DIR REF",
      description = "further sweeps and their references")
  private List<String> others = List.of();

  @Override
  public Integer call() {
    Matcher setting = AT.matcher(at == null ? "" : at);
    if (at != null && !setting.matches()) {
      throw new StjemException("--at needs LMWT,WIP such as 10,0.5, not '" + at + "'");
    }
    SweepScores scores =
        references == null
            ? SweepScores.ofKaldi(sweep, scoring.mode)
            : SweepScores.score(sweep, references, scoring.mode);
    if (others.size() % 2 != 0) {
      throw new StjemException("the sweep " + others.get(others.size() - 1) + " has no references");
    }
    for (int i = 0; i < others.size(); i += 2) {
      scores =
          scores.with(
              SweepScores.score(ByteNames.path(others.get(i)), others.get(i + 1), scoring.mode));
    }
    if (at != null) {
      int languageModelWeight = Integer.parseInt(setting.group(1));
      double penalty = Double.parseDouble(setting.group(2));
      SweepScores.Entry chosen = scores.at(languageModelWeight, penalty);
      print(chosen);
      return 0;
    }
    SweepScores.Entry best = scores.best();
    List<String> edges = scores.edges(best);
    if (!edges.isEmpty()) {
      log.warn(
          "{}: {}; a wider sweep may do better (--min-lmwt, --max-lmwt and --word-ins-penalties of"
              + " 'acoustic decode')",
          sweep,
          String.join(", ", edges));
    }
    print(best);
    return 0;
  }

  private void print(SweepScores.Entry chosen) {
    System.out.println(chosen.line());
    for (String reference : applied) {
      SweepScores.Entry other =
          SweepScores.scoreAt(
              sweep, reference, scoring.mode, chosen.languageModelWeight(), chosen.penalty());
      System.out.println(other.line());
    }
  }
}
