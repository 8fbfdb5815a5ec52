package org.stjem.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.options.FeatureArguments;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;

class LogitInputsTest {
  @TempDir private Path folder;
  private final List<FakeModel> loaded = new ArrayList<>();

  /** Gives the sum of a frame's features for every pdf. */
  private static final class FakeModel implements AcousticModel {
    private final ModelDescription description;
    private boolean closed;

    FakeModel(ModelDescription description) {
      this.description = description;
    }

    @Override
    public ModelDescription description() {
      return description;
    }

    @Override
    public FloatMatrix logits(FloatMatrix features) {
      FloatMatrix logits = new FloatMatrix(features.rows(), description.numPdfs());
      for (int t = 0; t < features.rows(); t++) {
        float sum = 0;
        for (int d = 0; d < features.cols(); d++) {
          sum += features.get(t, d);
        }
        for (int y = 0; y < logits.cols(); y++) {
          logits.set(t, y, sum);
        }
      }
      return logits;
    }

    @Override
    public FloatMatrix logitsOfPadded(FloatMatrix features) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static ModelDescription description(
      int numPdfs,
      int featureDim,
      double shift,
      String normalisation,
      Map<String, String> options) {
    float[] stddev = new float[featureDim];
    Arrays.fill(stddev, 1);
    return new ModelDescription(
        1,
        "st-jem",
        "mlp",
        List.of(4),
        "silu",
        featureDim,
        4,
        4,
        numPdfs,
        shift,
        normalisation,
        options,
        new float[featureDim],
        stddev,
        new double[numPdfs],
        Map.of(),
        1,
        "unknown");
  }

  private static ModelDescription description(int numPdfs) {
    return description(numPdfs, 3, 10, "per-utterance mean", Map.of("num-mel-bins", "3"));
  }

  private String model(String name, ModelDescription description) throws IOException {
    Path model = Files.createDirectory(folder.resolve(name));
    Files.writeString(model.resolve("model.json"), new Gson().toJson(description));
    return model.toString();
  }

  private String table(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
    return "ark:" + folder.resolve(name);
  }

  private LogitInputs open(List<String> inputs, String feats) {
    return LogitInputs.open(
        inputs,
        feats,
        new FeatureArguments(),
        java.util.Collections.nCopies(inputs.size(), "auto"),
        (path, calibration) -> {
          FakeModel model = new FakeModel(description(2));
          loaded.add(model);
          return model;
        });
  }

  @Test
  void logits_modelsAndTablesMix() throws IOException {
    String feats = table("feats", "u1  [\n 1 2 3 ]\nu2  [\n 1 1 1 ]\n");
    String logits = table("logits", "u1  [\n 8 9 ]\n");
    try (LogitInputs inputs = open(List.of(logits, model("m", description(2))), feats)) {
      assertThat(inputs.next()).isTrue();
      List<FloatMatrix> matrices = inputs.logits();
      assertThat(matrices.get(0).data()).containsExactly(8, 9);
      assertThat(matrices.get(1).data()).containsExactly(6, 6);
      assertThat(inputs.next()).isTrue();
      assertThatThrownBy(inputs::logits)
          .isInstanceOf(EntryException.class)
          .hasMessageContaining("u2");
      assertThat(inputs.next()).isFalse();
    }
    assertThat(loaded).allMatch(model -> model.closed);
  }

  @Test
  void logits_tableOfAnotherNumberOfPdfsIsRefused() throws IOException {
    String feats = table("feats", "u1  [\n 1 2 3 ]\n");
    String logits = table("logits", "u1  [\n 8 9 10 ]\n");
    try (LogitInputs inputs = open(List.of(logits, model("m", description(2))), feats)) {
      inputs.next();
      assertThatThrownBy(inputs::logits)
          .isInstanceOf(StjemException.class)
          .hasMessageContaining("3 columns, not the 2 pdfs");
    }
  }

  @Test
  void open_modelFoldersNeedFeatures() throws IOException {
    String model = model("m", description(2));
    assertThatThrownBy(() -> open(List.of(model, model), null))
        .isInstanceOf(StjemException.class)
        .hasMessage("model folders need --feats");
    assertThat(loaded).isEmpty();
  }

  @Test
  void open_modelsThatDifferAreRefusedBeforeLoading() throws IOException {
    String first = model("first", description(2));
    Map<String, ModelDescription> others =
        Map.of(
            "number of pdfs", description(5),
            "feature dimension",
                description(2, 4, 10, "per-utterance mean", Map.of("num-mel-bins", "3")),
            "frame shift in ms",
                description(2, 3, 5, "per-utterance mean", Map.of("num-mel-bins", "3")),
            "feature normalisation", description(2, 3, 10, "none", Map.of("num-mel-bins", "3")),
            "feature option --num-mel-bins",
                description(2, 3, 10, "per-utterance mean", Map.of("low-freq", "64")));
    String feats = table("feats", "");
    for (Map.Entry<String, ModelDescription> other : others.entrySet()) {
      String second = model(other.getKey().replace(' ', '-'), other.getValue());
      assertThatThrownBy(() -> open(List.of(first, second), feats))
          .isInstanceOf(StjemException.class)
          .hasMessageContaining(first)
          .hasMessageContaining(second)
          .hasMessageContaining(
              other.getKey().startsWith("feature option") ? "--low-freq" : other.getKey());
    }
    assertThat(loaded).isEmpty();
  }

  @Test
  void priors_areThoseOfTheFolders() throws IOException {
    String model = model("m", description(2));
    String feats = table("feats", "");
    try (LogitInputs inputs = open(List.of(table("logits", ""), model), feats)) {
      assertThat(inputs.priors().get(0)).isEmpty();
      assertThat(inputs.priors().get(1)).hasValueSatisfying(p -> assertThat(p.scale()).isOne());
    }
    Files.writeString(
        Path.of(model, "priors.json"),
        "{\"formatVersion\":1,\"floor\":0.25,\"scale\":0.5,\"classCounts\":[3,1]}");
    try (LogitInputs inputs = open(List.of(model), feats)) {
      assertThat(inputs.priors().get(0).orElseThrow().classCounts()).containsExactly(3, 1);
      assertThat(inputs.priors().get(0).orElseThrow().floor()).isEqualTo(0.25);
    }
  }

  @Test
  void open_unknownFeatureOptionsAreNotCompared() throws IOException {
    String first = model("first", description(2));
    String second = model("second", description(2, 3, 10, "per-utterance mean", Map.of()));
    open(List.of(first, second), table("feats", "")).close();
    assertThat(loaded).hasSize(2).allMatch(model -> model.closed);
  }
}
