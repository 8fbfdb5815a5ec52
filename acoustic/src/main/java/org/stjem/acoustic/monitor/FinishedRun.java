package org.stjem.acoustic.monitor;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.stjem.frontend.io.StjemException;

/** What the journal of one training says, whether it ended, diverged or still runs. */
final class FinishedRun {
  static final String JOURNAL = "train.jsonl";
  private static final String OPTIONS = "options";
  private static final String CPU = "cpuSeconds";

  /** In nats; an interval of few batches may be this far from its expectation. */
  private static final double NOTICEABLE = 0.1;

  private final Path file;
  private final JsonObject header;
  private final List<JsonObject> intervals = new ArrayList<>();
  private JsonObject lastEpoch;
  private long divergedAt;
  private double cpuSeconds;
  private long cpuSteps;

  /**
   * Reads {@code train.jsonl} in {@code folder}.
   *
   * @throws StjemException if there is none, or nothing in it
   */
  FinishedRun(Path folder) throws IOException {
    this.file = folder.resolve(JOURNAL);
    if (!Files.exists(file)) {
      throw new StjemException(folder + " has no train.jsonl; is it the folder of a training?");
    }
    List<JsonObject> lines = new JsonLines(file).objects();
    if (lines.isEmpty()) {
      throw new StjemException(file + " is empty");
    }
    this.header = lines.get(0);
    JsonObject previous = header;
    for (JsonObject line : lines.subList(1, lines.size())) {
      if (line.has("totalSteps")) {
        intervals.add(line);
        addCost(previous, line);
      } else if (line.has("heldOut")) {
        lastEpoch = line;
      } else if (line.has("divergedAt") && divergedAt == 0) {
        divergedAt = line.get("divergedAt").getAsLong();
      }
      previous = line;
    }
  }

  /** Counts what lies between two reports without an evaluation or a new process in between. */
  private void addCost(JsonObject previous, JsonObject line) {
    if (previous.has(CPU) && line.has(CPU)) {
      double seconds = line.get(CPU).getAsDouble() - previous.get(CPU).getAsDouble();
      if (seconds > 0) {
        cpuSeconds += seconds;
        cpuSteps += line.get("step").getAsLong() - previous.get("step").getAsLong();
      }
    }
  }

  /**
   * The value of a command-line option of the training.
   *
   * @throws StjemException if it had no such option
   */
  String option(String name) {
    JsonObject options = options();
    if (!options.has(name)) {
      throw new StjemException(file + ": the training had no option --" + name);
    }
    return options.get(name).getAsString();
  }

  /** The command-line options of the training by name. */
  JsonObject options() {
    return header.has(OPTIONS) ? header.getAsJsonObject(OPTIONS) : header;
  }

  /** Whether the last update was made. */
  boolean hasEnded() {
    return last("step") == last("totalSteps");
  }

  List<JsonObject> intervals() {
    return intervals;
  }

  /** The update at which the training diverged, 0 if it did not. */
  long divergedAt() {
    return divergedAt;
  }

  /** A number of the last interval, NaN if it has none. */
  double last(String field) {
    return intervals.isEmpty() ? Double.NaN : number(intervals.get(intervals.size() - 1), field);
  }

  /** {@link #energyGap} of the last interval, NaN if there is none. */
  double lastEnergyGap() {
    return intervals.isEmpty() ? Double.NaN : energyGap(intervals.get(intervals.size() - 1));
  }

  /** A measure of the last evaluation on held-out rows, NaN if there was none. */
  double heldOut(String field) {
    return lastEpoch == null ? Double.NaN : number(lastEpoch.getAsJsonObject("heldOut"), field);
  }

  /** The greatest magnitude of an interval's mean loss, NaN if there is no interval. */
  double highestLoss() {
    return intervals.stream()
        .mapToDouble(line -> Math.abs(number(line, "loss")))
        .max()
        .orElse(Double.NaN);
  }

  /**
   * The share of intervals whose cross-entropy was above log C, which is that of knowing nothing.
   */
  double shareWorseThanNothing() {
    long worse =
        intervals.stream()
            .filter(
                line ->
                    number(line, "crossEntropy")
                        > Math.log(line.getAsJsonArray("negativeMassOfLabel").size()) + NOTICEABLE)
            .count();
    return (double) worse / intervals.size();
  }

  /** Milliseconds of processor time of an update, NaN if unknown. */
  double cpuMillisPerUpdate() {
    return cpuSteps == 0 ? Double.NaN : 1000 * cpuSeconds / cpuSteps;
  }

  /** A number of a line, NaN if it has none. */
  static double number(JsonObject line, String field) {
    return line.has(field) ? line.get(field).getAsDouble() : Double.NaN;
  }

  /** s(data) − s(samples), NaN without samples. */
  static double energyGap(JsonObject interval) {
    return number(interval, "dataScore") - number(interval, "sampleScore");
  }
}
