package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Commands train and forward on a small synthetic table. */
class TrainCommandTest {
  private static final int PDFS = 4;
  private static final String MINI_MODEL =
      Path.of(System.getProperty("stjem.root"), "scripts/mini/exp/tri1/final.mdl").toString();

  @TempDir private Path folder;
  private String feats;
  private String ali;

  @BeforeEach
  void tables() {
    feats = "ark:" + folder.resolve("feats.ark");
    ali = "ark:" + folder.resolve("ali.ark");
    SeededRandom random = new SeededRandom(1, 0);
    try (TableWriter<FloatMatrix> featsOut = Tables.writeFloatMatrices(feats);
        TableWriter<int[]> aliOut = Tables.writeIntVectors(ali)) {
      for (int u = 0; u < 6; u++) {
        FloatMatrix matrix = new FloatMatrix(40, 5);
        int[] pdfs = new int[40];
        for (int t = 0; t < 40; t++) {
          pdfs[t] = (t / 5 + u) % PDFS;
          for (int d = 0; d < 5; d++) {
            matrix.set(t, d, (float) (random.nextGaussian() + (d == pdfs[t] ? 3 : 0)));
          }
        }
        featsOut.write("u" + u, matrix);
        aliOut.write("u" + u, pdfs);
      }
      featsOut.commit();
      aliOut.commit();
    }
  }

  private CommandResult train(String model, String... options) {
    List<String> all =
        new java.util.ArrayList<>(
            List.of(
                "train",
                "--hidden-layers=16,8",
                "--minibatch-size=10",
                "--warmup-steps=5",
                "--learn-rate=0.01",
                "--buffer-size=20",
                "--sgld-steps=3",
                "--device=cpu",
                "--num-threads=1",
                "--log-interval=10"));
    all.addAll(List.of(options));
    all.addAll(List.of(feats, ali, folder.resolve(model).toString()));
    return CommandResult.of(all.toArray(new String[0]));
  }

