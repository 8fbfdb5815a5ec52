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
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/** What a model of phones and speakers can do with voices. */
class SpeakerCommandsTest {
  @TempDir private static Path folder;
  private static PhonesAndSpeakers corpus;
  private static String model;

  @BeforeAll
  static void trainModel() throws IOException {
    corpus = new PhonesAndSpeakers(folder);
    model = corpus.model(folder.resolve("model")).toString();
  }

  private static String ark(String name) {
    return "ark:" + folder.resolve(name);
  }

  private static CommandResult run(String... arguments) {
    CommandResult result = CommandResult.of(arguments);
    assertThat(result.status()).as(result.messages()).isZero();
    return result;
  }

  private static void refuses(CommandResult result, String... words) {
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains(words).doesNotContain("\tat ");
  }

  private static List<FloatMatrix> matrices(String rspecifier) {
    List<FloatMatrix> all = new ArrayList<>();
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(rspecifier)) {
      while (reader.next()) {
        all.add(reader.value());
      }
    }
    return all;
  }

  private static String classes(String feats, String speaker) throws IOException {
    Path reference = folder.resolve("all-" + speaker);
    StringBuilder lines = new StringBuilder();
    for (int u = 0; u < 9; u++) {
      lines.append("u").append(u).append(" ").append(speaker).append("\n");
    }
    Files.writeString(reference, lines);
    return run("classify-utterances", "--head=speakers", "--reference=" + reference, model, feats)
        .output();
  }

  @Test
  void convert_givesTheSpeaker_andAStrongAnchorKeepsWhatWasGiven() throws IOException {
    run("convert", "--speaker=kim", "--speaker-weight=3", model, corpus.feats, ark("kim"));
    assertThat(classes(corpus.feats, "kim")).contains("3 of 9 utterances right");
    assertThat(classes(ark("kim"), "kim")).contains("9 of 9 utterances right");

    run(
        "convert",
        "--speaker=kim",
        "--anchor=1e4",
        "--step-size=1e-5",
        "--final-step-size=1e-5",
        model,
        corpus.feats,
        ark("held"));
    List<FloatMatrix> given = matrices(corpus.feats);
    List<FloatMatrix> held = matrices(ark("held"));
    for (int u = 0; u < given.size(); u++) {
      assertThat(held.get(u).data()).containsExactly(given.get(u).data(), within(0.01f));
    }
  }

  /** Powers are what the features are logarithms of. */
  @Test
  void separate_powersOfBothVoices_areThoseOfTheMixture() throws IOException {
    Path pairs = folder.resolve("pairs");
    Path speakers = folder.resolve("pair-speakers");
    Files.writeString(pairs, "a u0 u1\nb u1 u2\n");
    Files.writeString(speakers, "a zoe ada\nb ada kim\n");
    run(
        "mix-features",
        pairs.toString(),
        corpus.feats,
        ark("mixture"),
        ark("true-1"),
        ark("true-2"));
    run(
        "separate",
        "--speakers=" + speakers,
        "--noise=0.1",
        model,
        ark("mixture"),
        ark("voice-1"),
        ark("voice-2"));
    List<FloatMatrix> mixtures = matrices(ark("mixture"));
    List<FloatMatrix> first = matrices(ark("voice-1"));
    List<FloatMatrix> second = matrices(ark("voice-2"));
    assertThat(first).hasSize(2);
    for (int u = 0; u < 2; u++) {
      for (int i = 0; i < mixtures.get(u).data().length; i++) {
        double sum = Math.exp(first.get(u).data()[i]) + Math.exp(second.get(u).data()[i]);
        assertThat(Math.log(sum)).isCloseTo(mixtures.get(u).data()[i], within(1e-4));
      }
      assertThat(first.get(u).data()).isNotEqualTo(second.get(u).data());
    }
    String measured =
        run("feature-distortion", "--before=" + ark("mixture"), ark("true-1"), ark("voice-1"))
            .output();
    assertThat(measured).contains("over 2 utterances").contains("gain ");
  }

  @Test
  void mixFeatures_addsPowersAndKeepsTheRatio() throws IOException {
    Path pairs = folder.resolve("ratio");
    Files.writeString(pairs, "a u0 u1\n");
    run(
        "mix-features",
        "--snr=10",
        pairs.toString(),
        corpus.feats,
        ark("sum"),
        ark("one"),
        ark("other"));
    float[] sum = matrices(ark("sum")).get(0).data();
    float[] one = matrices(ark("one")).get(0).data();
    float[] other = matrices(ark("other")).get(0).data();
    double power = 0;
    double otherPower = 0;
    for (int i = 0; i < sum.length; i++) {
      power += Math.exp(one[i]);
      otherPower += Math.exp(other[i]);
      assertThat(Math.exp(sum[i])).isCloseTo(Math.exp(one[i]) + Math.exp(other[i]), within(1e-3));
    }
    assertThat(10 * Math.log10(power / otherPower)).isCloseTo(10, within(1e-3));
    assertThat(one).isEqualTo(matrices(corpus.feats).get(0).data());
  }

  @Test
  void generate_withASpeaker_isHeardAsTheSpeaker() throws IOException {
    Path out = folder.resolve("generated");
    run(
        "generate",
        "--speaker=ada",
        "--labels=" + corpus.ali,
        "--steps=40",
        "--smooth-bins=0",
        "--noise=0",
        model,
        out.toString());
    assertThat(classes("ark:" + out.resolve("feats.ark"), "ada"))
        .contains("9 of 9 utterances right");
  }

  /** Phones of the corpus last five frames. */
  @Test
  void speak_saysTheWordsWithTheSpeaker_andLeavesOutWhatTheLexiconLacks() throws IOException {
    Path lexicon = folder.resolve("lexicon");
    Path phones = folder.resolve("phones");
    Path text = folder.resolve("text");
    Path out = folder.resolve("spoken");
    Files.writeString(lexicon, "yes a b\nno b c\nyes c\n");
    Files.writeString(phones, "SIL 0\na 1\nb 2\nc 3\n");
    Files.writeString(text, "u0 yes no\nu1 perhaps\n");
    String[] line = {
      "speak",
      "--speaker=kim",
      "--lexicon=" + lexicon,
      "--phones=" + phones,
      "--durations=" + corpus.ali,
      "--steps=40",
      "--smooth-bins=0",
      "--noise=0",
      model,
      text.toString(),
      out.toString()
    };
    CommandResult result = run(line);
    assertThat(result.messages()).contains("no word 'perhaps'");
    try (SequentialTableReader<int[]> labels =
        Tables.readIntVectors("ark:" + out.resolve("labels.ark"))) {
      assertThat(labels.next()).isTrue();
      assertThat(labels.value())
          .containsExactly(
              0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 0, 0, 0, 0,
              0);
      assertThat(labels.next()).isFalse();
    }
    assertThat(classes("ark:" + out.resolve("feats.ark"), "kim"))
        .contains("1 of 1 utterances right");
    Files.writeString(phones, "SIL 0\na 1\nb 2\n");
    line[line.length - 1] = folder.resolve("unspoken").toString();
    refuses(CommandResult.of(line), "no phone 'c' of word 'no'");
  }

  @Test
  void speakersThatThereAreNot_areRefusedInASentence() throws IOException {
    String out = ark("none");
    refuses(
        CommandResult.of("convert", "--speaker=bob", model, corpus.feats, out),
        "has no 'bob'",
        "'ada'");
    refuses(CommandResult.of("convert", model, corpus.feats, out), "--speaker and --speakers");
    refuses(
        CommandResult.of(
            "convert", "--speaker=ada", "--speaker-head=words", model, corpus.feats, out),
        "no head 'words'",
        "phones, speakers");
    refuses(
        CommandResult.of("separate", "--speaker=ada", model, corpus.feats, out, out),
        "'ada'",
        "2 are needed");
    refuses(
        CommandResult.of("generate", "--speaker=bob", model, folder.resolve("no").toString()),
        "has no 'bob'");
    Path plain = folder.resolve("plain");
    CommandResult trained =
        CommandResult.of(
            "train",
            "--num-pdfs=4",
            "--hidden-layers=8",
            "--objective=baseline",
            "--num-epochs=1",
            "--device=cpu",
            "--num-threads=1",
            "--feature-normalisation=per-utterance mean",
            "--utterance-head=speakers=" + corpus.utt2spk,
            corpus.feats,
            corpus.ali,
            plain.toString());
    assertThat(trained.status()).as(trained.messages()).isZero();
    refuses(
        CommandResult.of("separate", "--speaker=ada,zoe", plain.toString(), corpus.feats, out, out),
        "per-utterance mean",
        "powers do not add up");
    assertThat(folder.resolve("none")).doesNotExist();
  }
}
