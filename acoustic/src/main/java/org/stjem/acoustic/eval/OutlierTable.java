package org.stjem.acoustic.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How well a model tells sets of other domains from its own, one row per set. */
public final class OutlierTable {
  private static final String HEADER_FORMAT = "%-24s %10s %9s %14s %18s%n";
  private static final String FORMAT = "%-24s %10d %9.3f %14.3f %18.3f%n";

  private final List<Row> rows = new ArrayList<>();

  /**
   * One set.
   *
   * @param name of the set
   * @param count frames, utterances or images scored
   * @param logDensity AUROC of log p(x)
   * @param maxPosterior AUROC of the highest posterior
   * @param gradient AUROC of −‖∇ₓ log p(x)‖
   */
  public record Row(
      String name, int count, double logDensity, double maxPosterior, double gradient) {

    /**
     * Whether log p(x) is higher in this set than in the domain, by more than chance: more than two
     * standard errors of the AUROC of scores that tell nothing (Mann and Whitney's).
     *
     * @param inside items of the domain
     */
    public boolean densityIsUpsideDown(int inside) {
      double error = Math.sqrt((inside + count + 1.0) / (12.0 * inside * count));
      return logDensity < 0.5 - 2 * error;
    }
  }

  /** Adds a set. */
  public void add(Row row) {
    rows.add(row);
  }

  /** The rows so far. */
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  /**
   * The table in aligned columns.
   *
   * @param unit what is counted, in the plural
   */
  public String text(String unit) {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            HEADER_FORMAT,
            "AUROC against",
            unit,
            "log p(x)",
            "max posterior",
            "-|grad log p(x)|"));
    for (Row row : rows) {
      out.append(
          String.format(
              Locale.ROOT,
              FORMAT,
              row.name,
              row.count,
              row.logDensity,
              row.maxPosterior,
              row.gradient));
    }
    return out.toString();
  }
}
