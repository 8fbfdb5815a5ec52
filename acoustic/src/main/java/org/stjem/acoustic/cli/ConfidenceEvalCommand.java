package org.stjem.acoustic.cli;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.confidence.ConfidencePage;
import org.stjem.acoustic.confidence.ConfidenceReport;
import org.stjem.acoustic.confidence.CtmTable;
import org.stjem.acoustic.confidence.PairedLikelihood;
import org.stjem.acoustic.confidence.WordOutcomes;
import org.stjem.acoustic.eval.Calibration;
import org.stjem.acoustic.eval.TextTable;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic confidence-eval}: how good confidences of words are. */
@Command(
    description = {
      "Measures the confidences of words against references: normalised cross-entropy (NCE),"
          + " calibration error (ECE), Brier score, areas under the receiver operating"
          + " characteristic (AUROC), under precision and recall of right and of wrong words (AUPR)"
          + " and under risk and coverage (AURC), equal error rate (EER). Deleted words, which have"
          + " no confidence, are counted apart.",
      "",
      "Example:",
      "  stjem acoustic confidence-eval --html=confidence.html data/test/text lattice.ctm test.ctm",
      ""
    })
final class ConfidenceEvalCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ConfidenceEvalCommand.class);

  @Option(
      names = "--names",
      paramLabel = "NAME,...",
      split = ",",
      description = "names of the systems (default: their files)")
  private List<String> names;

  @Option(
      names = "--format",
      paramLabel = "FORM",
      description = "form of the table on standard output: text or markdown (default: text)")
  private TableFormat format = TableFormat.TEXT;

  @Option(
      names = "--num-bins",
      paramLabel = "M",
      description = "bins of the calibration errors (default: ${DEFAULT-VALUE})")
  private int numBins = Calibration.DEFAULT_BINS;

  @Option(names = "--json", paramLabel = "FILE", description = "also write all measures, by system")
  private Path json;

  @Option(
      names = "--reliability",
      paramLabel = "FILE",
      description = "also draw reliability diagrams, SVG or PNG")
  private Path reliability;

  @Option(
      names = "--risk-coverage",
      paramLabel = "FILE",
      description = "also draw risk against coverage, SVG or PNG")
  private Path riskCoverage;

  @Option(
      names = "--utt2spk",
      paramLabel = "FILE",
      description =
          "speakers of the utterances: also compare each system with the first one by the likelihood"
              + " of what came out, with 95 %% intervals and p by a bootstrap over speakers; the"
              + " systems must have the same words")
  private String utt2spk;

  @Option(names = "--html", paramLabel = "FILE", description = "also write a page with everything")
  private Path html;

  @Option(
      names = "--title",
      paramLabel = "TEXT",
      description = "heading of the page (default: ${DEFAULT-VALUE})")
  private String title = "Confidence of words";

  @Mixin private final ReferenceArgument references = new ReferenceArgument();

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "CTM",
      description = "words with confidences, one file per system")
  private List<Path> systems;

  @Override
  public Integer call() throws IOException {
    if (numBins < 1) {
      throw new StjemException("--num-bins is " + numBins + ", must be at least 1");
    }
    List<String> shown = names == null ? systems.stream().map(Path::toString).toList() : names;
    if (shown.size() != systems.size()) {
      throw new StjemException(
          "--names has " + shown.size() + " names for " + systems.size() + " systems");
    }
    Map<String, ConfidenceReport.Detailed> reports = new LinkedHashMap<>();
    List<Map<String, List<CtmTable.Word>>> words = new ArrayList<>();
    Map<String, boolean[]> right = null;
    for (int i = 0; i < systems.size(); i++) {
      words.add(CtmTable.read(systems.get(i)).utterances());
      WordOutcomes<CtmTable.Word> outcomes =
          WordOutcomes.of(references.table, words.get(i), CtmTable.Word::word);
      right = outcomes.rightByUtterance();
      if (outcomes.unknown() > 0) {
        log.warn("{} utterances of {} have no reference", outcomes.unknown(), systems.get(i));
      }
      if (reports.put(shown.get(i), ConfidenceReport.of(outcomes, numBins)) != null) {
        throw new StjemException("two systems are named " + shown.get(i));
      }
    }
    publish(reports);
    TextTable table = ConfidencePage.table(reports);
    System.out.print(format == TableFormat.TEXT ? table.text() : table.markdown());
    if (utt2spk != null) {
      TextTable compared = compared(shown, words, right);
      System.out.println();
      System.out.print(format == TableFormat.TEXT ? compared.text() : compared.markdown());
    }
    return 0;
  }

  private TextTable compared(
      List<String> shown,
      List<Map<String, List<CtmTable.Word>>> words,
      Map<String, boolean[]> right) {
    Map<String, String> speakers = new HashMap<>();
    try (SequentialTableReader<List<String>> reader =
        Tables.readTokenVectors(Transcripts.rspecifier(utt2spk))) {
      while (reader.next()) {
        speakers.put(reader.key(), String.join(" ", reader.value()));
      }
    }
    List<List<String>> rows = new ArrayList<>();
    for (int i = 1; i < words.size(); i++) {
      PairedLikelihood paired = PairedLikelihood.of(words.get(i), words.get(0), right, speakers);
      rows.add(
          List.of(
              shown.get(i),
              String.format(Locale.ROOT, "%+.4f", paired.nats()),
              String.format(Locale.ROOT, "%+.4f – %+.4f", paired.low(), paired.high()),
              String.format(Locale.ROOT, "%.4f", paired.p())));
    }
    return new TextTable(
        "Log-likelihood per word against " + shown.get(0),
        List.of("system", "nats", "95 % interval", "p"),
        rows,
        1);
  }

  private void publish(Map<String, ConfidenceReport.Detailed> reports) throws IOException {
    if (json != null) {
      Map<String, ConfidenceReport> measures =
          reports.entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey,
                      system -> system.getValue().report(),
                      (a, b) -> a,
                      LinkedHashMap::new));
      String text =
          new GsonBuilder().setPrettyPrinting().serializeNulls().create().toJson(measures);
      AtomicFile.writeString(json, ByteText.json(text) + "\n");
    }
    if (reliability != null) {
      ConfidencePage.reliability(reports).write(reliability, "reliability diagrams of " + title);
    }
    if (riskCoverage != null) {
      ConfidencePage.riskCoverage(reports).write(riskCoverage, "risk against coverage of " + title);
    }
    if (html != null) {
      AtomicFile.writeString(html, ConfidencePage.html(title, reports));
    }
  }
}
