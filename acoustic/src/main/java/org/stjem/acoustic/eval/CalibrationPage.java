package org.stjem.acoustic.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The calibration of one model as a page in one file: measures, reliability diagram, bins. */
public final class CalibrationPage {
  private CalibrationPage() {}

  /**
   * Makes the page.
   *
   * @param title heading of page and diagram
   * @return HTML with the picture inside
   */
  public static String html(String title, CalibrationReport report) {
    HtmlPage page = new HtmlPage(title);
    page.table(
        "Measures",
        List.of("measure", "value"),
        List.of(
            List.of("frames", Long.toString(report.frames())),
            List.of("accuracy", percent(report.accuracy())),
            List.of(
                "accuracy, 95 % interval",
                interval(BinomialInterval.of(report.accuracy() / 100, report.frames()))),
            List.of("mean confidence", percent(report.confidence())),
            List.of("expected calibration error, equal width", percent(report.ece())),
            List.of("expected calibration error, equal mass", percent(report.eceEqualMass())),
            List.of("classwise calibration error, equal width", percent(report.classwiseEce())),
            List.of(
                "classwise calibration error, equal mass", percent(report.classwiseEceEqualMass())),
            List.of("negative log-likelihood, nats per frame", decimals(report.nll())),
            List.of("Brier score", decimals(report.brier()))),
        1);
    page.picture(
        ReliabilityDiagram.of(List.of(new ReliabilityDiagram.Panel(title, report)), 1),
        "reliability diagram of " + title);
    page.paragraph(
        "Intervals are Wilson's, of independent decisions; where these resemble their neighbours, as"
            + " frames of speech do, the true ones are wider.");
    bins(page, "Bins of equal width", report.bins());
    bins(page, "Bins of equal mass", report.massBins());
    return page.text();
  }

  private static void bins(HtmlPage page, String caption, List<CalibrationReport.Bin> bins) {
    List<List<String>> rows = new ArrayList<>();
    for (CalibrationReport.Bin bin : bins) {
      rows.add(
          List.of(
              decimals(bin.lower()),
              decimals(bin.upper()),
              Long.toString(bin.frames()),
              bin.frames() == 0 ? "" : percent(100 * bin.confidence()),
              bin.frames() == 0 ? "" : percent(100 * bin.accuracy()),
              bin.frames() == 0 ? "" : interval(bin.interval())));
    }
    page.table(
        caption,
        List.of("confidence from", "to", "frames", "mean confidence", "accuracy", "95 % interval"),
        rows,
        0);
  }

  private static String interval(BinomialInterval interval) {
    return String.format(
        Locale.ROOT, "%.2f – %.2f %%", 100 * interval.low(), 100 * interval.high());
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, value < 1 ? "%.4f %%" : "%.2f %%", value);
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
