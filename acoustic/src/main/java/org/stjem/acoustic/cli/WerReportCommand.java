package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.acoustic.wer.WerReport;
import org.stjem.acoustic.wer.WordErrorRate;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic wer-report}: word errors of systems compared. */
@Command(
    description = {
      "Compares the word errors of one or more systems on one test set: error rates with 95 %%"
          + " bootstrap intervals; for each pair of systems the probability of improvement and the"
          + " matched-pairs sentence-segment word error test (MAPSSWE, as NIST's sc_stats); errors"
          + " per speaker; confusion pairs. On request also as one HTML page, with the utterances"
          + " that have the most errors.",
      "Only utterances that every system has are compared, unless --mode=all.",
      "",
      "Example:",
      "  stjem acoustic wer-report --names=baseline,ST-JEM --utt2spk=data/test/utt2spk \\",
      "    --html=wer.html data/test/text baseline.txt st-jem.txt",
      ""
    })
public final class WerReportCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(WerReportCommand.class);

  @Mixin private final ScoringArguments scoring = new ScoringArguments(WordErrorRate.Mode.PRESENT);

  @Option(
      names = "--names",
      paramLabel = "NAME,...",
      split = ",",
      description = "names of the systems (default: the names of their files)")
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
      description = "speakers of the utterances, for the table of speakers")
  private String utt2spk;

  @Option(
      names = "--html",
      paramLabel = "FILE.html",
      description = "write everything as one page, all in one file")
  private Path html;

  @Option(
      names = "--title",
      paramLabel = "TEXT",
      description = "title of the page (default: ${DEFAULT-VALUE})")
  private String title = "Word errors";

  @Option(
      names = "--confusions",
      paramLabel = "N",
      description = "confusion pairs shown of each system (default: ${DEFAULT-VALUE})")
  private int confusions = 10;

  @Option(
      names = "--worst",
      paramLabel = "N",
      description = "utterances shown of each system on the page (default: ${DEFAULT-VALUE})")
  private int worst = 10;

  @Mixin private BootstrapArguments bootstrapping;

  @Mixin private final ReferenceArgument references = new ReferenceArgument();

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "HYP",
      description = "text tables of the hypotheses, one per system")
  private List<String> hypotheses;

  @Override
  public Integer call() throws IOException {
    List<String> systems = names == null ? hypotheses : names;
    if (systems.size() != hypotheses.size()) {
      throw new StjemException(
          "--names has " + systems.size() + " names for " + hypotheses.size() + " systems");
    }
    for (String name : against) {
      if (!systems.contains(name)) {
        throw new StjemException("--against names '" + name + "', there are " + systems);
      }
    }
    Transcripts transcripts = Transcripts.read(references.table, hypotheses, scoring.mode);
    if (transcripts.absent() > 0) {
      log.warn(
          "{} of the references lack a hypothesis of some system; they {}",
          transcripts.absent(),
          scoring.mode == WordErrorRate.Mode.ALL ? "count as deleted" : "are left out");
    }
    WerReport report =
        new WerReport(
            transcripts,
            systems,
            new WerReport.Options(
                against,
                utt2spk,
                bootstrapping.replications,
                bootstrapping.seed,
                confusions,
                worst));
    if (html != null) {
      AtomicFile.writeString(html, report.html(title));
    }
    System.out.print(format == TableFormat.TEXT ? report.text() : report.markdown());
    return 0;
  }
}
