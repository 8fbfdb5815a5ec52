package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.SymbolTable;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;

/** From audio, text and a lexicon of the bundled corpus to alignments. */
class FlatStartCommandTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final int UTTERANCES = 60;

  @TempDir Path folder;
  private Path data;
  private Path lang;

  private static CommandResult frontend(String... arguments) {
    CommandResult result =
        CommandResult.of("frontend", org.stjem.frontend.cli.Main.COMMANDS, arguments);
    assertThat(result.status()).as(result.messages()).isZero();
    return result;
  }

  @BeforeEach
  void prepare() throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
    for (String name : List.of("wav.scp", "text", "utt2spk")) {
      List<String> lines =
          Files.readAllLines(MINI.resolve("data/train/" + name)).subList(0, UTTERANCES);
      Files.write(
          data.resolve(name),
          lines.stream().map(line -> line.replace(" audio/", " " + MINI + "/audio/")).toList());
    }
    Map<String, List<String>> speakers = new HashMap<>();
    for (String line : Files.readAllLines(data.resolve("utt2spk"))) {
      String[] fields = line.split(" ");
      speakers.computeIfAbsent(fields[1], speaker -> new ArrayList<>()).add(fields[0]);
    }
    Files.write(
        data.resolve("spk2utt"),
        speakers.entrySet().stream()
            .map(entry -> entry.getKey() + " " + String.join(" ", entry.getValue()))
            .sorted()
            .toList());
    Path config = folder.resolve("fbank.conf");
    Files.writeString(config, "--num-mel-bins=23\n--dither=0\n");
    frontend("make-fbank", "--fbank-config=" + config, data.toString());
    lang = folder.resolve("lang");
    frontend("prepare-lang", MINI.resolve("lm/lexicon.txt").toString(), lang.toString());
  }

  private CommandResult start(Path to, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "flat-start",
                "--num-gaussian-rounds=3",
                "--num-rounds=2",
                "--num-epochs=1",
                "--hidden-layers=64",
                "--num-threads=1"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of(data.toString(), lang.toString(), to.toString()));
    return CommandResult.of(arguments.toArray(new String[0]));
  }

  @Test
  void alignments_goOnAfterAFault_andAgreeWithThoseOfATrainedSystem() throws IOException {
    Path broken = folder.resolve("broken");
    CommandResult fault = start(broken, "--device=gpu99");
    assertThat(fault.status()).isEqualTo(1);
    assertThat(fault.lastLine()).contains("--device=gpu99");
    assertThat(broken.resolve("rounds.jsonl")).content().hasLineCount(3);
    assertThat(broken.resolve("ali.1.gz")).doesNotExist();
    CommandResult rest = start(broken, "--device=cpu");
    assertThat(rest.status()).as(rest.messages()).isZero();
    assertThat(rest.messages()).contains("Going on after round 3", "Round 5, by the network");

    Path whole = folder.resolve("whole");
    assertThat(start(whole, "--device=cpu").status()).isZero();
    assertThat(whole.resolve("ali.1.gz")).hasSameBinaryContentAs(broken.resolve("ali.1.gz"));
    assertThat(start(whole, "--device=cpu").messages()).contains("has been finished before");
    assertThat(whole.resolve("flat-start.html"))
        .content()
        .contains("have not settled in 2 rounds", "Boundaries that moved", "the network");
    assertThat(whole.resolve("num_jobs")).hasContent("1");
    assertThat(whole.resolve("round.5")).doesNotExist();
    assertThat(ModelFolder.describe(whole.resolve("model")).featureNormalisation())
        .isEqualTo("per-utterance mean");

    // Measured: 58.7 % of the frames in the same phone, 89.8 % alike in silence or speech.
    Agreement agreement = agreement(whole);
    assertThat(agreement.frames).isGreaterThan(10_000);
    assertThat((double) agreement.samePhone / agreement.frames).isGreaterThan(0.5);
    assertThat((double) agreement.sameSilence / agreement.frames).isGreaterThan(0.88);
  }

  @Test
  void triphones_goOnAfterAFault_andHaveATreeAndLearntTransitions() throws IOException {
    Path broken = folder.resolve("broken");
    String[] tied = {"--max-leaves=60", "--thresh=100", "--num-rounds=1", "--device=cpu"};
    CommandResult fault = start(broken, tied[0], tied[1], tied[2], "--device=gpu99");
    assertThat(fault.lastLine()).contains("--device=gpu99");
    assertThat(broken.resolve("mono/ali.1.gz")).exists();
    assertThat(broken.resolve("mono/model")).doesNotExist();
    assertThat(broken.resolve("tree")).exists();
    assertThat(broken.resolve("ali.1.gz")).doesNotExist();
    CommandResult rest = start(broken, tied);
    assertThat(rest.status()).as(rest.messages()).isZero();
    assertThat(rest.messages())
        .contains("mono has been finished before", "Round 1, by the network")
        .doesNotContain("states in context have been seen");
    assertThat(start(broken, tied).messages()).contains("broken has been finished before");

    Path made = folder.resolve("made");
    CommandResult ofAlignments =
        start(made, tied[0], tied[1], tied[2], tied[3], "--ali-dir=" + broken.resolve("mono"));
    assertThat(ofAlignments.messages()).contains("Done 60 utterances, failed for 0");
    for (String file : List.of("tree", "ali.1.gz", "final.mdl")) {
      assertThat(made.resolve(file)).hasSameBinaryContentAs(broken.resolve(file));
    }

    ContextDependency tree = ContextDependency.read(made.resolve("tree").toString());
    TransitionModel model = TransitionModel.read(made.resolve("final.mdl").toString());
    assertThat(tree.width()).isEqualTo(3);
    assertThat(tree.numPdfs()).isEqualTo(model.numPdfs()).isBetween(30, 60);
    assertThat(ModelFolder.describe(made.resolve("model")).numPdfs()).isEqualTo(model.numPdfs());
    TransitionModel untrained = TransitionModel.of(model.topology(), tree);
    int learnt = 0;
    for (int id = 1; id <= model.numTransitionIds(); id++) {
      learnt += model.logProb(id) == untrained.logProb(id) ? 0 : 1;
    }
    assertThat(learnt).isGreaterThan(50);
    Agreement agreement = agreement(made);
    assertThat((double) agreement.samePhone / agreement.frames).isGreaterThan(0.5);
  }

  private static final class Agreement {
    private int frames;
    private int samePhone;
    private int sameSilence;
  }

  /** With the triphone system that Kaldi trained on the corpus; positions in words left out. */
  private Agreement agreement(Path start) {
    SymbolTable symbols = SymbolTable.read(lang.resolve("phones.txt").toString());
    TransitionModel kaldi = TransitionModel.read(MINI.resolve("exp/tri1/final.mdl").toString());
    TransitionModel ours = TransitionModel.read(start.resolve("final.mdl").toString());
    Map<String, int[]> theirs = new HashMap<>();
    try (SequentialTableReader<int[]> in =
        Tables.readIntVectors("ark:gunzip -c " + MINI.resolve("ali/train.ali.gz") + "|")) {
      while (in.next()) {
        theirs.put(in.key(), in.value());
      }
    }
    Agreement agreement = new Agreement();
    try (SequentialTableReader<int[]> in =
        Tables.readIntVectors("ark:gunzip -c " + start.resolve("ali.1.gz") + "|")) {
      int utterances = 0;
      while (in.next()) {
        utterances++;
        int[] ids = in.value();
        assertThat(theirs.get(in.key())).as(in.key()).hasSameSizeAs(ids);
        for (int t = 0; t < ids.length; t++) {
          String a = base(symbols.symbol(ours.phone(ids[t])));
          String b = base(symbols.symbol(kaldi.phone(theirs.get(in.key())[t])));
          agreement.frames++;
          agreement.samePhone += a.equals(b) ? 1 : 0;
          agreement.sameSilence += a.equals("SIL") == b.equals("SIL") ? 1 : 0;
        }
      }
      assertThat(utterances).isEqualTo(UTTERANCES);
    }
    return agreement;
  }

  private static String base(String phone) {
    return phone.replaceAll("_[BEIS]$", "");
  }

  @Test
  void whatCannotBeAligned_isNamedAndLeftOut() throws IOException {
    Path silent = wave("silent.wav", new byte[32_000]);
    byte[] samples = new byte[32_000];
    new Random(1).nextBytes(samples);
    Path noise = wave("noise.wav", samples);
    List<String> audio = new ArrayList<>(Files.readAllLines(data.resolve("wav.scp")));
    audio.set(4, audio.get(4).split(" ")[0] + " " + silent);
    audio.set(5, audio.get(5).split(" ")[0] + " " + noise);
    Files.write(data.resolve("wav.scp"), audio);
    frontend("make-fbank", "--fbank-config=" + folder.resolve("fbank.conf"), data.toString());
    List<String> text = new ArrayList<>(Files.readAllLines(data.resolve("text")));
    List<String> keys = text.stream().map(line -> line.split(" ")[0]).toList();
    text.set(0, keys.get(0));
    text.set(1, keys.get(1) + " DIAL XYZZY");
    text.set(2, keys.get(2) + " SEVEN".repeat(200));
    text.set(3, "zzz DIAL");
    Files.write(data.resolve("text"), text);

    CommandResult result =
        start(folder.resolve("some"), "--num-gaussian-rounds=1", "--num-rounds=0");
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages())
        .contains("words that " + lang + " has not become the unknown word (1): XYZZY")
        .contains("transcripts without features are left out (1): zzz")
        .contains("utterance " + keys.get(0) + " is skipped: its transcript is empty")
        .contains("utterance " + keys.get(2) + " is skipped: its ")
        .contains("utterance " + keys.get(3) + " is skipped: it has no transcript")
        .contains("utterance " + keys.get(4) + " is skipped: it is silent")
        .contains("for the same reason as " + keys.get(4) + ": " + keys.get(5))
        .contains("Done " + (UTTERANCES - 5) + " utterances, failed for 5");
    try (SequentialTableReader<int[]> in =
        Tables.readIntVectors(
            "ark:gunzip -c " + folder.resolve("some").resolve("ali.1.gz") + "|")) {
      List<String> aligned = new ArrayList<>();
      while (in.next()) {
        aligned.add(in.key());
      }
      assertThat(aligned).hasSize(UTTERANCES - 5).contains(keys.get(1), keys.get(6));
    }
  }

  private Path wave(String name, byte... samples) throws IOException {
    Path file = folder.resolve(name);
    AudioFormat format = new AudioFormat(16_000, 16, 1, true, false);
    try (AudioInputStream audio =
        new AudioInputStream(new ByteArrayInputStream(samples), format, samples.length / 2)) {
      AudioSystem.write(audio, AudioFileFormat.Type.WAVE, file.toFile());
    }
    return file;
  }

  @Test
  void whatCannotBe_isRefused() throws IOException {
    assertThat(start(folder.resolve("x"), "--init=" + folder).lastLine())
        .contains("a flat start has no --init");
    assertThat(start(folder.resolve("x"), "--settled=2").lastLine())
        .contains("--settled must be from 0 to 1, not 2.0");
    assertThat(start(folder.resolve("x"), "--ali-dir=" + folder).lastLine())
        .contains("--ali-dir is for triphones, so --max-leaves must be above 0");
    assertThat(start(folder.resolve("x"), "--max-leaves=9", "--ali-dir=" + folder).lastLine())
        .endsWith(folder + " has no ali.*.gz");
    Path other = Files.createDirectory(folder.resolve("tri"));
    Path model = Files.writeString(other.resolve("final.mdl"), "of another system");
    assertThat(start(other).lastLine()).contains("tri is not empty");
    assertThat(start(other, "--restart=true").lastLine()).contains("tri is not empty");
    assertThat(model).hasContent("of another system");
    Path words = lang.resolve("words.txt");
    List<String> all = Files.readAllLines(words);
    Files.write(words, all.subList(0, all.size() - 4));
    assertThat(start(folder.resolve("x")).lastLine())
        .contains("L.fst has the label ")
        .endsWith(", which " + words + " has not");
    Files.write(words, all);
    Files.delete(lang.resolve("topo"));
    assertThat(start(folder.resolve("x")).lastLine()).contains("topo");
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
