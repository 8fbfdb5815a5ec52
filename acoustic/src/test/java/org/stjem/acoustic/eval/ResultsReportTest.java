package org.stjem.acoustic.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.io.StjemException;

class ResultsReportTest {
  @TempDir private Path folder;

  private static Result wer(String testSet, String objective, String model, long seed, double wer) {
    return new Result(
        testSet, objective, model, seed, wer, null, null, null, null, null, null, null);
  }

  private List<Result> read(String json) throws IOException {
    Path file = folder.resolve("results.json");
    Files.writeString(file, json);
    return Result.read(file);
  }

  @Test
  void text_hasTheShapeOfTable4() {
    ResultsReport report =
        new ResultsReport(
            List.of(
                wer("WSJ", "Baseline", "WSJ", 1, 9.0),
                wer("WSJ", "Baseline", "REVERB", 1, 29.7),
                wer("WSJ", "ST-JEM", "WSJ", 1, 8.8),
                wer("REVERB", "Baseline", "WSJ", 1, 32.0),
                wer("REVERB", "Baseline", "Combination", 1, 8.3)),
            "frame");
    assertThat(report.text())
        .isEqualTo(
            """
            Word error rate [%]
              Test set  Objective    WSJ  REVERB  Combination
              WSJ       Baseline    9.00   29.70            –
                        ST-JEM      8.80       –            –
              REVERB    Baseline   32.00       –         8.30
            """);
  }

  @Test
  void markdown_severalSeedsGiveMeanAndSampleDeviation() {
    ResultsReport report =
        new ResultsReport(
            List.of(
                wer("clean", "ST-JEM", "clean", 1, 6),
                wer("clean", "ST-JEM", "clean", 2, 7),
                wer("clean", "ST-JEM", "clean", 3, 8.5)),
            "frame");
    assertThat(report.markdown())
        .isEqualTo(
            """
            Word error rate [%], mean ± standard deviation over 3 training seeds

            | Test set | Objective | clean |
            |---|---|--:|
            | clean | ST-JEM | 7.17 ± 1.26 |
            """);
  }

  @Test
  void markdown_rowsOfModels_withTheDifferenceToTheBetterSpecialist() {
    List<Result> results =
        List.of(
            wer("clean", "ST-JEM", "A", 1, 8),
            wer("clean", "ST-JEM", "A", 2, 12),
            wer("clean", "ST-JEM", "B", 1, 30),
            wer("clean", "ST-JEM", "mixture", 1, 9),
            wer("noisy", "ST-JEM", "A", 1, 50),
            wer("noisy", "ST-JEM", "B", 1, 20),
            wer("noisy", "ST-JEM", "mixture", 1, 21),
            new Result(
                "noisy", "ST-JEM", "mixture", 2, null, null, null, null, 0.75, 98.3, null, null));
    ResultsReport report =
        new ResultsReport(results, "frame", ResultsReport.Rows.MODELS, List.of("A", "B"));
    assertThat(report.markdown())
        .isEqualTo(
            """
            Word error rate [%], mean ± standard deviation over 2 training seeds

            | Objective | Model | clean | noisy |
            |---|---|--:|--:|
            | ST-JEM | A | 10.00 ± 2.83 | 50.00 |
            |  | B | 30.00 | 20.00 |
            |  | mixture | 9.00 | 21.00 |

            Mean word error rate against the best of A, B [%]

            | Objective | Model | clean | noisy |
            |---|---|--:|--:|
            | ST-JEM | A | +0.0 | +150.0 |
            |  | B | +200.0 | +0.0 |
            |  | mixture | -10.0 | +5.0 |

            Brier score

            | Objective | Model | noisy |
            |---|---|--:|
            | ST-JEM | mixture | 0.750 |

            Utterances whose domain is recognised [%]

            | Objective | Model | noisy |
            |---|---|--:|
            | ST-JEM | mixture | 98.3 |
            """);
    List<String> unknown = List.of("A", "C");
    assertThatThrownBy(
            () -> new ResultsReport(results, "frame", ResultsReport.Rows.MODELS, unknown))
        .hasMessage("there are no word error rates of the model 'C'");
  }

  @Test
  void constructor_twoResultsForOneRunAreRefused() {
    assertThatThrownBy(
            () ->
                new ResultsReport(
                    List.of(wer("a", "b", "c", 4, 1), wer("a", "b", "c", 4, 2)), "frame"))
        .isInstanceOf(StjemException.class)
        .hasMessage("two results for test set a, objective b, model c, seed 4");
  }

