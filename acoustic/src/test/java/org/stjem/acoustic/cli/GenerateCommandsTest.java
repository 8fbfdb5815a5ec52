package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.acoustic.export.SmallModels;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** generate, denoise and inpaint with a small model of random weights. */
class GenerateCommandsTest {
  private static final int DIM = 23;
  private static final int FRAMES = 12;

  @TempDir private Path folder;
  private String model;

  @BeforeEach
  void model() throws IOException {
    model = folder.resolve("m").toString();
    SmallModels.save(Path.of(model), 2, 2, DIM, List.of(8), 4, 3);
  }

  private String ark(String name) {
    return "ark:" + folder.resolve(name);
  }

  private CommandResult run(Object... arguments) {
    List<String> line = new ArrayList<>();
    Arrays.stream(arguments).map(Object::toString).forEach(line::add);
    if (List.of("generate", "denoise", "inpaint").contains(line.get(0))) {
      line.addAll(1, List.of("--device=cpu", "--num-threads=1"));
    }
    return CommandResult.of(line.toArray(new String[0]));
  }

  private void done(Object... arguments) {
    CommandResult result = run(arguments);
    assertThat(result.status()).as(result.messages()).isZero();
  }

  private void write(String name, String key, FloatMatrix matrix) {
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(ark(name))) {
      writer.write(key, matrix);
      writer.commit();
    }
  }

  private void writeLabels(String key, int... labels) {
    try (TableWriter<int[]> writer = Tables.writeIntVectors(ark("labels"))) {
      writer.write(key, labels);
      writer.commit();
    }
  }

  private static Map<String, FloatMatrix> read(String rspecifier) {
    Map<String, FloatMatrix> all = new LinkedHashMap<>();
    try (var reader = Tables.readFloatMatrices(rspecifier)) {
      while (reader.next()) {
        all.put(reader.key(), reader.value());
      }
    }
    return all;
  }

  private static byte[] bytes(Path out, String file) throws IOException {
    return Files.readAllBytes(out.resolve(file));
  }

  @Test
  void generate_writesFeaturesAudioPageAndMeasures_andTheSameBytesForTheSameSeed()
      throws IOException {
    writeLabels("u", 0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1);
    write("real", "u", SmallModels.features(FRAMES, DIM, 1));
    Files.writeString(folder.resolve("cmvn"), cmvn());
    List<String> options =
        List.of("--labels=" + ark("labels"), "--num-sequences=2", "--steps=5", "--block=1");
    List<Object> line = new ArrayList<>(List.of("generate"));
    line.addAll(options);
    line.addAll(List.of("--real=" + ark("real"), "--cmvn=" + folder.resolve("cmvn"), model));
    Path out = folder.resolve("out");
    line.add(out);
    done(line.toArray());

    Map<String, FloatMatrix> made = read("ark:" + out.resolve("feats.ark"));
    assertThat(made.keySet()).containsExactly("u-1", "u-2");
    assertThat(made.get("u-1").rows()).isEqualTo(FRAMES);
    assertThat(made.get("u-1").data()).isNotEqualTo(made.get("u-2").data());
    try (var labels = Tables.readIntVectors("ark:" + out.resolve("labels.ark"))) {
      assertThat(labels.next()).isTrue();
      assertThat(labels.value()).containsExactly(0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1);
    }
    assertThat(Files.readString(out.resolve("wav.scp")))
        .isEqualTo("u-1 %s/wav/u-1.wav%nu-2 %1$s/wav/u-2.wav%n".formatted(out));
    // 12 frames of 10 ms: the last of 25 ms; 16-bit samples at 16 kHz behind 44 bytes.
    assertThat(Files.size(out.resolve("wav/u-2.wav"))).isEqualTo(44 + 2 * (400 + 11 * 160));
    assertThat(Files.readString(out.resolve("index.html")))
        .contains("<audio controls preload=\"none\" src=\"wav/u-1.wav\">")
        .contains("data:image/png;base64,")
        .contains("Course of the energy");
    JsonObject json =
        JsonParser.parseString(Files.readString(out.resolve("generate.json"))).getAsJsonObject();
    assertThat(json.getAsJsonObject("options").get("seed").getAsString()).isEqualTo("1");
    JsonObject measures = json.getAsJsonObject("measures");
    assertThat(measures.get("energy per frame at the end, nats").getAsDouble())
        .isLessThan(measures.get("energy per frame at the start, nats").getAsDouble());
    assertThat(measures.get("seconds generated").getAsDouble()).isEqualTo(0.24);
    assertThat(measures.keySet())
        .contains(
            "distance of average spectra, dB", "distance between samples of the same labels, dB");

    line.set(line.size() - 1, folder.resolve("again"));
    done(line.toArray());
    for (String file : List.of("feats.ark", "wav/u-1.wav")) {
      assertThat(bytes(folder.resolve("again"), file)).isEqualTo(bytes(out, file));
    }
    line.add(1, "--seed=2");
    line.set(line.size() - 1, folder.resolve("other"));
    done(line.toArray());
    assertThat(bytes(folder.resolve("other"), "feats.ark")).isNotEqualTo(bytes(out, "feats.ark"));
  }

  /** One frame of value 10 in all bins. */
  private static String cmvn() {
    return " [ " + "10 ".repeat(DIM) + "1\n" + "100 ".repeat(DIM) + "0 ]\n";
  }

  @Test
  void generate_withoutLabelsAndStatistics_makesFeaturesAlone() {
    Path out = folder.resolve("out");
    CommandResult result =
        run("generate", "--frames=20", "--num-sequences=3", "--steps=2", model, out);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages())
        .contains("no audio and no pictures are made: the model's features were normalised by")
        .contains("--cmvn says which mean the audio is to have");
    assertThat(read("ark:" + out.resolve("feats.ark")).keySet())
        .containsExactly("generated-1", "generated-2", "generated-3");
    assertThat(out.resolve("labels.ark")).doesNotExist();
    assertThat(out.resolve("wav.scp")).doesNotExist();
  }

  @Test
  void generate_ofLabelsOfAnotherModel_orShorterThanAWindow_isOneSentence() {
    writeLabels("u", 0, 0, 1, 1, 2, 2, 3, 9);
    Path out = folder.resolve("out");
    String labels = "--labels=" + ark("labels");
    assertThat(run("generate", labels, model, out).lastLine())
        .endsWith(
            "1 of 1 utterances have a label out of range, more than --max-failed=0.01 allows;"
                + " utterance u: frame 7 is aligned to pdf-id 9, there are 0 … 3");
    writeLabels("u", 0, 0, 1, 1);
    assertThat(run("generate", labels, model, out).lastLine())
        .endsWith("a sequence of 4 frames is shorter than the model's window of 5");
    assertThat(run("generate", "--frames=4", model, out).lastLine())
        .endsWith("--frames=4: a sequence of 4 frames is shorter than the model's window of 5");
    assertThat(out).doesNotExist();
  }

  @Test
  void generate_withoutTheStatisticsOfASequence_endsBeforeTheFirstStep() throws IOException {
    Files.writeString(folder.resolve("cmvn"), "u" + cmvn());
    CommandResult result = run("generate", "--cmvn=" + ark("cmvn"), model, folder.resolve("out"));
    assertThat(result.status()).isOne();
    assertThat(result.lastLine()).contains("there is no key 'generated-1' in archive");
    assertThat(result.messages()).doesNotContain("energy per frame");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "--step-size=0, the SGLD step size cannot be 0.0",
    "--smooth-bins=-1, '--smooth-bins is -1.0, must be from 0 to 100'",
    "--block=0, '--block is 0, it must be from 1 to 10000'",
  })
  void generate_withOptionsOutOfRange_isOneSentence(String option, String sentence) {
    CommandResult result = run("generate", option, "--frames=9", model, folder.resolve("out"));
    assertThat(result.status()).isOne();
    assertThat(result.lastLine()).endsWith(sentence);
  }

  @Test
  void denoise_raisesTheScore_andStaysNearerWithAHeavierAnchor() {
    FloatMatrix given = SmallModels.features(FRAMES, DIM, 1);
    for (int i = 0; i < given.data().length; i++) {
      // Within the bound of the values, which would move them besides.
      given.data()[i] = 3.5f + (given.data()[i] - 3) / 10;
    }
    write("given", "u", given);
    for (String anchor : List.of("0", "2")) {
      CommandResult result =
          run("denoise", "--anchor=" + anchor, model, ark("given"), ark("out" + anchor));
      assertThat(result.status()).as(result.messages()).isZero();
      String line =
          result.messages().lines().filter(it -> it.contains("score per")).toList().get(0);
      String[] words = line.replace(",", "").split(" ");
      List<String> list = List.of(words);
      assertThat(Double.parseDouble(list.get(list.indexOf("after") - 1)))
          .isGreaterThan(Double.parseDouble(list.get(list.indexOf("before") - 1)));
    }
    assertThat(distance(given, read(ark("out2")).get("u")))
        .isLessThan(distance(given, read(ark("out0")).get("u")));
  }

  private static double distance(FloatMatrix one, FloatMatrix other) {
    double squares = 0;
    for (int i = 0; i < one.data().length; i++) {
      squares += Math.pow(one.data()[i] - other.data()[i], 2);
    }
    return squares;
  }

  @Test
  void inpaint_keepsKnownValuesBitForBit_andMovesTheOthers() {
    FloatMatrix given = SmallModels.features(FRAMES, DIM, 1);
    FloatMatrix mask = new FloatMatrix(FRAMES, DIM);
    for (int t = 4; t < 7; t++) {
      for (int d = 3; d < 12; d++) {
        mask.set(t, d, 1);
      }
    }
    write("given", "u", given);
    write("mask", "u", mask);
    done("inpaint", "--noise=0.1", model, ark("given"), ark("mask"), ark("out"));
    done("inpaint", "--steps=0", model, ark("given"), ark("mask"), ark("start"));
    FloatMatrix repaired = read(ark("out")).get("u");
    FloatMatrix start = read(ark("start")).get("u");
    for (int i = 0; i < mask.data().length; i++) {
      boolean known = mask.data()[i] == 0;
      assertThat(repaired.data()[i] == given.data()[i]).isEqualTo(known);
      assertThat(start.data()[i] == given.data()[i]).isEqualTo(known);
    }
    assertThat(start.get(5, 3)).isBetween(-20f, 20f).isNotEqualTo(repaired.get(5, 3));
  }

  @Test
  void inpaint_ofAMaskThatDoesNotFit_isOneSentence() {
    write("given", "u", SmallModels.features(FRAMES, DIM, 1));
    write("mask", "u", new FloatMatrix(FRAMES - 1, DIM));
    assertThat(run("inpaint", model, ark("given"), ark("mask"), ark("out")).lastLine())
        .endsWith("utterance u: its mask is 11 x 23, its features are 12 x 23");
    FloatMatrix half = new FloatMatrix(FRAMES, DIM);
    half.set(2, 1, 0.5f);
    write("mask", "u", half);
    assertThat(run("inpaint", model, ark("given"), ark("mask"), ark("out")).lastLine())
        .endsWith("its mask holds 0.5 at frame 2, dimension 1; there are 0, known, and 1, free");
    write("mask", "other", half);
    assertThat(run("inpaint", model, ark("given"), ark("mask"), ark("out")).lastLine())
        .contains("utterance u: ");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void denoise_ofFeaturesThatDoNotFit_isOneSentence() {
    FloatMatrix features = SmallModels.features(FRAMES, DIM, 1);
    features.set(3, 2, Float.NaN);
    write("given", "u", features);
    assertThat(run("denoise", model, ark("given"), ark("out")).lastLine())
        .endsWith("utterance u: frame 3 holds NaN in dimension 2");
    write("given", "u", SmallModels.features(4, DIM, 1));
    assertThat(run("denoise", model, ark("given"), ark("out")).lastLine())
        .endsWith("utterance u: a sequence of 4 frames is shorter than the model's window of 5");
    assertThat(run("denoise", "--anchor=-1", model, ark("given"), ark("out")).lastLine())
        .endsWith("--anchor is -1.0, must be 0 or more");
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
