package org.stjem.acoustic.monitor;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.stjem.acoustic.ebm.Objective;
import org.stjem.acoustic.eval.HtmlPage;
import org.stjem.acoustic.plot.Drawing;

/** The curves of one training as one HTML page, made from the lines of its journal. */
final class TrainingPage {
  /** How often the page of a running training is written, and a browser loads it again. */
  static final int REFRESH_SECONDS = 30;

  private static final String HELD_OUT = "heldOut";
  private static final String ADAPTED = "adaptedSgld";

  private final String title;
  private final boolean running;
  private final String objective;
  private final JsonObject options;
  private final List<JsonObject> intervals = new ArrayList<>();
  private final List<JsonObject> epochs = new ArrayList<>();
  private final List<JsonObject> rollbacks = new ArrayList<>();
  private final List<JsonObject> divergences = new ArrayList<>();

  TrainingPage(String title, List<JsonObject> lines, boolean running) {
    this.title = title;
    this.running = running;
    this.objective =
        lines.isEmpty() || !lines.get(0).has("objective")
            ? ""
            : lines.get(0).get("objective").getAsString();
    this.options =
        lines.isEmpty()
            ? new JsonObject()
            : Objects.requireNonNullElse(lines.get(0).getAsJsonObject("options"), lines.get(0));
    for (JsonObject line : lines) {
      if (line.has("totalSteps")) {
        intervals.add(line);
      } else if (line.has(HELD_OUT)) {
        epochs.add(line);
      } else if (line.has("rolledBackTo")) {
        rollbacks.add(line);
      } else if (line.has("divergedAt")) {
        divergences.add(line);
      }
    }
  }

  String html() {
    HtmlPage page = new HtmlPage(title);
    if (running) {
      page.refreshEvery(REFRESH_SECONDS);
    }
    for (JsonObject divergence : divergences) {
      page.paragraph("The " + divergence.get("reason").getAsString() + ".");
    }
    if (intervals.isEmpty()) {
      page.paragraph("The training has begun; nothing has been reported yet.");
      return page.text();
    }
    JsonObject last = intervals.get(intervals.size() - 1);
    page.paragraph(summary(last));
    for (JsonObject rollback : rollbacks) {
      page.paragraph(
          "Rolled back to step "
              + rollback.get("rolledBackTo").getAsLong()
              + ": "
              + rollback.get("reason").getAsString()
              + ".");
    }
    if (!epochs.isEmpty()) {
      page.paragraph(heldOut(epochs.get(epochs.size() - 1)));
    }
    DensityFit.of(intervals).sentence().ifPresent(page::paragraph);
    page.picture(curves(last), "curves of the training");
    page.paragraph(
        "Horizontally: updates. Loss terms are drawn above their least possible values. The energy"
            + " is −log p(x) up to a constant: samples far above the data do not compete. Negative"
            + " mass is the share of a label's column of the batch softmax that sampled rows (and"
            + " given negatives) hold; 0 means that the network sees no use in them, and the"
            + " training is then one without samples. Over all columns it is their share of the"
            + " rows' p(x): if it rises while that of the labels' columns does not, samples climb"
            + " columns that no term pushes back; docs/training.md says what helps.");
    options(page);
    return page.text();
  }

  private void options(HtmlPage page) {
    List<List<String>> rows = new ArrayList<>();
    for (Map.Entry<String, JsonElement> option : options.entrySet()) {
      if (option.getValue().isJsonPrimitive()) {
        rows.add(List.of(option.getKey(), option.getValue().getAsString()));
      }
    }
    page.table("Options", List.of("option", "value"), rows, 2);
  }

  private String summary(JsonObject last) {
    return String.format(
        Locale.ROOT,
        "Step %,d of %,d, epoch %d%s. Run time %s. Learning rate %.3g, loss %.4f, accuracy on the"
            + " training batches %.1f %%, gradient norm %.3g.",
        last.get("step").getAsLong(),
        last.get("totalSteps").getAsLong(),
        last.get("epoch").getAsInt(),
        running
            ? String.format(Locale.ROOT, ", %.0f minutes left", number(last, "secondsLeft") / 60)
            : ", finished",
        last.has(TrainingJournal.RUN_SECONDS)
            ? TrainingJournal.clock(number(last, TrainingJournal.RUN_SECONDS))
            : "unknown",
        number(last, "learningRate"),
        number(last, "loss"),
        100 * number(last, "accuracy"),
        number(last, "gradientNorm"));
  }

  private static String heldOut(JsonObject epoch) {
    JsonObject report = epoch.getAsJsonObject(HELD_OUT);
    return String.format(
        Locale.ROOT,
        "Held out, after epoch %d: accuracy %.2f %%, calibration error %.2f %%, negative"
            + " log-likelihood %.3f nats.",
        epoch.get("epoch").getAsInt(),
        number(report, "accuracy"),
        number(report, "ece"),
        number(report, "nll"));
  }

