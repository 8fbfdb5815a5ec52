package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.stjem.acoustic.eval.Result;
import org.stjem.acoustic.eval.ResultsReport;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic report}: tables and a page from results. */
@Command(
    description = {
      "Prints word error rates and calibration of many runs as tables: a row per test set and"
          + " objective, a column per model, mean and spread over seeds. On request also one HTML"
          + " page with the tables and reliability diagrams.",
      "A results file holds JSON objects, one after the other or in an array:",
      "",
      "  {\"testSet\": \"clean\", \"objective\": \"ST-JEM\", \"model\": \"combination\", \"seed\":"
          + " 1,",
      "   \"wer\": 6.15, \"calibration\": \"ece.json\"}",
      "",
      "calibration names a file written by 'acoustic ece --json', relative to the results file;"
          + " ece, accuracy, nll and brier may be given as numbers instead. domains is the"
          + " percentage of utterances whose domain was recognised.",
      ""
    })
final class ReportCommand implements Callable<Integer> {

  /** What was classified. */
  enum Unit {
    FRAME,
    IMAGE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--unit",
      defaultValue = "frame",
      description = "what was classified: frame or image (default ${DEFAULT-VALUE})")
  private Unit unit;

  @Option(
      names = "--title",
      defaultValue = "Results",
      description = "title of the page (default ${DEFAULT-VALUE})")
  private String title;

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "form of the tables on standard output: text or markdown (default text)")
  private TableFormat format;

  @Option(
      names = "--rows",
      paramLabel = "ROWS",
      description =
          "test-sets: a row per test set and objective, a column per model; models: a row per"
              + " objective and model, a column per test set (default: ${DEFAULT-VALUE})")
  private ResultsReport.Rows rows = ResultsReport.Rows.TEST_SETS;

  @Option(
      names = "--specialists",
      paramLabel = "MODEL,...",
      split = ",",
      description =
          "also show by how much each word error rate is above that of the best of these models on"
              + " the test set")
  private List<String> specialists = List.of();

  @Option(
      names = "--html",
      paramLabel = "FILE.html",
      description = "write a page with tables and reliability diagrams, all in one file")
  private Path html;

  @Option(
      names = "--settings",
      paramLabel = "FILE",
      description = "text to show at the end of the page, such as the configuration of the run")
  private Path settings;

  @Parameters(paramLabel = "RESULTS.json", arity = "1..*", description = "results files")
  private List<Path> files;

  @Override
  public Integer call() throws IOException {
    List<Result> results = new ArrayList<>();
    for (Path file : files) {
      results.addAll(Result.read(file));
    }
    if (results.isEmpty()) {
      throw new StjemException("there are no results in " + files);
    }
    ResultsReport report = new ResultsReport(results, unit.toString(), rows, specialists);
    if (html != null) {
      String configuration = settings == null ? "" : TextFile.read(settings);
      AtomicFile.writeString(html, report.html(title, configuration));
    }
    System.out.print(format == TableFormat.TEXT ? report.text() : report.markdown());
    return 0;
  }
}