  private byte[] weights(String model, String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of("--num-pdfs=4", "--num-epochs=1"));
    all.addAll(List.of(options));
    CommandResult result = train(model, all.toArray(new String[0]));
    assertThat(result.status()).as(result.messages()).isZero();
    return Files.readAllBytes(folder.resolve(model).resolve("weights.safetensors"));
  }

  @Test
  void train_byDefault_hasTheRowTermAndBalancedSamples() throws IOException {
    assertThat(weights("default"))
        .isEqualTo(weights("named", "--objective=st-jem-row", "--denominator-weight=balanced"))
        .isEqualTo(weights("weighed", "--objective=st-jem-row", "--energy-weight=0.3"))
        .isNotEqualTo(weights("other", "--objective=st-jem-row", "--denominator-weight=1"))
        .isNotEqualTo(weights("heavy", "--objective=st-jem-row", "--energy-weight=1"));
    assertThat(weights("paper", "--objective=st-jem"))
        .isEqualTo(
            weights("once", "--objective=st-jem", "--denominator-weight=1", "--energy-weight=1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0.1", "NaN", "Infinity", "much"})
  void train_energyWeightThatIsNone_isRefused(String weight) {
    CommandResult result = train("m", "--num-pdfs=4", "--energy-weight=" + weight);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("energy-weight").contains(weight);
    assertThat(folder.resolve("m").resolve("model.json")).doesNotExist();
  }

  @Test
  void train_labelSmoothing_smoothsThePriorsAsWell() throws IOException {
    CommandResult result =
        train("smooth", "--objective=baseline", "--num-pdfs=5", "--label-smoothing=0.1");
    assertThat(result.status()).as(result.messages()).isZero();
    // 0.9 · 60 + 0.1 · 240 / 5; the fifth pdf has no frame and stays switched off.
    assertThat(ModelFolder.describe(folder.resolve("smooth")).classCounts())
        .containsExactly(new double[] {58.8, 58.8, 58.8, 58.8, 0}, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"baseline", "st-jem", "res-jem", "st-jem-no-mi", "st-jem-row", "res-jem-row"})
  void train_writesAModelThatDescribesItselfAndRecognisesTheFrames(String objective)
      throws IOException {
    CommandResult result =
        train(
            "m",
            "--objective=" + objective,
            "--num-pdfs=4",
            "--num-epochs=6",
            "--seed=7",
            "--left-context=1",
            "--right-context=2",
            "--held-out-feats=" + feats,
            "--held-out-ali=" + ali);
    assertThat(result.status()).as(result.messages()).isZero();
    Path model = folder.resolve("m");
    ModelDescription description = ModelFolder.describe(model);
    assertThat(description.objective()).isEqualTo(objective);
    assertThat(description.numPdfs()).isEqualTo(PDFS);
    assertThat(description.featureDim()).isEqualTo(5);
    assertThat(description.leftContext()).isEqualTo(1);
    assertThat(description.rightContext()).isEqualTo(2);
    assertThat(description.seed()).isEqualTo(7);
    assertThat(description.classCounts()).containsExactly(60, 60, 60, 60);
    assertThat(description.training()).containsEntry("learn-rate", "0.01");
    assertThat(Files.exists(model.resolve("checkpoint.safetensors"))).isFalse();
    assertThat(Files.readAllLines(model.resolve("train.jsonl")))
        .anyMatch(line -> line.contains("\"crossEntropy\""))
        .anyMatch(line -> line.contains("\"heldOut\""));

    String logits = "ark:" + folder.resolve("logits.ark");
    String density = "ark:" + folder.resolve("density.ark");
    assertThat(
            CommandResult.of(
                    "forward",
                    "--output=logits",
                    "--log-density-wspecifier=" + density,
                    model.toString(),
                    feats,
                    logits)
                .status())
        .isZero();
    int right = 0;
    try (SequentialTableReader<FloatMatrix> rows = Tables.readFloatMatrices(logits);
        var labels = Tables.lookUpIntVectors(ali)) {
      while (rows.next()) {
        int[] pdfs = labels.value(rows.key());
        assertThat(rows.value().rows()).isEqualTo(pdfs.length);
        for (int t = 0; t < pdfs.length; t++) {
          float[] row = rows.value().row(t);
          int best = 0;
          for (int c = 1; c < PDFS; c++) {
            best = row[c] > row[best] ? c : best;
          }
          right += best == pdfs[t] ? 1 : 0;
        }
      }
    }
    assertThat(right).isGreaterThan(200);
  }

  @Test
  void forward_subtractsTheLogPrior_scaledAsAsked() throws IOException {
    train("m", "--objective=baseline", "--num-pdfs=4", "--num-epochs=1");
    String model = folder.resolve("m").toString();
    Path counts = folder.resolve("counts");
    Files.writeString(counts, " [ 1 2 3 4 ]\n");
    String logits = "ark:" + folder.resolve("logits.ark");
    String loglikes = "ark:" + folder.resolve("loglikes.ark");
    CommandResult.of("forward", "--output=logits", model, feats, logits);
    CommandResult.of(
        "forward", "--prior-scale=0.5", "--class-frame-counts=" + counts, model, feats, loglikes);
    try (var a = Tables.readFloatMatrices(logits);
        var b = Tables.readFloatMatrices(loglikes)) {
      assertThat(a.next() && b.next()).isTrue();
      for (int c = 0; c < PDFS; c++) {
        assertThat((double) b.value().get(3, c))
            .isCloseTo(a.value().get(3, c) - 0.5 * Math.log((c + 1) / 10.0), within(1e-5));
      }
    }
  }

  @Test
  void train_ofPdfsOutOfRange_namesThemAndLeavesNoModel() {
    CommandResult result = train("m", "--num-pdfs=3");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages())
        .containsOnlyOnce("WARNING (stjem acoustic train) utterance u0 is skipped: frame ")
        .contains("5 more utterances are skipped for the same reason as u0: u1, u2, u3 ...")
        .doesNotContain("utterance u1 is skipped", "\tat ");
    assertThat(result.lastLine())
        .startsWith("ERROR (stjem acoustic train) 6 of 6 utterances have a label out of range")
        .endsWith("is aligned to pdf-id 3, there are 0 … 2");
    assertThat(Files.exists(folder.resolve("m/model.json"))).isFalse();
  }

  @Test
  void train_withoutAnyNumberOfPdfs_saysWhatIsMissing() {
    assertThat(train("m").lastLine()).endsWith("--transition-model or --num-pdfs must be given");
    assertThat(train("m", "--num-pdfs=4", "--transition-model=" + MINI_MODEL).lastLine())
        .contains("--num-pdfs=4 but")
        .endsWith("has 152 pdfs");
  }

  @Test
  void train_ofAnUnknownObjectiveOrOption_isOneSentence() {
    assertThat(train("m", "--num-pdfs=4", "--objective=vae").lastLine())
        .contains("no objective 'vae'");
    CommandResult unknown = train("m", "--num-pdfs=4", "--learning-rat=1");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.messages()).contains("--learning-rat");
  }

  @Test
  void train_ofAnOptionGivenTwice_takesTheLastAndKeepsTheOthers() {
    train("m", "--objective=baseline", "--num-pdfs=4", "--num-epochs=2", "--num-epochs=1");
    ModelDescription description = ModelFolder.describe(folder.resolve("m"));
    assertThat(description.training())
        .containsEntry("num-epochs", "1")
        .containsEntry("minibatch-size", "10");
  }

  @Test
  void train_thatDiverges_saysSoAndLeavesNoModel() {
    CommandResult result =
        train("m", "--num-pdfs=4", "--objective=jem", "--num-epochs=200", "--learn-rate=30");
    assertThat(result.status()).as(result.messages()).isEqualTo(1);
    assertThat(result.lastLine()).contains("training diverged at step");
    assertThat(Files.exists(folder.resolve("m/model.json"))).isFalse();
  }

  @Test
  void forward_ofAModelThatDoesNotFit_isRefused() {
    train("m", "--objective=baseline", "--num-pdfs=4", "--num-epochs=1");
    String model = folder.resolve("m").toString();
    Path out = folder.resolve("out.ark");
    CommandResult pdfs =
        CommandResult.of("forward", "--transition-model=" + MINI_MODEL, model, feats, "ark:" + out);
    assertThat(pdfs.status()).isEqualTo(1);
    assertThat(pdfs.lastLine()).contains("has 4 pdfs").contains("has 152");
    assertThat(Files.exists(out)).isFalse();
  }

  @Test
  void train_withAllKindsOfRows_recordsTheOptionsAndDrawsThePage() throws IOException {
    CommandResult result =
        train(
            "m",
            "--num-pdfs=4",
            "--num-epochs=2",
            "--unlabelled-feats=" + feats,
            "--negative-feats=" + feats,
            "--sgld-conditional",
            "--sgld-adaptive",
            "--start=gaussian",
            "--sample-weight=0.1",
            "--gradient-penalty=0.01",
            "--average-weights=0.9",
            "--keep=best",
            "--held-out-feats=" + feats,
            "--held-out-ali=" + ali);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(ModelFolder.describe(folder.resolve("m")).training())
        .containsEntry("sgld-conditional", "true")
        .containsEntry("sgld-gradient-clamp", "0.0")
        .containsEntry("keep", "best");
    assertThat(Files.readString(folder.resolve("m/train.html"))).contains("finished");
    assertThat(Files.exists(folder.resolve("m/best.safetensors"))).isFalse();

    assertThat(train("n", "--num-pdfs=4", "--keep=best").lastLine())
        .contains("held-out frames are needed");
    assertThat(train("n", "--num-pdfs=4", "--start=nowhere").messages()).contains("nowhere");
  }

  @Test
  void compareTrainings_hasARowForEachSettingAndDrawsTheCurves() throws IOException {
    String wild = "--learn-rate=30";
    train("jem-1", "--num-pdfs=4", "--objective=jem", wild);
    train("jem-2", "--num-pdfs=4", "--objective=jem", wild, "--seed=2");
    String heldOut = "--held-out-feats=" + feats;
    train(
        "st-jem",
        "--objective=st-jem",
        "--num-pdfs=4",
        "--num-epochs=2",
        heldOut,
        "--held-out-ali=" + ali);
    Path png = folder.resolve("curves.png");
    CommandResult result =
        CommandResult.of(
            "compare-trainings",
            "--by=objective,learn-rate",
            "--png=" + png,
            folder.resolve("jem-1").toString(),
            folder.resolve("jem-2").toString(),
            folder.resolve("st-jem").toString());
    assertThat(result.status()).as(result.messages()).isZero();
    String[] lines = result.output().split("\n");
    assertThat(lines).hasSize(4);
    assertThat(lines[0]).startsWith("| objective | learn-rate | runs | diverged | at update |");
    assertThat(lines[2]).startsWith("| jem | 30 | 2 | 2 | ");
    assertThat(lines[3]).startsWith("| st-jem | 0.01 | 1 | 0 | – | 0 | 0 | ").doesNotContain("±");
    assertThat(javax.imageio.ImageIO.read(png.toFile()).getWidth()).isPositive();

    String model = folder.resolve("st-jem").toString();
    assertThat(CommandResult.of("compare-trainings", "--by=depth", model).lastLine())
        .endsWith("train.jsonl: the training had no option --depth");
    CommandResult none = CommandResult.of("compare-trainings", folder.toString());
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.lastLine()).contains("has no train.jsonl");
  }

  @Test
  void ood_makesTonesAndNoiseByTheModelsOwnFrontend() throws IOException {
    Path config = folder.resolve("fbank.conf");
    Files.writeString(config, "--num-mel-bins=5\n--dither=0\n");
    String normalisation = "--feature-normalisation=per-utterance mean";
    String[] small = {"--num-pdfs=4", "--num-epochs=1", "--objective=baseline"};
    train("m", small[0], small[1], small[2], "--feature-config=" + config, normalisation);
    String model = folder.resolve("m").toString();
    String[] command = {"ood", "--device=cpu", model, feats, "tones", "white-noise"};
    CommandResult result = CommandResult.of(command);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.output()).containsPattern("tones +240 ").containsPattern("white-noise +240 ");
    assertThat(CommandResult.of(command).output()).isEqualTo(result.output());

    train(
        "by-speaker",
        small[0],
        small[1],
        small[2],
        "--feature-config=" + config,
        "--feature-normalisation=per-speaker mean");
    command[2] = folder.resolve("by-speaker").toString();
    assertThat(CommandResult.of(command).output())
        .as("each sound is a speaker of its own")
        .isEqualTo(result.output());

    train("unknown", small);
    command[2] = folder.resolve("unknown").toString();
    assertThat(CommandResult.of(command).lastLine())
        .endsWith(
            "tones and white-noise are audio, but the model does not say how its features were"
                + " made");
  }

  @Test
  void ood_hasARowForEachSet_andHalvesForTheDomainItself() throws IOException {
    String model = folder.resolve("m").toString();
    train("m", "--num-pdfs=4", "--num-epochs=1", "--objective=baseline");
    Path json = folder.resolve("ood.json");
    CommandResult result =
        CommandResult.of(
            "ood", "--json=" + json, "--device=cpu", model, feats, "self=" + feats, "noise");
    assertThat(result.status()).as(result.messages()).isZero();
    String[] lines = result.output().split("\n");
    assertThat(lines).hasSize(3);
    assertThat(lines[0]).startsWith("AUROC against").contains("log p(x)", "max posterior");
    assertThat(lines[1]).matches("self +240 +0.500 +0.500 +0.500");
    assertThat(lines[2]).matches("noise +240( +[01]\\.\\d{3}){3}");
    assertThat(Files.readString(json)).contains("\"logDensity\": 0.5,");
    assertThat(result.lastLine()).endsWith("Done 18 utterances, failed for 0");

    CommandResult utterances =
        CommandResult.of("ood", "--unit=utterance", "--device=cpu", model, feats, "reversed");
    assertThat(utterances.output()).contains("reversed  ").contains(" 6 ");
    CommandResult seconds =
        CommandResult.of("ood", "--unit=second", "--device=cpu", model, feats, "reversed");
    assertThat(seconds.output()).contains(" seconds ").contains("reversed  ").contains(" 6 ");
    CommandResult missing = CommandResult.of("ood", model, feats, "x=ark:/none");
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.output()).isEmpty();
  }

  @Test
  void train_ofAFinishedFolder_saysSoAndChangesNothing() throws IOException {
    String[] options = {"--num-pdfs=4", "--num-epochs=1", "--objective=baseline"};
    train("m", options);
    byte[] weights = Files.readAllBytes(folder.resolve("m/weights.safetensors"));
    String journal = Files.readString(folder.resolve("m/train.jsonl"));
    CommandResult again = train("m", options);
    assertThat(again.status()).isZero();
    assertThat(again.lastLine()).contains("m is done: this training has ended");
    assertThat(Files.readString(folder.resolve("m/train.jsonl"))).isEqualTo(journal);

    CommandResult other = train("m", "--num-pdfs=4", "--num-epochs=2", "--objective=baseline");
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.lastLine())
        .contains(
            "holds a finished training with other options: --num-epochs was 1, now 2. Name another"
                + " folder, or --restart");
    assertThat(Files.readAllBytes(folder.resolve("m/weights.safetensors"))).isEqualTo(weights);

    CommandResult anew =
        train("m", "--num-pdfs=4", "--num-epochs=2", "--objective=baseline", "--restart");
    assertThat(anew.status()).as(anew.messages()).isZero();
    assertThat(ModelFolder.describe(folder.resolve("m")).training())
        .containsEntry("num-epochs", "2");

    Files.delete(folder.resolve("m/train.jsonl"));
    assertThat(train("m", options).lastLine()).contains("a model that was not trained there");
  }

  @Test
  void train_ofDataThatMoved_goesOnIfTheyAreTheSame() throws IOException {
    String[] options = {"--num-pdfs=4", "--num-epochs=1", "--objective=baseline"};
    train("m", options);
    Path journal = folder.resolve("m/train.jsonl");
    String before = Files.readString(journal);
    Path moved = Files.createDirectory(folder.resolve("moved"));
    Files.move(folder.resolve("feats.ark"), moved.resolve("feats.ark"));
    Files.move(folder.resolve("ali.ark"), moved.resolve("ali.ark"));
    feats = "ark:" + moved.resolve("feats.ark");
    ali = "ark:" + moved.resolve("ali.ark");
    CommandResult again = train("m", options);
    assertThat(again.status()).as(again.messages()).isZero();
    assertThat(again.messages()).contains("the data of the training in " + folder.resolve("m"));
    assertThat(again.lastLine()).contains("m is done: this training has ended");
    assertThat(Files.readString(journal)).isEqualTo(before);

    try (SequentialTableReader<FloatMatrix> all =
            Tables.readFloatMatrices("ark:" + moved.resolve("feats.ark"));
        TableWriter<FloatMatrix> some =
            Tables.writeFloatMatrices("ark:" + moved.resolve("some.ark"))) {
      while (all.next() && !all.key().equals("u5")) {
        some.write(all.key(), all.value());
      }
      some.commit();
    }
    feats = "ark:" + moved.resolve("some.ark");
    CommandResult fewer = train("m", options);
    assertThat(fewer.status()).isEqualTo(1);
    assertThat(fewer.lastLine())
        .contains(
            "holds a finished training with other options: training-data was 240 frames of 6"
                + " utterances, dimension 5, checksum ")
        .contains(", now 200 frames of 5 utterances, dimension 5, checksum ");
    assertThat(Files.readString(journal)).isEqualTo(before);
  }

  @Test
  void train_fromAModel_startsWithItsWeightsAndNormalisation() throws IOException {
    train("m", "--num-pdfs=4", "--num-epochs=4", "--objective=baseline");
    String init = "--init=" + folder.resolve("m");
    CommandResult further =
        train(
            "n",
            "--num-pdfs=4",
            "--num-epochs=1",
            "--objective=baseline",
            "--learn-rate=1e-9",
            init);
    assertThat(further.status()).as(further.messages()).isZero();
    ModelDescription m = ModelFolder.describe(folder.resolve("m"));
    ModelDescription n = ModelFolder.describe(folder.resolve("n"));
    assertThat(n.inputMean()).isEqualTo(m.inputMean());
    assertThat(n.training())
        .containsEntry("init", folder.resolve("m").toString())
        .containsEntry(
            "init-sha256",
            org.stjem.frontend.io.Checksums.sha256(folder.resolve("m/weights.safetensors")));
    var before = ModelFolder.weights(folder.resolve("m"), m);
    var after = ModelFolder.weights(folder.resolve("n"), n);
    before.forEach(
        (name, tensor) ->
            assertThat(after.get(name).values()).containsExactly(tensor.values(), within(1e-6f)));

    CommandResult unfit = train("o", "--num-pdfs=4", "--left-context=1", init);
    assertThat(unfit.status()).isEqualTo(1);
    assertThat(unfit.lastLine())
        .endsWith("is another network than the one to be trained: left context 4 there, 1 here");
    assertThat(train("o", "--num-pdfs=4", "--init=" + folder).lastLine())
        .contains("is not a model folder");
  }

  @Test
  void train_ofFewUpdates_reportsAndKeepsCheckpointsBySharesOfTheRun() throws IOException {
    CommandResult result =
        train(
            "m",
            "--objective=baseline",
            "--num-pdfs=4",
            "--num-epochs=5",
            "--log-interval=0",
            "--warmup-steps=-1");
    assertThat(result.messages())
        .contains("120 updates, warm-up over 12, a report every 2, a checkpoint every 12");
    assertThat(Files.readAllLines(folder.resolve("m/train.jsonl")))
        .filteredOn(line -> line.startsWith("{\"step\":"))
        .hasSize(60);
  }

  @Test
  void help_hasEachOptionOnceUnderAHeading_everydayOnesFirst() {
    String help = CommandResult.of("train", "--help").output();
    List<String> everyday = List.of("Everyday options:", "--objective=", "--init=", "Features and");
    assertThat(help).containsSubsequence(everyday).containsSubsequence("Samples:", "--sgld-steps=");
    String list = help.substring(help.indexOf("Everyday options:"));
    for (var option : new picocli.CommandLine(new TrainCommand()).getCommandSpec().options()) {
      assertThat(list.split("(?m)^ {2,6}(-h, )?" + option.longestName() + "(?![a-z-])", -1))
          .as(option.longestName())
          .hasSize(2);
    }
  }
}
