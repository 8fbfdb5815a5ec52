package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.stjem.acoustic.monitor.TrainingComparison;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic compare-trainings}: table and picture of many trainings. */
@Command(
    description = {
      "Prints a Markdown table of many trainings, of speech or images, from the train.jsonl in their"
          + " folders: a row for each setting of the options of --by. It has how many diverged and at"
          + " which update; how many had an interval whose cross-entropy was above log C, that of a"
          + " network that knows nothing of C classes, and how many intervals that were; the highest magnitude of an interval's loss"
          + " (median); of the last interval accuracy on the training batches,"
          + " s(data) - s(samples) (median) and negative mass; accuracy and ECE of the last"
          + " evaluation on held-out data; processor time of an update. Otherwise mean and standard"
          + " deviation over the runs.",
      "",
      "e.g.: stjem acoustic compare-trainings --by=objective,learn-rate --plot=curves.svg exp/*",
      ""
    },
    sortOptions = false)
final class CompareTrainingsCommand implements Callable<Integer> {
  @Option(
      names = "--by",
      split = ",",
      defaultValue = "objective",
      description = "options of the trainings that make a row (default: ${DEFAULT-VALUE})")
  private List<String> by;

  @Option(
      names = {"--plot", "--png"},
      paramLabel = "FILE",
      description =
          "write, as FILE.png or FILE.svg, the curves of cross-entropy and s(data) - s(samples) of every run, a colour for each"
              + " row of the table")
  private Path plot;

  @Parameters(paramLabel = "DIR", arity = "1..*", description = "folders of trainings")
  private List<Path> folders;

  @Override
  public Integer call() throws IOException {
    TrainingComparison comparison = new TrainingComparison(folders, by);
    if (plot != null) {
      comparison.curves().write(plot, "curves of the trainings");
    }
    System.out.print(comparison.markdown());
    return 0;
  }
}
