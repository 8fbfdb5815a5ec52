package org.stjem.acoustic.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ChartTest {
  private static List<String> labels(Scale scale) {
    return scale.ticks().stream().map(scale::label).toList();
  }

  /** The words of a drawing in the order in which they stand in it. */
  private static List<String> words(Chart chart) {
    Drawing drawing = new Drawing(400, 300);
    chart.draw(drawing, 0, 0, 400, 300);
    return Pattern.compile(">([^<]+)</text>")
        .matcher(drawing.svg("x"))
        .results()
        .map((MatchResult word) -> word.group(1))
        .toList();
  }

  @Test
  void ticks_haveTheirZeroAndOnlyTheDigitsTheyNeed() {
    assertThat(labels(new Scale(0, 1, false)))
        .containsExactly("0.0", "0.2", "0.4", "0.6", "0.8", "1.0");
    assertThat(labels(new Scale(0, 100, false)))
        .containsExactly("0", "20", "40", "60", "80", "100");
    assertThat(labels(new Scale(0, 5000, false)))
        .containsExactly("0", "1,000", "2,000", "3,000", "4,000", "5,000");
    assertThat(labels(Scale.around(-0.07, 0.13)))
        .containsExactly("-0.10", "-0.05", "0.00", "0.05", "0.10", "0.15");
    assertThat(labels(new Scale(0.4, 30, true))).containsExactly("0.5", "1", "2", "5", "10", "20");
    assertThat(labels(new Scale(1e-5, 10, true)))
        .containsExactly("1e-05", "1e-04", "0.001", "0.01", "0.1", "1", "10");
  }

  @Test
  void around_holdsASingleValue() {
    for (double value : new double[] {0, 1, -3, 1e9}) {
      Scale scale = Scale.around(value, value);
      assertThat(scale.low()).isLessThan(scale.high());
      assertThat(scale.position(value)).isBetween(0.0, 1.0);
    }
  }

  @Test
  void legend_hasEachNameOnceInTheOrderAnnouncedOrAdded() {
    Chart chart = new Chart("a < b").legend("first", 1).horizontal(0, 1).vertical(0, 1, false);
    double[] ends = {0, 1};
    chart.curve("second", 2, ends, ends, 1, true);
    chart.bar("first", 1, 0, 1, 0, 1);
    chart.dashed("third", 3, ends, ends);
    chart.curve("second", 2, ends, ends, 1, false);
    List<String> words = words(chart);
    assertThat(words.subList(words.size() - 3, words.size()))
        .containsExactly("first", "second", "third");
    assertThat(words.get(0)).isEqualTo("a &lt; b");
  }
}
