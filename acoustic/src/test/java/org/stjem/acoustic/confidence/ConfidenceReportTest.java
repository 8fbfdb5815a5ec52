package org.stjem.acoustic.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with NumPy and scikit-learn, and with values worked out by hand. */
class ConfidenceReportTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "acoustic/src/test/resources/golden/confidence");
  private static final Offset<Double> CLOSE = within(1e-6);

  @Test
  void measures_golden() throws IOException {
    Map<String, Double> expected = expected();
    ConfidenceReport report =
        ConfidenceReport.of(
                WordOutcomes.of(
                    GOLDEN.resolve("text").toString(),
                    CtmTable.read(GOLDEN.resolve("hyp.ctm")).utterances(),
                    CtmTable.Word::word),
                15)
            .report();
    assertThat((double) report.words()).isEqualTo(expected.get("words"));
    assertThat((double) report.right()).isEqualTo(expected.get("right"));
    assertThat((double) report.deletions()).isEqualTo(expected.get("deletions"));
    assertThat(report.nce()).isCloseTo(expected.get("nce"), CLOSE);
    assertThat(report.ece()).isCloseTo(expected.get("ece"), CLOSE);
    assertThat(report.brier()).isCloseTo(expected.get("brier"), CLOSE);
    assertThat(report.auroc()).isCloseTo(expected.get("auroc"), CLOSE);
    assertThat(report.auprRight()).isCloseTo(expected.get("auprRight"), CLOSE);
    assertThat(report.auprWrong()).isCloseTo(expected.get("auprWrong"), CLOSE);
    // The golden value was searched on a grid.
    assertThat(report.eer()).isCloseTo(expected.get("eer"), within(1e-3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.5", "20"})
  void fit_golden(String l2) throws IOException {
    Map<String, Double> expected = expected();
    FeatureTable table = FeatureTable.read(GOLDEN.resolve("words.txt"));
    ConfidenceModel model =
        ConfidenceModel.fit(
            table.names(),
            table,
            "words.txt",
            WordOutcomes.of(
                GOLDEN.resolve("text").toString(), table.utterances(), row -> row.word().word()),
            Double.parseDouble(l2),
            null);
    for (int i = 0; i < table.names().size(); i++) {
      assertThat(model.weights()[i])
          .isCloseTo(expected.get("l2=" + l2 + " " + table.names().get(i)), CLOSE);
    }
    assertThat(model.offset()).isCloseTo(expected.get("l2=" + l2 + " offset"), CLOSE);
  }

  /** 0.9 right, 0.7 right and wrong, 0.2 wrong. */
  @Test
  void measures_byHand() {
    ConfidenceReport.Detailed detailed =
        ConfidenceReport.of(
            outcomes(new double[] {0.7, 0.9, 0.2, 0.7}, true, true, false, false), 2);
    ConfidenceReport report = detailed.report();
    double entropy = 4 * Math.log(2);
    assertThat(report.nce())
        .isCloseTo(
            1 + (Math.log(0.9) + Math.log(0.7) + Math.log(0.3) + Math.log(0.8)) / entropy, CLOSE);
    // One below 0.5, three above.
    assertThat(report.ece()).isCloseTo(100 * (0.2 / 4 + Math.abs(0.9 + 0.7 + 0.7 - 2) / 4), CLOSE);
    assertThat(report.brier()).isCloseTo((0.01 + 0.09 + 0.49 + 0.04) / 4, CLOSE);
    assertThat(report.auroc()).isCloseTo(3.5 / 4, CLOSE);
    assertThat(report.auprRight()).isCloseTo(0.5 + 0.5 * 2 / 3, CLOSE);
    assertThat(report.auprWrong()).isCloseTo(0.5 + 0.5 * 2 / 3, CLOSE);
    // From no false acceptance and half missed to half and none: a quarter.
    assertThat(report.eer()).isCloseTo(25, CLOSE);
    assertThat(detailed.curve().coverage()).containsExactly(0.25, 0.75, 1);
    assertThat(detailed.curve().risk()).containsExactly(new double[] {0, 1.0 / 3, 0.5}, CLOSE);
    assertThat(report.aurc()).isCloseTo(100 * (0.5 / 3 + 0.25 * 0.5), CLOSE);
    // A tenth of four words is none.
    assertThat(report.errorsInTenth()).isZero();
    assertThat(report.errorsInFifth()).isEqualTo(50);
  }

  @Test
  void eceByChance_isWhatTrueConfidencesHave_andFallsWithTheirNumber() {
    Random random = new Random(4);
    double last = Double.POSITIVE_INFINITY;
    for (int words : new int[] {50, 500, 5000}) {
      double[] confidences = random.doubles(words).toArray();
      boolean[] right = new boolean[words];
      for (int i = 0; i < words; i++) {
        right[i] = random.nextDouble() < confidences[i];
      }
      ConfidenceReport report = ConfidenceReport.of(outcomes(confidences, right), 15).report();
      assertThat(report.ece()).isBetween(report.eceByChance() / 2, report.eceByChance() * 2);
      assertThat(report.eceByChance()).isLessThan(last / 2);
      last = report.eceByChance();
    }
  }

  @Test
  void pairedLikelihood_byHand() {
    Map<String, List<CtmTable.Word>> one = new HashMap<>();
    Map<String, List<CtmTable.Word>> other = new HashMap<>();
    Map<String, boolean[]> right = new HashMap<>();
    Map<String, String> speakers = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      String key = "u" + i;
      one.put(key, List.of(word(0.8), word(0.1)));
      other.put(key, List.of(word(0.4), word(0.1)));
      right.put(key, new boolean[] {i % 4 > 0, false});
      speakers.put(key, "s" + i / 2);
    }
    PairedLikelihood paired = PairedLikelihood.of(one, other, right, speakers);
    double gain = 15 * Math.log(2) + 5 * Math.log(0.2 / 0.6);
    assertThat(paired.nats()).isCloseTo(gain / 40, CLOSE);
    assertThat(paired.low()).isLessThan(paired.nats());
    assertThat(paired.high()).isGreaterThan(paired.nats());
    assertThat(paired.p()).isBetween(0.0, 1.0);
    PairedLikelihood itself = PairedLikelihood.of(one, one, right, speakers);
    assertThat(itself).isEqualTo(new PairedLikelihood(0, 0, 0, 1));
    other.put("u3", List.of(word(0.5)));
    assertThatThrownBy(() -> PairedLikelihood.of(one, other, right, speakers))
        .hasMessage("the systems have different words in utterance u3");
  }

  private static CtmTable.Word word(double confidence) {
    return new CtmTable.Word("1", 0, 1, "w", confidence);
  }

  @Test
  void normalisedCrossEntropy_ofTheShareIsZero() {
    double[] share = {0.75, 0.75, 0.75, 0.75};
    boolean[] right = {true, true, false, true};
    assertThat(ConfidenceReport.normalisedCrossEntropy(share, right)).isCloseTo(0, CLOSE);
    double[] sure = {1, 1, 0, 1};
    assertThat(ConfidenceReport.normalisedCrossEntropy(sure, right)).isCloseTo(1, within(1e-5));
  }

  @Test
  void measures_allRight_leaveOutWhatComparesWithWrong() {
    ConfidenceReport report =
        ConfidenceReport.of(outcomes(new double[] {0.5, 1}, true, true), 15).report();
    assertThat(report.nce()).isNull();
    assertThat(report.auroc()).isNull();
    assertThat(report.eer()).isNull();
    assertThat(report.ece()).isCloseTo(25, CLOSE);
    assertThat(report.aurc()).isZero();
  }

  private static WordOutcomes<CtmTable.Word> outcomes(double[] confidences, boolean... right) {
    List<CtmTable.Word> words =
        Arrays.stream(confidences).mapToObj(p -> new CtmTable.Word("1", 0, 1, "w", p)).toList();
    return new WordOutcomes<>(new ArrayList<>(words), right, right.length, 0, 0, Map.of());
  }

  private static Map<String, Double> expected() throws IOException {
    Map<String, Double> values = new HashMap<>();
    for (String line : Files.readAllLines(GOLDEN.resolve("expected.txt"))) {
      String[] fields = line.split("\t");
      values.put(fields[0], Double.parseDouble(fields[1]));
    }
    return values;
  }
}