  private Drawing curves(JsonObject last) {
    Curves curves = new Curves();
    Curves.Panel loss = curves.panel("Loss terms above their floors, nats").logarithmic();
    loss.line("cross-entropy", intervals, field("crossEntropy"));
    if (objective.isEmpty() || Objective.of(objective).hasColumnTerm()) {
      loss.line("label columns", intervals, field("columnExcess"));
    }
    if (objective.isEmpty() || Objective.of(objective).hasRowTerm()) {
      loss.line("rows", intervals, field("rowExcess"));
    }
    loss.line("unlabelled rows", intervals, field("unlabelledExcess"));
    loss.line("samples' cross-entropy", intervals, field("sampleCrossEntropy"));
    loss.line("gradient penalty", intervals, field("gradientPenalty"));

    Curves.Panel energy = curves.panel("Energy, −log p(x) + constant");
    energy.line("data", intervals, negated("dataScore"));
    energy.line("samples", intervals, negated("sampleScore"));
    energy.line("given negatives", intervals, negated("negativeScore"));

    Curves.Panel accuracy = curves.panel("Accuracy, %");
    accuracy.line("training batches", intervals, line -> 100 * number(line, "accuracy"));
    accuracy.line("held out", epochs, line -> number(line.getAsJsonObject(HELD_OUT), "accuracy"));

    Curves.Panel likelihood = curves.panel("Negative log-likelihood, nats").logarithmic();
    likelihood.line("training batches", intervals, field("crossEntropy"));
    likelihood.line("held out", epochs, line -> number(line.getAsJsonObject(HELD_OUT), "nll"));

    Curves.Panel calibration = curves.panel("Expected calibration error, %");
    calibration.line("training batches", intervals, line -> 100 * number(line, "ece"));
    calibration.line("held out", epochs, line -> number(line.getAsJsonObject(HELD_OUT), "ece"));

    if (last.has("sampleScore") || last.has("negativeScore")) {
      Curves.Panel mass = curves.panel("Negative mass in the labels' columns, and over all");
      mass.line("highest tenth of labels", intervals, line -> quantile(line, 0.9));
      mass.line("mean", intervals, field("negativeMass"));
      mass.line("lowest tenth of labels", intervals, line -> quantile(line, 0.1));
      mass.line("over all columns", intervals, field("negativeMassOfRows"));
      curves.panel("Effective number of negatives").line("", intervals, field("effectiveSamples"));
    }
    if (last.has("bufferAge")) {
      curves
          .panel("Mean age of the replay buffer's chains, steps")
          .line("", intervals, field("bufferAge"));
    }
    if (last.has(ADAPTED) && !last.getAsJsonArray(ADAPTED).isEmpty()) {
      adapted(curves.panel("Step size in favour, by the chain's age").logarithmic(), "stepSize");
      adapted(curves.panel("Competitiveness of samples, by the chain's age"), "competitiveness");
    }
    curves.panel("Learning rate").line("", intervals, field("learningRate"));
    curves.panel("Norm of the gradient").logarithmic().line("", intervals, field("gradientNorm"));
    return curves.drawing();
  }

  /** Adds a curve of {@code field} for each stratum of age. */
  private void adapted(Curves.Panel panel, String field) {
    int strata = intervals.get(0).getAsJsonArray(ADAPTED).size();
    for (int i = 0; i < strata; i++) {
      int stratum = i;
      Function<JsonObject, JsonObject> settings =
          line -> line.getAsJsonArray(ADAPTED).get(stratum).getAsJsonObject();
      int age = settings.apply(intervals.get(0)).get("leastAge").getAsInt();
      panel.line("from " + age, intervals, line -> number(settings.apply(line), field));
    }
  }

  private static double quantile(JsonObject line, double q) {
    JsonElement masses = line.get("negativeMassOfLabel");
    if (masses == null) {
      return Double.NaN;
    }
    List<Double> known = new ArrayList<>();
    masses
        .getAsJsonArray()
        .forEach(
            mass -> {
              if (!mass.isJsonNull()) {
                known.add(mass.getAsDouble());
              }
            });
    double[] sorted = known.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[(int) Math.round(q * (sorted.length - 1))];
  }

  private static Function<JsonObject, Double> field(String name) {
    return line -> number(line, name);
  }

  private static Function<JsonObject, Double> negated(String name) {
    return line -> -number(line, name);
  }

  private static double number(JsonObject line, String name) {
    return line.has(name) ? line.get(name).getAsDouble() : Double.NaN;
  }
}
