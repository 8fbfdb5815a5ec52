package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/** One model of phones and speakers, through the commands. */
class HeadsCommandTest {
  private static final int PHONES = PhonesAndSpeakers.PHONES;
  private static final List<String> SPEAKERS = PhonesAndSpeakers.SPEAKERS;

  @TempDir private static Path folder;
  private static PhonesAndSpeakers corpus;
  private static String feats;
  private static String ali;
  private static Path utt2spk;
  private static Path model;

  @BeforeAll
  static void trainModel() throws IOException {
    corpus = new PhonesAndSpeakers(folder);
    feats = corpus.feats;
    ali = corpus.ali;
    utt2spk = corpus.utt2spk;
    model = corpus.model(folder.resolve("model"));
  }

  private static CommandResult train(Path target, String... options) {
    return corpus.train(target, options);
  }

  private static CommandResult forward(String head, Path to, String... options) {
    List<String> all = new ArrayList<>(List.of("forward", "--output=logits"));
    if (head != null) {
      all.add("--head=" + head);
    }
    all.addAll(List.of(options));
    all.addAll(List.of(model.toString(), feats, "ark:" + to));
    return CommandResult.of(all.toArray(new String[0]));
  }

  private static FloatMatrix logits(String head, String... options) {
    Path to = folder.resolve("logits-" + head + ".ark");
    CommandResult result = forward(head, to, options);
    assertThat(result.status()).as(result.messages()).isZero();
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices("ark:" + to)) {
      assertThat(reader.next()).isTrue();
      return reader.value();
    }
  }

  private static void refuses(CommandResult result, String... words) {
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains(words).doesNotContain("\tat ");
  }

  @Test
  void folder_namesHeadsAndLabels_andTheFirstIsMeant() {
    ModelDescription whole = ModelFolder.describeWhole(model);
    assertThat(whole.numPdfs()).isEqualTo(7);
    assertThat(whole.heads()).extracting("name").containsExactly("phones", "speakers");
    assertThat(whole.heads().get(1).labels()).containsExactly("ada", "kim", "zoe");
    ModelDescription first = ModelFolder.describe(model);
    assertThat(first.head()).isEqualTo("phones");
    assertThat(first.numPdfs()).isEqualTo(PHONES);
    assertThat(first.classCounts()).hasSize(PHONES);
  }

  /** A head's rows are the columns of the whole network, with either engine. */
  @Test
  void forward_ofEachHead_givesItsColumns() {
    FloatMatrix phones = logits(null);
    FloatMatrix named = logits("phones");
    FloatMatrix speakers = logits("speakers", "--engine=pytorch", "--device=cpu");
    assertThat(named.data()).isEqualTo(phones.data());
    ModelDescription whole = ModelFolder.describeWhole(model);
    float[] frame;
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(feats)) {
      assertThat(reader.next()).isTrue();
      frame = reader.value().data();
    }
    int dim = whole.featureDim();
    float[] window = new float[3 * dim];
    for (int i = 0; i < window.length; i++) {
      window[i] = (frame[i] - whole.inputMean()[i % dim]) / whole.inputStddev()[i % dim];
    }
    try (EnergyNetwork network = TorchModels.loadWholeNetwork(model, "cpu")) {
      float[] all = network.logits(window, 1);
      for (int c = 0; c < all.length; c++) {
        float value = c < PHONES ? phones.get(1, c) : speakers.get(1, c - PHONES);
        assertThat(value).isCloseTo(all[c], within(1e-4f));
      }
    }
  }

  @Test
  void classifyUtterances_namesSpeakers_andLeavesOutWhomItDoesNotKnow() throws IOException {
    Path lines = folder.resolve("classes.ark");
    CommandResult result =
        CommandResult.of(
            "classify-utterances",
            "--head=speakers",
            "--reference=" + utt2spk,
            "--write=ark,t:" + lines,
            model.toString(),
            feats);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.output()).contains("8 of 8 utterances right, 100.00 %");
    assertThat(result.messages()).contains("utterance u8 is skipped").contains("names no class");
    assertThat(Files.readAllLines(lines)).hasSize(8).element(1).asString().startsWith("u1 ada ");

    Path others = folder.resolve("others");
    Files.writeString(others, "u0 nobody\nu1 ada\n");
    refuses(
        CommandResult.of(
            "classify-utterances",
            "--head=speakers",
            "--reference=" + others,
            model.toString(),
            feats),
        "'nobody'",
        "speakers",
        "--max-failed");
  }

  @Test
  void export_ofAHead_isAModelOfItsColumns() {
    Path file = folder.resolve("speakers.onnx");
    Path imported = folder.resolve("imported");
    CommandResult result =
        CommandResult.of(
            "export",
            "--format=onnx",
            "--input=windows",
            "--head=speakers",
            model.toString(),
            file.toString());
    assertThat(result.status()).as(result.messages()).isZero();
    result = CommandResult.of("import", "--onnx=" + file, imported.toString());
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(ModelFolder.describe(imported).numPdfs()).isEqualTo(SPEAKERS.size());
  }

  @Test
  void modelInfo_namesTheHead_andFingerprintsDiffer() {
    CommandResult first = CommandResult.of("model-info", model.toString());
    CommandResult second = CommandResult.of("model-info", "--head=speakers", model.toString());
    assertThat(first.output()).contains("head: \"phones\"").contains("num_pdfs: 4");
    assertThat(first.messages()).contains("phones (4), speakers (3)");
    assertThat(second.output()).contains("head: \"speakers\"").contains("num_pdfs: 3");
    assertThat(LoadedModel.fingerprint(model, "phones"))
        .isEqualTo(LoadedModel.fingerprint(model))
        .isNotEqualTo(LoadedModel.fingerprint(model, "speakers"));
    try (LoadedModelCloser served =
        new LoadedModelCloser(LoadedModel.to(Placement.CPU, "speakers").load(model))) {
      assertThat(served.loaded().model().description().numPdfs()).isEqualTo(SPEAKERS.size());
      assertThat(served.loaded().fingerprint())
          .isEqualTo(LoadedModel.fingerprint(model, "speakers"));
    }
  }

  private record LoadedModelCloser(LoadedModel loaded) implements AutoCloseable {
    @Override
    public void close() {
      loaded.model().close();
    }
  }

  @Test
  void headThatThereIsNot_isRefusedByName() {
    refuses(forward("words", folder.resolve("none.ark")), "no head 'words'", "phones, speakers");
    assertThat(folder.resolve("none.ark")).doesNotExist();
  }

  @Test
  void train_badHeads_areRefusedInASentence() throws IOException {
    Path target = folder.resolve("refused");
    refuses(train(target, "--utterance-head=speakers"), "--utterance-head=speakers", "NAME=LABELS");
    refuses(train(target, "--utterance-head=phones=" + utt2spk), "two heads have one name");
    refuses(train(target), "--first-head", "need further heads");
    refuses(
        train(target, "--utterance-head=speakers=" + utt2spk, "--head-weight=words=2"),
        "'words'",
        "[phones, speakers]");
    Path strangers = folder.resolve("strangers");
    Files.writeString(strangers, "x1 ada\nx2 kim\n");
    refuses(
        train(target, "--utterance-head=speakers=" + strangers),
        "head 'speakers'",
        "no utterance of the features has a label");
    Path alone = folder.resolve("alone");
    Files.writeString(alone, "u1 ada\nu2 ada\n");
    refuses(train(target, "--utterance-head=speakers=" + alone), "all its labels are the same");
    assertThat(target.resolve("model.json")).doesNotExist();
  }

  /** Frames may have labels of their own; here they are those of the first head. */
  @Test
  void train_headOfFrames_learnsIt() throws IOException {
    Path target = folder.resolve("frames");
    CommandResult result =
        train(target, "--head=again=" + ali, "--head-weight=again=0.5", "--objective=res-jem");
    assertThat(result.status()).as(result.messages()).isZero();
    ModelDescription whole = ModelFolder.describeWhole(target);
    assertThat(whole.heads().get(1).columns()).isEqualTo(PHONES);
    assertThat(whole.heads().get(1).weight()).isEqualTo(0.5);
    assertThat(whole.heads().get(1).classCounts()).isEqualTo(whole.heads().get(0).classCounts());
  }
}
