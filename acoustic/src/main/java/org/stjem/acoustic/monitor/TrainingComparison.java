package org.stjem.acoustic.monitor;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.stjem.frontend.io.StjemException;

/**
 * Many trainings side by side, of speech or images: a table with a row for each setting of some
 * options, and a picture with a curve for each run.
 */
public final class TrainingComparison {
  /** Magnitudes below this are drawn as this, in nats. */
  private static final double LEAST_DRAWN = 1;

  private static final List<String> MEASURES =
      List.of(
          "runs",
          "diverged",
          "at update",
          "CE > log C, % of intervals",
          "loss",
          "accuracy %",
          "held-out accuracy %",
          "held-out ECE %",
          "s(data) − s(samples)",
          "negative mass",
          "CPU ms per update");

  private final List<String> by;
  private final List<FinishedRun> runs = new ArrayList<>();
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
      runs.add(run);
      groups.computeIfAbsent(key(run), unused -> new ArrayList<>()).add(run);
    }
  }

  private List<String> key(FinishedRun run) {
    return by.stream().map(run::option).collect(Collectors.toList());
  }

  /** The table in Markdown; means, and where there are several runs their standard deviation. */
  public String markdown() {
    StringBuilder out = new StringBuilder();
    List<String> heading = new ArrayList<>(by);
    heading.addAll(MEASURES);
    out.append("| ").append(String.join(" | ", heading)).append(" |\n");
    out.append("|---".repeat(by.size())).append("|--:".repeat(MEASURES.size())).append("|\n");
    groups.forEach(
        (values, members) -> {
          List<String> cells = new ArrayList<>(values);
          cells.addAll(measures(members));
          out.append("| ").append(String.join(" | ", cells)).append(" |\n");
        });
    return out.toString();
  }

  private static List<String> measures(List<FinishedRun> members) {
    long diverged = members.stream().filter(run -> run.divergedAt() > 0).count();
    return List.of(
        Integer.toString(members.size()),
        Long.toString(diverged),
        range(members),
        mean(members, run -> 100 * run.shareWorseThanNothing(), 0),
        median(members, run -> run.last("loss")),
        mean(members, run -> 100 * run.last("accuracy"), 2),
        mean(members, run -> run.heldOut("accuracy"), 2),
        mean(members, run -> run.heldOut("ece"), 2),
        median(members, run -> run.last("dataScore") - run.last("sampleScore")),
        mean(members, run -> run.last("negativeMass"), 3),
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

  private static double[] known(List<FinishedRun> members, ToDoubleFunction<FinishedRun> measure) {
    return members.stream().mapToDouble(measure).filter(Double::isFinite).sorted().toArray();
  }

  private static String mean(
      List<FinishedRun> members, ToDoubleFunction<FinishedRun> measure, int decimals) {
    double[] values = known(members, measure);
    if (values.length == 0) {
      return "–";
    }
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    String text = String.format(Locale.ROOT, "%." + decimals + "f", mean);
    if (values.length == 1) {
      return text;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = Math.sqrt(squares / (values.length - 1));
    return text + String.format(Locale.ROOT, " ± %." + decimals + "f", deviation);
  }

  /** The median, since a mean of diverged runs is that of the worst. */
  private static String median(List<FinishedRun> members, ToDoubleFunction<FinishedRun> measure) {
    double[] values = known(members, measure);
    return values.length == 0 ? "–" : String.format(Locale.ROOT, "%.4g", values[values.length / 2]);
  }

  /**
   * The curves of all runs as a PNG: for each value of the first option a row of two panels, the
   * magnitudes of loss and energy gap on logarithmic axes; the values of the other options have a
   * colour each.
   */
  public byte[] png() {
    Map<String, List<FinishedRun>> rows = new LinkedHashMap<>();
    List<String> colours = new ArrayList<>();
    for (FinishedRun run : runs) {
      List<String> key = key(run);
      rows.computeIfAbsent(key.get(0), unused -> new ArrayList<>()).add(run);
      String rest = rest(key);
      if (!colours.contains(rest)) {
        colours.add(rest);
      }
    }
    Curves curves = new Curves();
    rows.forEach(
        (value, members) -> {
          draw(
              curves.panel(value + ": |loss|, nats"),
              members,
              colours,
              line -> FinishedRun.number(line, "loss"));
          draw(
              curves.panel(value + ": |s(data) − s(samples)|, nats"),
              members,
              colours,
              FinishedRun::energyGap);
        });
    return curves.png();
  }

  /** The options but the first, as a legend names them. */
  private String rest(List<String> key) {
    List<String> parts = new ArrayList<>();
    for (int i = 1; i < key.size(); i++) {
      parts.add(by.get(i) + " " + key.get(i));
    }
    return parts.isEmpty() ? key.get(0) : String.join(", ", parts);
  }

  private void draw(
      Curves.Panel panel,
      List<FinishedRun> members,
      List<String> colours,
      Function<JsonObject, Double> value) {
    panel.logarithmic();
    for (FinishedRun run : members) {
      String name = rest(key(run));
      panel.line(
          name,
          colours.indexOf(name),
          run.intervals(),
          line -> Math.max(LEAST_DRAWN, Math.abs(value.apply(line))));
    }
  }
}
