package org.stjem.acoustic.eval;

import java.util.ArrayList;
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
  private final boolean most;
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
   * @param most whether the largest value is the best, rather than the smallest
   * @param measure picks it from a result; null where it was not taken
   * @throws StjemException if two results stand for one cell and seed
   */
  ResultTable(
      String caption,
      String format,
      boolean most,
      ResultsReport.Rows shape,
      List<Result> results,
      Function<Result, Double> measure) {
    this.caption = caption;
    this.format = format;
    this.most = most;
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
              Locale.ROOT,
              "two results for test set %s, objective %s, model %s, seed %d",
              result.testSet(),
              result.objective(),
              result.model(),
              result.seed()));
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
  private TextTable table() {
    List<String> heading =
        new ArrayList<>(
            shape == ResultsReport.Rows.TEST_SETS
                ? List.of("Test set", "Objective")
                : List.of("Objective", "Model"));
    int labels = heading.size();
    heading.addAll(columns);
    List<List<String>> lines = new ArrayList<>();
    String previous = null;
    for (Map.Entry<Row, Map<String, TreeMap<Long, Double>>> row : rows.entrySet()) {
      List<String> line = new ArrayList<>();
      line.add(row.getKey().first().equals(previous) ? "" : row.getKey().first());
      line.add(row.getKey().second());
      for (String column : columns) {
        TreeMap<Long, Double> values = row.getValue().get(column);
        line.add(values == null ? "–" : Spread.of(values.values(), format));
      }
      previous = row.getKey().first();
      lines.add(line);
    }
    return new TextTable(caption(), heading, lines, labels);
  }

  /** The table in aligned columns, for a terminal. */
  String text() {
    return table().text();
  }

  /** The table in Markdown. */
  String markdown() {
    return table().markdown();
  }

  private static double mean(TreeMap<Long, Double> values) {
    return values.values().stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /**
   * Whether no row to compare with has a better value in the column, while some row has another:
   * one of the same test set, or in a table with test sets for columns, any.
   */
  private boolean isBest(Row row, String column) {
    TreeMap<Long, Double> values = rows.get(row).get(column);
    if (values == null) {
      return false;
    }
    int others = 0;
    for (Map.Entry<Row, Map<String, TreeMap<Long, Double>>> other : rows.entrySet()) {
      boolean compared =
          shape == ResultsReport.Rows.MODELS || other.getKey().first().equals(row.first());
      TreeMap<Long, Double> theirs = other.getValue().get(column);
      if (compared && theirs != null) {
        double ahead = mean(theirs) - mean(values);
        if (most ? ahead > 0 : ahead < 0) {
          return false;
        }
        others += ahead == 0 ? 0 : 1;
      }
    }
    return others > 0;
  }

  /** The table in HTML; the best value of each column is bold. */
  String html() {
    StringBuilder out = new StringBuilder("<table>\n<caption>");
    out.append(HtmlPage.escape(caption())).append("</caption>\n");
    TextTable table = table();
    List<Row> keys = List.copyOf(rows.keySet());
    List<String> names = List.copyOf(columns);
    for (int i = 0; i <= table.rows().size(); i++) {
      List<String> line = i == 0 ? table.header() : table.rows().get(i - 1);
      out.append(i > 0 && !line.get(0).isEmpty() ? "<tr class=\"first\">" : "<tr>");
      for (int column = 0; column < line.size(); column++) {
        String tag = i == 0 || column < table.labels() ? "th" : "td";
        boolean best =
            i > 0
                && column >= table.labels()
                && isBest(keys.get(i - 1), names.get(column - table.labels()));
        out.append('<').append(tag).append(best ? " class=\"best\">" : ">");
        out.append(HtmlPage.escape(line.get(column)));
        out.append("</").append(tag).append('>');
      }
      out.append("</tr>\n");
    }
    return out.append("</table>\n").toString();
  }
}
