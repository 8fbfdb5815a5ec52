package org.stjem.acoustic.monitor;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether the density that a training learnt may be of use: log p(x) of its data should stand above
 * that of its samples. Where it does not the sampler found regions that the network holds for more
 * likely than speech, and log p(x) tells the wrong things apart.
 *
 * @param data mean of log p(x) + const over labelled rows in the last quarter of the reports; NaN
 *     if there are none
 * @param samples the same over sampled rows; NaN for an objective without samples
 */
public record DensityFit(double data, double samples) {
  /**
   * The share of the reports, from the end, that is looked at: early ones are of another network.
   */
  private static final int SHARE = 4;

  /** What helps; for messages. */
  public static final String REMEDY =
      "Train with --objective=st-jem-row and more samples, or with --sgld-batch-labels;"
          + " docs/training.md says more";

  /** Of the lines of a journal. */
  static DensityFit of(List<JsonObject> lines) {
    List<JsonObject> reports = lines.stream().filter(line -> line.has("totalSteps")).toList();
    List<JsonObject> late =
        reports.subList(reports.size() - (reports.size() + SHARE - 1) / SHARE, reports.size());
    return new DensityFit(mean(late, "dataScore"), mean(late, "sampleScore"));
  }

  /** Of the training in a folder; nothing is known where there is no journal. */
  public static DensityFit of(Path folder) throws IOException {
    return Files.exists(folder.resolve(FinishedRun.JOURNAL))
        ? of(new JsonLines(folder.resolve(FinishedRun.JOURNAL)).objects())
        : new DensityFit(Double.NaN, Double.NaN);
  }

  private static double mean(List<JsonObject> lines, String field) {
    return lines.stream()
        .mapToDouble(line -> FinishedRun.number(line, field))
        .average()
        .orElse(Double.NaN);
  }

  /** Whether samples stand above the data. */
  public boolean isUpsideDown() {
    return samples > data;
  }

  /** What the user should know; nothing if the density may be of use, or nothing is known. */
  public Optional<String> sentence() {
    return isUpsideDown()
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "The density is unfit: samples stand above the data (log p(x) + const: data %.2f,"
                    + " samples %.2f, over the last quarter of the reports), so log p(x) must not"
                    + " be used to detect other domains or to weigh models. %s.",
                data,
                samples,
                REMEDY))
        : Optional.empty();
  }
}
