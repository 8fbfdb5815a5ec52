package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.confidence.ConfidenceModel;
import org.stjem.acoustic.confidence.DensityRanks;
import org.stjem.acoustic.confidence.FeatureTable;
import org.stjem.acoustic.confidence.WordOutcomes;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic confidence-train}: fits what makes probabilities of word features. */
@Command(
    description = {
      "Fits the probability that a word is right to words of held-out speech with references:"
          + " logistic regression on the features of 'word-features', each shifted and scaled to"
          + " mean 0 and deviation 1, with a penalty of l2/2 times the squared weights.",
      "A word is right if the alignment with the fewest errors pairs it with itself.",
      "",
      "Example:",
      "  stjem acoustic confidence-train dev.words data/dev/text confidence.json",
      ""
    })
final class ConfidenceTrainCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ConfidenceTrainCommand.class);

  @Option(
      names = "--features",
      paramLabel = "NAME,...",
      split = ",",
      description = "features to use (default: all of the table)")
  private List<String> features;

  @Option(
      names = "--leave-out",
      paramLabel = "NAME,...",
      split = ",",
      description = "features not to use")
  private List<String> leaveOut = List.of();

  @Option(
      names = "--l2",
      paramLabel = "WEIGHT",
      description =
          "penalty of the squared weights; more for few words (default: ${DEFAULT-VALUE})")
  private double l2 = 1;

  @Option(
      names = "--train-log-density",
      paramLabel = "RSPECIFIER",
      description =
          "vectors of log p(x) of training frames, as 'word-features' took them: their quantiles are"
              + " kept with the model, so that 'recognize' knows the ranks")
  private String trainLogDensity;

  @Parameters(index = "0", paramLabel = "FEATURES", description = "table of 'word-features'")
  private Path table;

  @Parameters(
      index = "1",
      paramLabel = "REF",
      description = "text table of the references, an rspecifier or a file")
  private String references;

  @Parameters(index = "2", paramLabel = "MODEL", description = "JSON file to write")
  private Path output;

  @Override
  public Integer call() throws IOException {
    if (!(l2 > 0)) {
      throw new StjemException("--l2 must be above 0, not " + l2);
    }
    FeatureTable words = FeatureTable.read(table);
    for (String name : leaveOut) {
      if (!words.names().contains(name)) {
        throw new StjemException(
            "--leave-out names " + name + "; " + table + " has " + words.names());
      }
    }
    List<String> names =
        (features == null ? words.names() : features)
            .stream().filter(name -> !leaveOut.contains(name)).distinct().toList();
    if (names.isEmpty()) {
      throw new StjemException("--leave-out leaves no feature");
    }
    WordOutcomes<FeatureTable.Row> outcomes =
        WordOutcomes.of(references, words.utterances(), row -> row.word().word());
    if (outcomes.unknown() > 0) {
      log.warn("{} utterances of {} have no reference", outcomes.unknown(), table);
    }
    ConfidenceModel model =
        ConfidenceModel.fit(
            names,
            words,
            table.toString(),
            outcomes,
            l2,
            trainLogDensity == null ? null : DensityRanks.read(trainLogDensity));
    model.write(output);
    System.out.printf(
        Locale.ROOT,
        "fitted to %d words, %d right; weights of features with deviation 1:%n",
        outcomes.words().size(),
        outcomes.numRight());
    for (int i = 0; i < names.size(); i++) {
      System.out.printf(Locale.ROOT, "  %-22s %8.4f%n", names.get(i), model.weights()[i]);
    }
    return 0;
  }
}
