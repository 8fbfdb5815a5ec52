package org.stjem.acoustic.monitor;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.stjem.acoustic.eval.Spread;
import org.stjem.acoustic.eval.TextTable;
import org.stjem.acoustic.plot.Drawing;
import org.stjem.frontend.io.StjemException;

/**
 * Many trainings side by side, of speech or images: a table with a row for each setting of some
 * options, and a picture with a curve for each run.
 */
public final class TrainingComparison {
  /** Magnitudes below this are drawn as this, in nats. */
  private static final double LEAST_DRAWN = 0.01;

  private static final List<String> MEASURES =
      List.of(
          "runs",
          "diverged",
          "at update",
          "CE > log C",
          "% of intervals",
          "highest abs. loss",
          "accuracy %",
          "held-out accuracy %",
          "held-out ECE %",
          "s(data) − s(samples)",
          "negative mass",
          "of all columns",
          "CPU ms per update");

  private final List<String> by;
  private final Map<List<String>, List<FinishedRun>> groups = new LinkedHashMap<>();

  /**
   * Reads the journals of trainings.
   *
   * @param folders of the trainings
   * @param by options whose values make groups, without dashes
   * @throws StjemException if a folder holds no training or a training had no such option
   */
  public TrainingComparison(List<Path> folders, List<String> by) throws IOException {
    if (by.isEmpty()) {
      throw new StjemException("no option to group the trainings by");
    }
    this.by = List.copyOf(by);
    for (Path folder : folders) {
      FinishedRun run = new FinishedRun(folder);
      groups.computeIfAbsent(key(run), unused -> new ArrayList<>()).add(run);
    }
  }

  private List<String> key(FinishedRun run) {
    return by.stream().map(option -> plain(run.option(option))).collect(Collectors.toList());
  }

  /** A number without an exponent, anything else as it is. */
  private static String plain(String value) {
    try {
      return new BigDecimal(value).stripTrailingZeros().toPlainString();
    } catch (NumberFormatException e) {
      return value;
    }
  }

  /** The table in Markdown; means, and where there are several runs their standard deviation. */
  public String markdown() {
    List<String> heading = new ArrayList<>(by);
    heading.addAll(MEASURES);
    List<List<String>> rows = new ArrayList<>();
    groups.forEach(
        (values, members) -> {
          List<String> cells = new ArrayList<>(values);
          cells.addAll(measures(members));
          rows.add(cells);
        });
    return new TextTable("", heading, rows, by.size()).markdown();
  }

  private static List<String> measures(List<FinishedRun> members) {
    long diverged = members.stream().filter(run -> run.divergedAt() > 0).count();
    long worse = members.stream().filter(run -> run.shareWorseThanNothing() > 0).count();
    return List.of(
        Integer.toString(members.size()),
        Long.toString(diverged),
        range(members),
        Long.toString(worse),
        mean(members, run -> 100 * run.shareWorseThanNothing(), 0),
        median(members, FinishedRun::highestLoss),
        mean(members, run -> 100 * run.last("accuracy"), 2),
        mean(members, run -> run.heldOut("accuracy"), 2),
        mean(members, run -> run.heldOut("ece"), 2),
        median(members, FinishedRun::lastEnergyGap),
        mean(members, run -> run.last("negativeMass"), 3),
        mean(members, run -> run.last("negativeMassOfRows"), 3),
        mean(members, FinishedRun::cpuMillisPerUpdate, 1));
  }

  /** First and last update at which one of the runs diverged. */
  private static String range(List<FinishedRun> members) {
    long[] at =
        members.stream().mapToLong(FinishedRun::divergedAt).filter(n -> n > 0).sorted().toArray();
    if (at.length == 0) {
      return "–";
    }
    return at.length == 1 ? Long.toString(at[0]) : at[0] + "–" + at[at.length - 1];
  }

  /** In rising order. */
  private static List<Double> known(
      List<FinishedRun> members, ToDoubleFunction<FinishedRun> measure) {
    return members.stream().map(measure::applyAsDouble).filter(Double::isFinite).sorted().toList();
  }

  private static String mean(
      List<FinishedRun> members, ToDoubleFunction<FinishedRun> measure, int decimals) {
    List<Double> values = known(members, measure);
    return values.isEmpty() ? "–" : Spread.of(values, "%." + decimals + "f");
  }

  /** The median, since a mean of diverged runs is that of the worst. */
  private static String median(List<FinishedRun> members, ToDoubleFunction<FinishedRun> measure) {
    List<Double> values = known(members, measure);
    return values.isEmpty()
        ? "–"
        : String.format(Locale.ROOT, "%.4g", values.get(values.size() / 2));
  }

  /**
   * The curves of all runs, a colour for each group: cross-entropy and magnitude of the energy gap,
   * on logarithmic axes where they span enough.
   */
  public Drawing curves() {
    Curves curves = new Curves();
    draw(
        curves.panel("Cross-entropy above its floor, nats"),
        line -> FinishedRun.number(line, "crossEntropy"));
    draw(
        curves.panel("|s(data) − s(samples)|, nats"),
        line -> Math.max(LEAST_DRAWN, Math.abs(FinishedRun.energyGap(line))));
    return curves.drawing();
  }

  private void draw(Curves.Panel panel, Function<JsonObject, Double> value) {
    panel.logarithmic().thin();
    int colour = 0;
    for (Map.Entry<List<String>, List<FinishedRun>> group : groups.entrySet()) {
      for (FinishedRun run : group.getValue()) {
        panel.line(String.join(" ", group.getKey()), colour, run.intervals(), value);
      }
      colour++;
    }
  }
}
