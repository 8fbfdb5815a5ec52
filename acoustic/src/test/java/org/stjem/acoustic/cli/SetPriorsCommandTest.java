package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.TestDevice;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.acoustic.serving.AcousticModelServer;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.acoustic.serving.ModelSource;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

class SetPriorsCommandTest {
  private static final int PDFS = 4;

  @TempDir private Path folder;
  private Path model;
  private String features;

  @BeforeEach
  void makeModelAndFeatures() throws IOException {
    model = folder.resolve("model");
    saveModel();
    features = "ark:" + folder.resolve("feats.ark");
    FloatMatrix utterance = new FloatMatrix(3, 2);
    for (int i = 0; i < utterance.data().length; i++) {
      utterance.data()[i] = 0.3f * i - 1;
    }
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(features)) {
      writer.write("u", utterance);
      writer.commit();
    }
  }

  private void saveModel() throws IOException {
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "st-jem",
            "mlp",
            List.of(5),
            "silu",
            2,
            1,
            1,
            PDFS,
            10,
            "none",
            Map.of(),
            new float[2],
            new float[] {1, 1},
            new double[] {10, 30, 60, 0},
            Map.of(),
            7,
            "unknown");
    try (EnergyNetwork network = TorchModels.newNetwork(description, TestDevice.get())) {
      ModelFolder.save(model, description, network.weights());
    }
  }

  private CommandResult setPriors(String... options) {
    String[] all = new String[options.length + 2];
    all[0] = "set-priors";
    System.arraycopy(options, 0, all, 1, options.length);
    all[all.length - 1] = model.toString();
    return CommandResult.of(all);
  }

  private float[] forward(String... options) {
    String out = "ark:" + folder.resolve("out.ark");
    String[] all = new String[options.length + 4];
    all[0] = "forward";
    System.arraycopy(options, 0, all, 1, options.length);
    all[options.length + 1] = model.toString();
    all[options.length + 2] = features;
    all[options.length + 3] = out;
    CommandResult result = CommandResult.of(all);
    assertThat(result.status()).as(result.messages()).isZero();
    return read(out);
  }

  private static float[] read(String rspecifier) {
    try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices(rspecifier)) {
      assertThat(table.next()).isTrue();
      return table.value().data();
    }
  }

  @Test
  void scaleFloorAndCounts_areWhatForwardGoesBy_unlessItIsToldOtherwise() throws IOException {
    float[] logits = forward("--output=logits");
    Path counts = Files.writeString(folder.resolve("counts"), " [ 1 1 2 4 ]\n");
    CommandResult set =
        setPriors("--prior-scale=0.5", "--prior-floor=0.2", "--class-frame-counts=" + counts);
    assertThat(set.status()).as(set.messages()).isZero();
    assertThat(set.output())
        .isEqualTo("4 pdfs of 8 frames, 2 under the floor of 0.200000; scale 0.500000\n");
    float[] scores = forward();
    for (int t = 0; t < 3; t++) {
      assertThat(scores[t * PDFS]).isFinite().isLessThan(-1e9f);
      assertThat(scores[t * PDFS + 2])
          .isCloseTo((float) (logits[t * PDFS + 2] - 0.5 * Math.log(0.25)), within(1e-5f));
      assertThat(scores[t * PDFS + 3])
          .isCloseTo((float) (logits[t * PDFS + 3] - 0.5 * Math.log(0.5)), within(1e-5f));
    }
    assertThat(forward("--prior-scale=0")).containsExactly(forward("--output=logits"));
    // What is not given stays; without options nothing is written.
    assertThat(setPriors("--prior-floor=0").output())
        .isEqualTo("4 pdfs of 8 frames, 0 under the floor of 0.00000; scale 0.500000\n");
    String stored = Files.readString(model.resolve("priors.json"));
    assertThat(setPriors().output()).contains("scale 0.500000");
    assertThat(model.resolve("priors.json")).hasContent(stored.strip());
  }

  @Test
  void pdfsThatNoFrameHas_neverGetInfinity() {
    for (String floor : List.of("0", "1e-10", "0.5")) {
      assertThat(setPriors("--prior-floor=" + floor).status()).isZero();
      for (float score : forward()) {
        assertThat(score).isFinite();
      }
    }
  }

  @Test
  void alignments_areCounted() throws IOException {
    Path ali = Files.writeString(folder.resolve("ali"), "a 0 1 1\nb 3 3\n");
    assertThat(setPriors("--alignments=ark:" + ali).output()).startsWith("4 pdfs of 5 frames, 1 ");
    assertThat(ModelFolder.priors(model).classCounts()).containsExactly(1, 2, 0, 2);
  }

  @Test
  void trainingAnew_removesThem() throws IOException {
    assertThat(setPriors("--prior-scale=2").status()).isZero();
    assertThat(ModelFolder.files(model)).contains(model.resolve("priors.json"));
    saveModel();
    assertThat(ModelFolder.priors(model).scale()).isEqualTo(1);
  }

  @Test
  void server_goesByThem_unlessTheClientSaysOtherwise() {
    assertThat(setPriors("--prior-scale=0.25").status()).isZero();
    ServerOptions options = new ServerOptions();
    options.port = 0;
    try (AcousticModelServer server =
        AcousticModelServer.start(
            List.of(new ModelSource("m", "1", model)), LoadedModel.to(Placement.CPU), options)) {
      for (String scale : List.of("", "--prior-scale=1")) {
        String out = "ark:" + folder.resolve("scores.ark");
        String[] all = {
          "score", "--server=localhost:" + server.port(), "--streams=1", scale, features, out
        };
        CommandResult result =
            CommandResult.of(
                java.util.Arrays.stream(all).filter(a -> !a.isEmpty()).toArray(String[]::new));
        assertThat(result.status()).as(result.messages()).isZero();
        float[] expected = scale.isEmpty() ? forward() : forward(scale);
        assertThat(read(out)).containsExactly(expected, within(1e-4f));
      }
    }
    assertThat(CommandResult.of("model-info", model.toString()).output())
        .contains("prior_scale: 0.25");
  }

  @Test
  void badValues_areNamed_andLeaveNoFile() throws IOException {
    assertThat(setPriors("--prior-floor=1").messages()).contains("prior floor is 1.0");
    assertThat(setPriors("--prior-scale=NaN").messages()).contains("must be a finite number");
    Path counts = Files.writeString(folder.resolve("counts"), " [ 1 2 ]\n");
    assertThat(setPriors("--class-frame-counts=" + counts).messages())
        .contains("the counts are of 2 pdfs, model " + model + " has 4");
    Path negative = Files.writeString(folder.resolve("negative"), " [ 1 2 -3 4 ]\n");
    assertThat(setPriors("--class-frame-counts=" + negative).messages())
        .contains("class count of pdf 2 is -3.0");
    assertThat(setPriors("--transition-model=x").messages()).contains("--alignments");
    assertThat(setPriors("--class-frame-counts=x", "--alignments=ark:y").messages())
        .contains("do not go together");
    assertThat(model.resolve("priors.json")).doesNotExist();
  }

  @Test
  void damagedFile_isNamed() throws IOException {
    Path file = model.resolve("priors.json");
    Map<String, String> faults =
        Map.of(
            "{", "holds no priors",
            "null", "format version missing",
            "{\"formatVersion\":2}", "format version 2",
            "{\"formatVersion\":1,\"floor\":0}", "lacks one of floor and scale",
            "{\"formatVersion\":1,\"floor\":0,\"scale\":1,\"classCounts\":[1]}",
                "counts of 1 pdfs, the model has 4",
            "{\"formatVersion\":1,\"floor\":0,\"scale\":1,\"classCounts\":[0,0,0,0]}",
                "all 4 class counts are zero",
            "{\"formatVersion\":1,\"floor\":-1,\"scale\":1}", "prior floor is -1.0");
    for (Map.Entry<String, String> fault : faults.entrySet()) {
      Files.writeString(file, fault.getKey());
      CommandResult result = setPriors();
      assertThat(result.status()).isOne();
      assertThat(result.messages()).contains(file.toString()).contains(fault.getValue());
    }
  }
}