  @Test
  void read_objectsInARowOrInAnArray() throws IOException {
    String one = "{\"testSet\":\"a\",\"objective\":\"b\",\"model\":\"c\",\"seed\":1,\"wer\":3.5}";
    assertThat(read(one + "\n" + one + "\n")).hasSize(2);
    assertThat(read("[" + one + ", " + one + "]")).hasSize(2);
    Result result = read(one).get(0);
    assertThat(result.wer()).isEqualTo(3.5);
    assertThat(result.ece()).isNull();
  }

  @Test
  void read_calibrationFileGivesTheMissingMeasures() throws IOException {
    Calibration calibration = new Calibration(4);
    calibration.add(new double[] {0.9, 0.1}, 0);
    CalibrationReport report = calibration.report();
    Files.writeString(folder.resolve("ece.json"), new Gson().toJson(report));
    Result result =
        read("{\"testSet\":\"a\",\"objective\":\"b\",\"model\":\"c\",\"calibration\":\"ece.json\"}")
            .get(0);
    assertThat(result.ece()).isEqualTo(report.ece());
    assertThat(result.accuracy()).isEqualTo(100.0);
    assertThat(result.report()).isEqualTo(report);
  }

  @Test
  void read_faultsNameFileAndResult() {
    assertThatThrownBy(() -> read("{\"testSet\":\"a\",\"model\":\"c\"}"))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("results.json: result 1 lacks one of");
    assertThatThrownBy(() -> read("{\"testSet\":"))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("results.json: result 1 is not JSON");
    assertThatThrownBy(
            () ->
                read(
                    "{\"testSet\":\"a\",\"objective\":\"b\",\"model\":\"c\","
                        + "\"calibration\":\"none.json\"}"))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("none.json");
    assertThatThrownBy(() -> Result.read(folder.resolve("missing.json")))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("missing.json");
  }

  @Test
  void html_isSelfContainedAndEscaped() {
    Calibration calibration = new Calibration(4);
    calibration.add(new double[] {0.9, 0.1}, 0);
    List<Result> results = new ArrayList<>();
    for (String model : List.of("clean", "a<b")) {
      results.add(
          new Result(
              "t", "o", model, 1, 5.0, 1.0, 2.0, 3.0, null, null, null, calibration.report()));
    }
    String page = new ResultsReport(results, "image").html("A & B", "seed = 1");
    assertThat(page)
        .contains("<h1>A &amp; B</h1>", "a&lt;b", "seed = 1")
        .contains("Image accuracy [%]", "[nats per image]", "Images are grouped")
        .contains("<svg ")
        .doesNotContain("http", "a<b");
  }

  @Test
  void html_saysWhatWasCompared_andMarksTheBestOfEachColumn() {
    List<Result> results =
        List.of(
            wer("clean", "Baseline", "A", 1, 8),
            wer("clean", "Baseline", "B", 1, 30),
            wer("clean", "ST-JEM", "A", 1, 7),
            wer("clean", "ST-JEM", "B", 1, 30),
            wer("noisy", "Baseline", "A", 1, 50),
            wer("noisy", "ST-JEM", "A", 1, 51),
            new Result("noisy", "ST-JEM", "B", 1, null, null, 40.0, null, null, null, null, null),
            new Result(
                "noisy", "Baseline", "B", 1, null, null, 60.0, null, null, null, null, null));
    String page = new ResultsReport(results, "frame").html("Title", "");
    assertThat(page)
        .contains(
            "Compared are 2 models (A, B) trained with 2 objectives (Baseline, ST-JEM), on 2 test"
                + " sets (clean, noisy), over 1 training seed. The lowest word error rate is 7.00 %"
                + " on clean (ST-JEM, A), 50.00 % on noisy (Baseline, A);")
        .contains("<td class=\"best\">7.00</td><td>30.00</td>")
        .contains("<td>8.00</td><td>30.00</td>")
        .contains("<td class=\"best\">50.00</td>")
        .contains("<td class=\"best\">60.00</td>")
        .contains("<td>40.00</td>")
        .contains("@media print");
    String byModel =
        new ResultsReport(results, "frame", ResultsReport.Rows.MODELS, List.of()).html("T", "");
    assertThat(byModel).contains("<td class=\"best\">7.00</td><td>51.00</td>");
  }
}
