package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.stjem.acoustic.eval.SweepScores;
import org.stjem.acoustic.eval.WordErrorRate;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic best-wer}: the best setting of a sweep. */
@CommandLine.Command(
    description = {
      "Prints the best word error rate of a sweep that 'acoustic decode --sweep-dir' or Kaldi's"
          + " score.sh (folder scoring_kaldi) wrote, as utils/best_wer.sh does; of equal ones the"
          + " one with the lowest penalty, then the lowest LMWT.",
      "",
      "Example, settings chosen on dev and applied to test:",
      "  stjem acoustic best-wer exp/sweep-dev data/dev/text    # ... exp/sweep-dev/penalty_0.5/9",
      "  stjem acoustic best-wer --at=9,0.5 exp/sweep-test data/test/text",
      ""
    })
public final class BestWerCommand implements Callable<Integer> {
  private static final Pattern AT = Pattern.compile("([0-9]{1,9}),(-?[0-9]+(?:\\.[0-9]+)?)");

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "references without hypothesis: present leaves them out, all counts their words as"
              + " deleted, strict refuses (default: ${DEFAULT-VALUE})")
  private WordErrorRate.Mode mode = WordErrorRate.Mode.PRESENT;

  @Option(
      names = "--at",
      paramLabel = "LMWT,WIP",
      description = "score this language model weight and word insertion penalty only")
  private String at;

  @Parameters(index = "0", paramLabel = "SWEEP-DIR", description = "holds penalty_WIP/LMWT.txt")
  private Path sweep;

  @Parameters(
      index = "1",
      paramLabel = "REF",
      description = "text table of the references, an rspecifier or a file")
  private String references;

  @Override
  public Integer call() {
    if (at == null) {
      System.out.println(SweepScores.best(sweep, references, mode).line());
      return 0;
    }
    Matcher setting = AT.matcher(at);
    if (!setting.matches()) {
      throw new StjemException("--at needs LMWT,WIP such as 10,0.5, not '" + at + "'");
    }
    int languageModelWeight = Integer.parseInt(setting.group(1));
    double penalty = Double.parseDouble(setting.group(2));
    System.out.println(
        SweepScores.at(sweep, references, mode, languageModelWeight, penalty).line());
    return 0;
  }
}
