package org.stjem.acoustic.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DensityFitTest {
  private static List<JsonObject> journal(String scores) {
    return IntStream.rangeClosed(1, 8)
        .mapToObj(
            i ->
                JsonParser.parseString(
                        i < 7
                            ? "{\"totalSteps\": 8, \"dataScore\": 5, \"sampleScore\": 9}"
                            : "{\"totalSteps\": 8, " + scores + "}")
                    .getAsJsonObject())
        .toList();
  }

  @Test
  void of_takesTheLastQuarterOfTheReports() {
    assertThat(DensityFit.of(journal("\"dataScore\": 6, \"sampleScore\": 4")))
        .isEqualTo(new DensityFit(6, 4));
  }

  @Test
  void sentence_namesBothMeansAndTheRemedy_ifSamplesStandAboveTheData() {
    assertThat(new DensityFit(5.125, 10.6).sentence())
        .get()
        .asString()
        .contains("data 5.13, samples 10.60", "--sgld-batch-labels", "--objective=st-jem-row");
    assertThat(new DensityFit(6, 4).sentence()).isEmpty();
  }

  @Test
  void sentence_ofATrainingWithoutSamples_isNone() {
    assertThat(DensityFit.of(journal("\"dataScore\": 6"))).matches(fit -> fit.sentence().isEmpty());
    assertThat(DensityFit.of(List.of()).sentence()).isEmpty();
  }

  @Test
  void page_saysThatTheDensityIsUnfit() {
    List<JsonObject> lines =
        List.of(
            JsonParser.parseString("{\"objective\": \"st-jem\"}").getAsJsonObject(),
            JsonParser.parseString(
                    "{\"step\": 4, \"totalSteps\": 4, \"epoch\": 1, \"loss\": 1, \"crossEntropy\":"
                        + " 1, \"accuracy\": 0.5, \"gradientNorm\": 1, \"ece\": 0.1, \"dataScore\":"
                        + " 1, \"sampleScore\": 2}")
                .getAsJsonObject());
    assertThat(new TrainingPage("t", lines, false).html()).contains("The density is unfit");
  }
}
