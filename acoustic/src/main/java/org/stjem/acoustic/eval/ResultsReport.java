package org.stjem.acoustic.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Shows results the way the ST-JEM paper does: word error rates shaped like its Table 4,
 * calibration as a table of the same shape and as reliability diagrams like its Figure 1.
 */
public final class ResultsReport {
  /** What stands in the rows of the tables. */
  public enum Rows {
    /** A row per test set and objective, a column per model, as in the paper. */
    TEST_SETS,
    /** A row per objective and model, a column per test set, for many models. */
    MODELS;

    /** The name that options take. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final List<Result> results;
  private final String unit;
  private final List<ResultTable> tables = new ArrayList<>();

  /** A report over {@code results} in the paper's form; see the other constructor. */
  public ResultsReport(List<Result> results, String unit) {
    this(results, unit, Rows.TEST_SETS, List.of());
  }

  /**
   * A report over {@code results}.
   *
   * @param unit what was classified, in the singular: frame or image
   * @param specialists models that the others' word error rates are compared with; empty for no
   *     comparison
   * @throws org.stjem.frontend.io.StjemException if two results stand for the same run, or there
   *     are no results of a specialist
   */
  public ResultsReport(List<Result> results, String unit, Rows rows, List<String> specialists) {
    this.results = List.copyOf(results);
    this.unit = unit;
    add("Word error rate [%]", "%.2f", false, rows, Result::wer);
    if (!specialists.isEmpty()) {
      tables.add(
          new ResultTable(
              "Mean word error rate against the best of " + String.join(", ", specialists) + " [%]",
              "%+.1f",
              false,
              rows,
              Specialists.relative(results, specialists),
              Result::wer));
    }
    add("Expected calibration error [%]", "%.2f", false, rows, Result::ece);
    add(capital(unit) + " accuracy [%]", "%.2f", true, rows, Result::accuracy);
    add("Negative log-likelihood [nats per " + unit + "]", "%.3f", false, rows, Result::nll);
    add("Brier score", "%.3f", false, rows, Result::brier);
    add("Utterances whose domain is recognised [%]", "%.1f", true, rows, Result::domains);
    tables.removeIf(ResultTable::isEmpty);
  }

  private void add(
      String caption, String format, boolean most, Rows rows, Function<Result, Double> measure) {
    tables.add(new ResultTable(caption, format, most, rows, results, measure));
  }

  /** All tables in aligned columns. */
  public String text() {
    return tables.stream().map(ResultTable::text).collect(Collectors.joining("\n"));
  }

  /** All tables in Markdown. */
  public String markdown() {
    return tables.stream().map(ResultTable::markdown).collect(Collectors.joining("\n"));
  }

  /**
   * All tables and, for every test set, the reliability diagrams of its lowest seed, as one
   * self-contained HTML page.
   *
   * @param title title of the page
   * @param settings how the results came about, shown at the end; empty for nothing
   */
  public String html(String title, String settings) {
    return html(title, settings, page -> {});
  }

  /**
   * The same with more below the tables.
   *
   * @param more adds it
   */
  public String html(String title, String settings, Consumer<HtmlPage> more) {
    HtmlPage page = new HtmlPage(title);
    page.paragraph(summary());
    tables.forEach(page::table);
    more.accept(page);
    List<Result> drawn = new ArrayList<>(results);
    drawn.removeIf(result -> result.report() == null);
    if (!drawn.isEmpty()) {
      page.heading("Reliability of the " + unit + " posteriors");
      page.paragraph(
          capital(unit)
              + "s are grouped by the posterior of the best class. Blue: how many of the group are"
              + " right, with a 95 % interval for independent decisions. Red: how far their mean"
              + " confidence lies above that; green: how far below."
              + " Yellow: the group's share of all, its weight in the calibration error"
              + " (ECE).");
      long seed = drawn.stream().mapToLong(Result::seed).min().orElseThrow();
      drawn.removeIf(result -> result.seed() != seed);
      for (String testSet : distinct(drawn, Result::testSet)) {
        page.heading("Test set: " + testSet + (seeds() > 1 ? ", seed " + seed : ""));
        picture(page, testSet, drawn);
      }
    }
    if (!settings.isBlank()) {
      page.heading("Settings");
      page.preformatted(settings.strip());
    }
    return page.text();
  }

  /** What was compared, and what came out, in two sentences. */
  private String summary() {
    String compared =
        String.format(
            Locale.ROOT,
            "Compared are %s trained with %s, on %s, over %d training seed%s.",
            named("model", distinct(results, Result::model)),
            named("objective", distinct(results, Result::objective)),
            named("test set", distinct(results, Result::testSet)),
            seeds(),
            seeds() == 1 ? "" : "s");
    List<String> best = new ArrayList<>();
    for (String testSet : distinct(results, Result::testSet)) {
      best(testSet).ifPresent(best::add);
    }
    return best.isEmpty()
        ? compared
            + " Word error rates were not measured; of each test set the best value of a column is bold."
        : compared
            + " The lowest word error rate is "
            + String.join(", ", best)
            + "; of each test set the best value of a column is bold, which is no test of significance.";
  }

  private static String named(String what, Set<String> names) {
    return names.size()
        + " "
        + what
        + (names.size() == 1 ? "" : "s")
        + " ("
        + String.join(", ", names)
        + ")";
  }

  /** The least mean word error rate on a test set, and whose it is. */
  private Optional<String> best(String testSet) {
    Map<String, Double> means =
        results.stream()
            .filter(result -> result.testSet().equals(testSet) && result.wer() != null)
            .collect(
                Collectors.groupingBy(
                    result -> result.objective() + ", " + result.model(),
                    LinkedHashMap::new,
                    Collectors.averagingDouble(Result::wer)));
    return means.entrySet().stream()
        .min(Map.Entry.comparingByValue())
        .map(
            least ->
                String.format(
                    Locale.ROOT, "%.2f %% on %s (%s)", least.getValue(), testSet, least.getKey()));
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private long seeds() {
    return results.stream().map(Result::seed).distinct().count();
  }

  /** One row of diagrams per objective, one column per model. */
  private static void picture(HtmlPage page, String testSet, List<Result> drawn) {
    Set<String> models = distinct(drawn, Result::model);
    for (String objective : distinct(drawn, Result::objective)) {
      List<ReliabilityDiagram.Panel> panels = new ArrayList<>();
      for (String model : models) {
        for (Result result : drawn) {
          if (result.testSet().equals(testSet)
              && result.objective().equals(objective)
              && result.model().equals(model)) {
            panels.add(new ReliabilityDiagram.Panel(objective + ", " + model, result.report()));
          }
        }
      }
      if (!panels.isEmpty()) {
        page.picture(
            ReliabilityDiagram.of(panels, panels.size()),
            "reliability diagrams of " + objective + " on " + testSet);
      }
    }
  }

  private static Set<String> distinct(List<Result> results, Function<Result, String> property) {
    return results.stream().map(property).collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
