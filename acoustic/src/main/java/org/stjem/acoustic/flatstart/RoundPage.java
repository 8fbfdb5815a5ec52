package org.stjem.acoustic.flatstart;

import java.util.List;
import java.util.Locale;
import org.stjem.acoustic.eval.HtmlPage;
import org.stjem.acoustic.plot.Chart;
import org.stjem.acoustic.plot.Drawing;

/** The rounds as a page: a table, and curves of boundaries that moved and of the likelihood. */
final class RoundPage {
  private static final int WIDTH = 360;
  private static final int HEIGHT = 260;
  private static final int REFRESH_SECONDS = 20;

  private RoundPage() {}

  /**
   * The page.
   *
   * @param rounds at least one
   * @param end why no further round follows, or null if one does
   */
  static String html(String title, List<Round> rounds, String end) {
    HtmlPage page = new HtmlPage("Flat start: " + title);
    if (end == null) {
      page.refreshEvery(REFRESH_SECONDS);
      page.paragraph("Round " + (rounds.size() + 1) + " is under way.");
    } else {
      page.paragraph(end);
    }
    page.picture(curves(rounds), "boundaries that moved and log-likelihood of each round");
    page.table(
        "Rounds",
        List.of(
            "round",
            "scores by",
            "utterances",
            "failed",
            "log-likelihood per frame",
            "silence",
            "boundaries",
            "moved",
            "mean shift, frames",
            "seconds"),
        rounds.stream().map(RoundPage::cells).toList(),
        2);
    page.paragraph(
        "A boundary is the beginning of a phone of a word. It has moved if it lies more than "
            + Round.STILL
            + " frames from where the round before had it; in the first round, from where the"
            + " uniform segmentation had it. Utterances whose phones have changed, because another"
            + " pronunciation was chosen, are not compared. The log-likelihood is that of the best"
            + " path, with transitions and pronunciations, divided by the acoustic scale; Gaussians and"
            + " networks have scales of their own.");
    return page.text();
  }

  private static List<String> cells(Round round) {
    return List.of(
        Integer.toString(round.round()),
        round.kind().shown(),
        Integer.toString(round.utterances()),
        Integer.toString(round.failed()),
        number("%.3f", round.logLikelihood()),
        number("%.1f %%", 100 * round.silence()),
        Long.toString(round.boundaries()),
        number("%.1f %%", 100 * round.moved()),
        number("%.2f", round.meanShift()),
        number("%.0f", round.seconds()));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static Drawing curves(List<Round> rounds) {
    Drawing drawing = new Drawing(3 * WIDTH, HEIGHT);
    Chart moved = new Chart("Boundaries that moved, %").axes("round", "");
    moved.vertical(0, 100, false);
    int column = 1;
    for (Round.Kind kind : Round.Kind.values()) {
      List<Round> its = rounds.stream().filter(round -> round.kind() == kind).toList();
      if (its.isEmpty()) {
        continue;
      }
      int colour = Chart.COLOURS.get(kind.ordinal());
      double[] numbers = its.stream().mapToDouble(Round::round).toArray();
      double[] shares = its.stream().mapToDouble(round -> 100 * round.moved()).toArray();
      double[] likelihoods = its.stream().mapToDouble(Round::logLikelihood).toArray();
      moved.curve(kind.shown(), colour, numbers, shares, 2, true);
      Chart likelihood = new Chart("Log-likelihood per frame by " + kind.shown());
      likelihood.axes("round", "").curve("", colour, numbers, likelihoods, 2, true);
      likelihood.draw(drawing, column++ * WIDTH, 0, WIDTH, HEIGHT);
    }
    moved.draw(drawing, 0, 0, WIDTH, HEIGHT);
    return drawing;
  }
}
