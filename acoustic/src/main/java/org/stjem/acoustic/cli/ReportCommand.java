package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.stjem.acoustic.confidence.CtmTable;
import org.stjem.acoustic.confidence.SpokenExamples;
import org.stjem.acoustic.eval.HtmlPage;
import org.stjem.acoustic.eval.Result;
import org.stjem.acoustic.eval.ResultsReport;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.options.ConfigFile;
import org.stjem.frontend.options.KaldiOptions;
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

  @Option(
      names = "--words",
      paramLabel = "NAME=CTM",
      description =
          "also show the words of a few utterances on the page, by this system, with the"
              + " confidences of a file of 'decode --conf-ctm' or 'confidence-apply'; may be given"
              + " for several systems; needs --text")
  private Map<String, Path> words = new LinkedHashMap<>();

  @Option(
      names = "--text",
      paramLabel = "REF",
      description = "text table of what was said in these utterances, an rspecifier or a file")
  private String text;

  @Option(
      names = "--word-feats",
      paramLabel = "RSPECIFIER",
      description =
          "features of these utterances, not normalised, for pictures of them that the words link"
              + " to")
  private String wordFeats;

  @Option(
      names = "--feature-config",
      paramLabel = "FILE",
      description = "options with which --word-feats were made, as of 'frontend fbank --config'")
  private Path featureConfig;

  @Option(
      names = "--num-utterances",
      paramLabel = "N",
      description = "so many utterances at most (default: ${DEFAULT-VALUE})")
  private int numUtterances = 4;

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
    if (!words.isEmpty() && text == null) {
      throw new StjemException("--words needs --text, what was said");
    }
    if (html != null) {
      Consumer<HtmlPage> examples = examples();
      String configuration = settings == null ? "" : TextFile.read(settings);
      AtomicFile.writeString(html, report.html(title, configuration, examples));
    }
    System.out.print(format == TableFormat.TEXT ? report.text() : report.markdown());
    return 0;
  }

  private Consumer<HtmlPage> examples() throws IOException {
    if (words.isEmpty()) {
      return page -> {};
    }
    Map<String, CtmTable> systems = new LinkedHashMap<>();
    words.forEach((name, file) -> systems.put(name, CtmTable.read(file)));
    SpokenExamples examples = SpokenExamples.choose(text, systems, numUtterances);
    Map<String, byte[]> pictures = Map.of();
    if (wordFeats != null) {
      FbankOptions options = new FbankOptions();
      if (featureConfig != null) {
        List<String> arguments = ConfigFile.read("--feature-config", featureConfig);
        KaldiOptions.parser(options).parseArgs(arguments.toArray(new String[0]));
      }
      options.check();
      pictures = examples.spectrograms(wordFeats, options);
    }
    Map<String, byte[]> shown = pictures;
    return page -> examples.add(page, shown);
  }
}
