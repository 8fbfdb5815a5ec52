package org.stjem.acoustic.confidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.stjem.acoustic.eval.HtmlPage;
import org.stjem.acoustic.eval.ReliabilityDiagram;
import org.stjem.acoustic.eval.TextTable;
import org.stjem.acoustic.plot.Chart;
import org.stjem.acoustic.plot.Drawing;

/** Pictures, a table and a page of how good the confidences of one or more systems are. */
public final class ConfidencePage {
  private static final int COLUMNS = 3;
  private static final int WIDTH = 560;
  private static final int HEIGHT = 430;
  private static final double STROKE = 2;

  private static final List<String> HEADER =
      List.of(
          "system",
          "words",
          "right, %",
          "deleted, %",
          "NCE",
          "ECE, %",
          "by chance, %",
          "equal mass, %",
          "Brier",
          "AUROC",
          "AUPR right",
          "AUPR wrong",
          "EER, %",
          "AURC, %",
          "errors in 10 %",
          "in 20 %");

  private ConfidencePage() {}

  /** All measures, a row per system. */
  public static TextTable table(Map<String, ConfidenceReport.Detailed> systems) {
    return new TextTable("", HEADER, rows(systems), 1);
  }

  private static List<List<String>> rows(Map<String, ConfidenceReport.Detailed> systems) {
    List<List<String>> rows = new ArrayList<>();
    systems.forEach(
        (name, detailed) -> {
          ConfidenceReport report = detailed.report();
          rows.add(
              List.of(
                  name,
                  Integer.toString(report.words()),
                  number("%.2f", 100.0 * report.right() / report.words()),
                  number("%.2f", 100.0 * report.deletions() / report.references()),
                  number("%.3f", report.nce()),
                  number("%.2f", report.ece()),
                  number("%.2f", report.eceByChance()),
                  number("%.2f", report.eceEqualMass()),
                  number("%.4f", report.brier()),
                  number("%.3f", report.auroc()),
                  number("%.3f", report.auprRight()),
                  number("%.3f", report.auprWrong()),
                  number("%.2f", report.eer()),
                  number("%.2f", report.aurc()),
                  number("%.1f", report.errorsInTenth()),
                  number("%.1f", report.errorsInFifth())));
        });
    return rows;
  }

  private static String number(String format, Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, format, value);
  }

  /** Reliability diagrams of all systems. */
  public static Drawing reliability(Map<String, ConfidenceReport.Detailed> systems) {
    List<ReliabilityDiagram.Panel> panels = new ArrayList<>();
    systems.forEach(
        (name, detailed) -> panels.add(new ReliabilityDiagram.Panel(name, detailed.calibration())));
    return ReliabilityDiagram.of(panels, Math.min(COLUMNS, panels.size()));
  }

  /** The share of wrong words among those accepted against the share accepted. */
  public static Drawing riskCoverage(Map<String, ConfidenceReport.Detailed> systems) {
    Drawing drawing = new Drawing(WIDTH, HEIGHT);
    Chart chart =
        new Chart("Risk and coverage")
            .subtitle("words accepted from the most confident down")
            .axes("words accepted, %", "wrong among them, %")
            .horizontal(0, 100);
    int number = 0;
    for (Map.Entry<String, ConfidenceReport.Detailed> system : systems.entrySet()) {
      ConfidenceReport.RiskCurve curve = system.getValue().curve();
      int points = curve.coverage().length;
      double[] x = new double[points];
      double[] y = new double[points];
      for (int i = 0; i < points; i++) {
        x[i] = 100 * curve.coverage()[i];
        y[i] = 100 * curve.risk()[i];
      }
      int colour = Chart.COLOURS.get(number++ % Chart.COLOURS.size());
      chart.curve(system.getKey(), colour, x, y, STROKE, false);
    }
    chart.draw(drawing, 0, 0, WIDTH, HEIGHT);
    return drawing;
  }

  /** The page in one file. */
  public static String html(String title, Map<String, ConfidenceReport.Detailed> systems) {
    HtmlPage page = new HtmlPage(title);
    page.table("Measures", HEADER, rows(systems), 1);
    page.paragraph(
        "NCE: normalised cross-entropy, 1 at best, 0 for the share of right words as the confidence"
            + " of each. ECE: expected calibration error, bins of equal width and of equal mass, and what"
            + " confidences that are all true would have with so few words."
            + " AUROC, EER: right words against wrong ones. AUPR: average precision. AURC: mean"
            + " share of wrong words among those accepted. Errors in 10 %: share of the wrong words that"
            + " are among the tenth with the lowest confidences. Deleted words have no confidence; their"
            + " share is of the words of the references.");
    page.picture(reliability(systems), "reliability diagrams of " + title);
    page.picture(riskCoverage(systems), "risk against coverage of " + title);
    return page.text();
  }
}
