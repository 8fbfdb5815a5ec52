package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.TestDevice;
import org.stjem.acoustic.net.FeatureNormalisation;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Features of another normalisation than the model's. */
class FeatureMismatchTest {
  private static final int DIM = 4;
  private static final String MEAN = "per-utterance mean";

  @TempDir private Path folder;
  private String raw;
  private String normalised;

  /** Log-Mel energies of about 12 with a standard deviation of 3, in a data directory. */
  @BeforeEach
  void features() throws IOException {
    normalised = "ark:" + folder.resolve("normalised.ark");
    SeededRandom random = new SeededRandom(1, 0);
    FeatureNormalisation mean = FeatureNormalisation.of(MEAN);
    raw = "scp:" + folder.resolve("feats.scp");
    try (TableWriter<FloatMatrix> out =
            Tables.writeFloatMatrices(
                "ark,scp:"
                    + folder.resolve("raw_fbank_t.1.ark")
                    + ","
                    + folder.resolve("feats.scp"));
        TableWriter<FloatMatrix> without = Tables.writeFloatMatrices(normalised)) {
      for (int u = 0; u < 5; u++) {
        FloatMatrix matrix = new FloatMatrix(30, DIM);
        for (int i = 0; i < matrix.data().length; i++) {
          matrix.data()[i] = (float) (12 + 3 * random.nextGaussian());
        }
        out.write("u" + u, matrix);
        without.write("u" + u, mean.apply(matrix));
      }
      out.commit();
      without.commit();
    }
  }

  private String model(String normalisation, float mean) throws IOException {
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "baseline",
            "mlp",
            java.util.List.of(4),
            "silu",
            DIM,
            1,
            1,
            3,
            10,
            normalisation,
            Map.of(),
            new float[] {mean, mean, mean, mean},
            new float[] {3, 3, 3, 3},
            new double[] {1, 2, 3},
            Map.of(),
            1,
            "test");
    Path path = folder.resolve("model-" + mean);
    try (EnergyNetwork network = TorchModels.newNetwork(description, TestDevice.get())) {
      ModelFolder.save(path, description, network.weights());
    }
    return path.toString();
  }

  private CommandResult forward(String model, String features, String out, String... options) {
    String[] all = new String[options.length + 4];
    all[0] = "forward";
    System.arraycopy(options, 0, all, 1, options.length);
    all[options.length + 1] = model;
    all[options.length + 2] = features;
    all[options.length + 3] = "ark:" + folder.resolve(out);
    return CommandResult.of(all);
  }

  @Test
  void forward_ofRawFeaturesOfMakeFbank_normalisesThemAsTheModelWants() throws IOException {
    String model = model(MEAN, 0);
    CommandResult result = forward(model, raw, "a.ark");
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages())
        .contains("feats.scp are raw and are normalised as the model's were: per-utterance mean")
        .doesNotContain("WARNING");
    assertThat(forward(model, normalised, "b.ark").messages()).doesNotContain("WARNING");
    assertThat(folder.resolve("a.ark")).hasSameBinaryContentAs(folder.resolve("b.ark"));
  }

  @Test
  void forward_ofFeaturesThatDoNotFit_warnsFailsOrDoesNot() throws IOException {
    String model = model(MEAN, 0);
    String notNormalised = "--apply-normalisation=false";
    CommandResult warned = forward(model, raw, "a.ark", notNormalised);
    assertThat(warned.status()).isZero();
    assertThat(warned.messages())
        .containsOnlyOnce("the features are not like those that model " + model)
        .containsPattern("have a mean [34]\\.\\d or more standard deviations from the model's")
        .contains("were normalised by 'per-utterance mean': normalise them so");
    CommandResult refused =
        forward(model, raw, "c.ark", notNormalised, "--on-feature-mismatch=fail");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.lastLine()).contains("ERROR").contains("the features are not like those");
    assertThat(folder.resolve("c.ark")).doesNotExist();
    assertThat(
            forward(model, raw, "d.ark", notNormalised, "--on-feature-mismatch=ignore").messages())
        .doesNotContain("WARNING");

    CommandResult reverse = forward(model("none", 12), normalised, "e.ark");
    assertThat(reverse.messages())
        .contains("normalised by 'none': give it features as make-fbank writes them");
    assertThat(forward(model("none", 12), raw, "f.ark").messages()).doesNotContain("WARNING");
  }

  @Test
  void forward_whereTheNormalisationNeedsMoreThanTheUtterance_saysSo() throws IOException {
    String model = model("per-speaker mean", 0);
    assertThat(forward(model, raw, "a.ark").messages())
        .contains("are raw, but the model's feature normalisation is 'per-speaker mean', which is")
        .contains("the features are not like those");
    assertThat(forward(model, raw, "a.ark", "--apply-normalisation").lastLine())
        .contains("--apply-normalisation cannot be done: the model's feature normalisation is");
  }

  @Test
  void calibrate_ofSpeakersOfTheTraining_warnsAndPrintsBothErrors() throws IOException {
    Path ali = folder.resolve("ali");
    StringBuilder lines = new StringBuilder();
    StringBuilder speakers = new StringBuilder();
    for (int u = 0; u < 5; u++) {
      lines.append("u").append(u).append(" 0 1 2".repeat(10)).append('\n');
      speakers.append("u").append(u).append(" ß").append(u / 2).append('\n');
    }
    Files.writeString(ali, lines);
    Files.writeString(folder.resolve("utt2spk"), speakers);
    Files.createDirectories(folder.resolve("conf"));
    Files.writeString(folder.resolve("conf/fbank.conf"), "--num-mel-bins=4\n");
    Path model = folder.resolve("m");
    CommandResult trained =
        CommandResult.of(
            "train",
            "--objective=baseline",
            "--num-pdfs=3",
            "--num-epochs=1",
            "--hidden-layers=4",
            "--device=cpu",
            raw,
            "ark:" + ali,
            model.toString());
    assertThat(trained.status()).as(trained.messages()).isZero();
    assertThat(ModelFolder.describe(model).featureOptions()).containsEntry("num-mel-bins", "4");
    assertThat(Files.readAllLines(model.resolve("speakers.sha256"))).hasSize(3);

    Path other = Files.createDirectory(folder.resolve("other"));
    Files.copy(folder.resolve("feats.scp"), other.resolve("feats.scp"));
    Files.writeString(other.resolve("utt2spk"), "u0 ß1\nu1 z\n");
    CommandResult result =
        CommandResult.of(
            "calibrate",
            "--feats=scp:" + other.resolve("feats.scp"),
            model.toString(),
            "ark:" + ali);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages())
        .contains("1 of the 2 speakers of scp:", "was trained on, such as ß1; a scaling fitted");
    assertThat(result.output())
        .containsPattern("before ECE [\\d.]+ %, NLL [\\d.]+ nats per frame over the 150 frames")
        .containsPattern("after  ECE [\\d.]+ %, NLL [\\d.]+ nats per frame over the 150 frames");
    Files.writeString(other.resolve("utt2spk"), "u0 y\nu1 z\n");
    assertThat(
            CommandResult.of(
                    "calibrate",
                    "--feats=scp:" + other.resolve("feats.scp"),
                    model.toString(),
                    "ark:" + ali)
                .messages())
        .doesNotContain("was trained on");
  }
}
