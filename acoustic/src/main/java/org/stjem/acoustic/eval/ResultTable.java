package org.stjem.acoustic.eval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.stjem.frontend.io.StjemException;

/**
 * One measure of many results: shaped like Table 4 of the ST-JEM paper, a row per test set and
 * objective and a column per model, or with a row per model. Several seeds are summed up by their
 * mean and sample standard deviation. Rows and columns keep the order in which they first appear.
 */
final class ResultTable {
  private final String caption;
  private final String format;
  private final ResultsReport.Rows shape;
  private final Set<String> columns = new LinkedHashSet<>();
  private final Map<Row, Map<String, TreeMap<Long, Double>>> rows = new LinkedHashMap<>();

  /** Test set and objective, or objective and model. */
  private record Row(String first, String second) {}

  /**
   * The table of one measure.
   *
   * @param caption what is shown and its unit
   * @param format of a value, such as {@code %.2f}
   * @param measure picks it from a result; null where it was not taken
   * @throws StjemException if two results stand for one cell and seed
   */
  ResultTable(
      String caption,
      String format,
      ResultsReport.Rows shape,
      List<Result> results,
      Function<Result, Double> measure) {
    this.caption = caption;
    this.format = format;
    this.shape = shape;
    Set<String> firsts = new LinkedHashSet<>();
    Set<String> seconds = new LinkedHashSet<>();
    for (Result result : results) {
      if (measure.apply(result) != null) {
        firsts.add(row(result).first());
        seconds.add(row(result).second());
        columns.add(column(result));
      }
    }
    for (String first : firsts) {
      for (String second : seconds) {
        rows.put(new Row(first, second), new LinkedHashMap<>());
      }
    }
    for (Result result : results) {
      Double value = measure.apply(result);
      if (value != null) {
        add(result, value);
      }
    }
    rows.values().removeIf(Map::isEmpty);
  }

  private Row row(Result result) {
    return shape == ResultsReport.Rows.TEST_SETS
        ? new Row(result.testSet(), result.objective())
        : new Row(result.objective(), result.model());
  }

  private String column(Result result) {
    return shape == ResultsReport.Rows.TEST_SETS ? result.model() : result.testSet();
  }

  private void add(Result result, double value) {
    Double earlier =
        rows.get(row(result))
            .computeIfAbsent(column(result), column -> new TreeMap<>())
            .put(result.seed(), value);
    if (earlier != null) {
      throw new StjemException(
          String.format(
              "two results for test set %s, objective %s, model %s, seed %d",
              result.testSet(), result.objective(), result.model(), result.seed()));
    }
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The caption, and how several seeds were summed up. */
  String caption() {
    int seeds = 0;
    for (Map<String, TreeMap<Long, Double>> row : rows.values()) {
      for (TreeMap<Long, Double> cell : row.values()) {
        seeds = Math.max(seeds, cell.size());
      }
    }
    return seeds < 2
        ? caption
        : caption + ", mean ± standard deviation over " + seeds + " training seeds";
  }

  /** Heading and rows as plain words; what rows have in common is named in the first only. */
  private List<List<String>> cells() {
    List<List<String>> table = new ArrayList<>();
    List<String> heading =
        new ArrayList<>(
            shape == ResultsReport.Rows.TEST_SETS
                ? List.of("Test set", "Objective")
                : List.of("Objective", "Model"));
    heading.addAll(columns);
    table.add(heading);
    String previous = null;
    for (Map.Entry<Row, Map<String, TreeMap<Long, Double>>> row : rows.entrySet()) {
      List<String> line = new ArrayList<>();
      line.add(row.getKey().first().equals(previous) ? "" : row.getKey().first());
      line.add(row.getKey().second());
      for (String column : columns) {
        TreeMap<Long, Double> values = row.getValue().get(column);
        line.add(values == null ? "–" : format(values.values()));
      }
      previous = row.getKey().first();
      table.add(line);
    }
    return table;
  }

  private String format(Collection<Double> values) {
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    String text = String.format(Locale.ROOT, format, mean);
    if (values.size() < 2) {
      return text;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = Math.sqrt(squares / (values.size() - 1));
    return text + " ± " + String.format(Locale.ROOT, format, deviation);
  }

  /** The table in aligned columns, for a terminal. */
  String text() {
    List<List<String>> table = cells();
    StringBuilder out = new StringBuilder(caption()).append('\n');
    int[] widths = new int[table.get(0).size()];
    for (List<String> line : table) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : table) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - line.get(i).length());
        text.append(i < 2 ? line.get(i) + padding : padding + line.get(i)).append("  ");
      }
      out.append("  ").append(text.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  /** The table in Markdown. */
  String markdown() {
    StringBuilder out = new StringBuilder(caption()).append("\n\n");
    List<List<String>> table = cells();
    for (int i = 0; i < table.size(); i++) {
      out.append("| ").append(String.join(" | ", table.get(i))).append(" |\n");
      if (i == 0) {
        out.append("|---|---|").append("--:|".repeat(columns.size())).append('\n');
      }
    }
    return out.toString();
  }

  /** The table in HTML. */
  String html() {
    StringBuilder out = new StringBuilder("<table>\n<caption>");
    out.append(HtmlPage.escape(caption())).append("</caption>\n");
    List<List<String>> table = cells();
    for (int i = 0; i < table.size(); i++) {
      List<String> line = table.get(i);
      out.append(i > 0 && !line.get(0).isEmpty() ? "<tr class=\"first\">" : "<tr>");
      for (int column = 0; column < line.size(); column++) {
        String tag = i == 0 || column < 2 ? "th" : "td";
        out.append('<').append(tag).append('>').append(HtmlPage.escape(line.get(column)));
        out.append("</").append(tag).append('>');
      }
      out.append("</tr>\n");
    }
    return out.append("</table>\n").toString();
  }
}
