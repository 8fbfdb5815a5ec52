package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.TestDevice;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.net.Priors;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

class CalibrateCommandTest {
  private static final String FEATS = "u1  [\n 1 0\n 0 1\n 3 3 ]\nu2  [\n 0 0 ]\n";
  private static final String ALI = "u1 0 1 1\nu2 0\n";

  @TempDir private Path folder;

  private String table(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
    return "ark:" + folder.resolve(name);
  }

  private Path model() throws IOException {
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "baseline",
            "mlp",
            java.util.List.of(4),
            "silu",
            2,
            0,
            0,
            3,
            10,
            "none",
            Map.of(),
            new float[2],
            new float[] {1, 1},
            new double[] {1, 2, 3},
            Map.of(),
            1,
            "test");
    Path path = folder.resolve("model");
    try (EnergyNetwork network = TorchModels.newNetwork(description, TestDevice.get())) {
      ModelFolder.save(path, description, network.weights());
    }
    return path;
  }

  private FloatMatrix forward(Path model, String... options) {
    String out = "ark:" + folder.resolve("out.ark");
    String[] all = new String[options.length + 5];
    all[0] = "forward";
    all[1] = "--output=logits";
    System.arraycopy(options, 0, all, 2, options.length);
    all[all.length - 3] = model.toString();
    all[all.length - 2] = "ark:" + folder.resolve("feats");
    all[all.length - 1] = out;
    CommandResult result = CommandResult.of(all);
    assertThat(result.status()).as(result.messages()).isZero();
    try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices(out)) {
      table.next();
      return table.value();
    }
  }

  @Test
  void calibrate_ofAModelIsKeptInItsFolderAndAppliedByForward() throws IOException {
    String feats = table("feats", FEATS);
    String ali = table("ali", ALI);
    Path model = model();
    FloatMatrix raw = forward(model);
    CommandResult result =
        CommandResult.of("calibrate", "--method=vector", "--feats=" + feats, model.toString(), ali);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.output()).startsWith("vector scaling: {frames=4, l2=0.001, temperature=");
    PosteriorScaling scaling = PosteriorScaling.read(ModelFolder.calibration(model));
    FloatMatrix calibrated = forward(model);
    assertThat(calibrated.data()).containsExactly(scaling.apply(raw).data(), within(1e-5f));
    assertThat(calibrated.get(0, 0)).isNotCloseTo(raw.get(0, 0), within(1e-3f));
    assertThat(Priors.logDensity(calibrated))
        .containsExactly(Priors.logDensity(raw), within(1e-4f));
    assertThat(forward(model, "--calibration=none").data()).isEqualTo(raw.data());
    Path other = folder.resolve("other.json");
    PosteriorScaling.ofTemperature(1, Map.of()).write(other);
    assertThat(forward(model, "--calibration=" + other).data())
        .containsExactly(raw.data(), within(1e-5f));
    ModelFolder.save(model, ModelFolder.describe(model), weights(model));
    assertThat(ModelFolder.calibration(model)).as("new weights need a new one").doesNotExist();
  }

  @Test
  void setPriorScale_keepsOneOverTheTemperatureAndTheRestOfThePriors() throws IOException {
    String feats = "--feats=" + table("feats", FEATS);
    String ali = table("ali", ALI);
    Path model = model();
    ModelFolder.setPriors(model, new PriorSettings(new double[] {3, 2, 1}, 0.01, 1));
    CommandResult plain = CommandResult.of("calibrate", feats, model.toString(), ali);
    assertThat(plain.status()).as(plain.messages()).isZero();
    double factor = PosteriorScaling.read(ModelFolder.calibration(model)).factors()[0];
    Matcher printed = Pattern.compile("prior scale 1/T = ([0-9.]+): ").matcher(plain.output());
    assertThat(printed.find()).as(plain.output()).isTrue();
    assertThat(Double.parseDouble(printed.group(1))).isCloseTo(factor, within(1e-3 * factor));
    assertThat(ModelFolder.priors(model).scale()).as("not asked for").isEqualTo(1);
    for (String method : new String[] {"temperature", "vector"}) {
      CommandResult result =
          CommandResult.of(
              "calibrate", "--method=" + method, "--set-prior-scale", feats, model.toString(), ali);
      assertThat(result.status()).as(result.messages()).isZero();
      PriorSettings priors = ModelFolder.priors(model);
      assertThat(priors.scale()).as(method).isCloseTo(factor, within(1e-3 * factor));
      assertThat(priors.classCounts()).containsExactly(3, 2, 1);
      assertThat(priors.floor()).isEqualTo(0.01);
      ModelFolder.setPriors(model, priors.with(null, 1.0));
    }
  }

  private static Map<String, org.stjem.acoustic.ebm.Tensor> weights(Path model) throws IOException {
    return org.stjem.acoustic.ebm.SafeTensors.read(model.resolve("weights.safetensors")).tensors();
  }

  @Test
  void calibrate_ofATableOfLogits() throws IOException {
    String logits = table("logits", "u1  [\n 2 0\n 2 0\n 2 0 ]\nu2  [\n 0 2 ]\nu3  [\n 0 2 ]\n");
    String ali = table("ali", "u1 0 0 1\nu2 1\n");
    Path file = folder.resolve("c.json");
    for (String criterion : new String[] {"likelihood", "top-label"}) {
      CommandResult result =
          CommandResult.of("calibrate", "--criterion=" + criterion, logits, ali, file.toString());
      assertThat(result.status()).as(result.messages()).isZero();
      assertThat(result.messages()).contains("Done 2 utterances, failed for 1");
      // Three of four are right, so the odds 3 : 1 stand where e² : 1 stood.
      assertThat(PosteriorScaling.read(file).factors()[0]).isCloseTo(Math.log(3) / 2, within(1e-3));
    }
  }

  @Test
  void calibrate_badArgumentsGetOneSentence() throws IOException {
    String logits = table("logits", "u1  [\n 2 0 ]\n");
    String ali = table("ali", "u9 0\n");
    String file = folder.resolve("c.json").toString();
    assertThat(CommandResult.of("calibrate", logits, ali).messages())
        .contains("need CALIBRATION-FILE");
    assertThat(CommandResult.of("calibrate", "nowhere", ali).messages()).contains("needs --feats");
    assertThat(CommandResult.of("calibrate", "--criterion=x", logits, ali, file).messages())
        .contains("no criterion 'x'");
    assertThat(CommandResult.of("calibrate", "--l2=-1", logits, ali, file).messages())
        .contains("--l2 is -1.0");
    assertThat(CommandResult.of("calibrate", "--set-prior-scale", logits, ali, file).lastLine())
        .contains("ERROR", "--set-prior-scale needs a model folder");
    CommandResult nothing = CommandResult.of("calibrate", logits, ali, file);
    assertThat(nothing.status()).isEqualTo(1);
    assertThat(nothing.lastLine())
        .contains("ERROR", "no utterance could be used, 1 failed", "no key 'u1'");
    assertThat(folder.resolve("c.json")).doesNotExist();
  }
}
