package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.net.ModelFolder;
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
  void whatCannotBe_isRefused() throws IOException {
    assertThat(start(folder.resolve("x"), "--init=" + folder).lastLine())
        .contains("a flat start has no --init");
    assertThat(start(folder.resolve("x"), "--settled=2").lastLine())
        .contains("--settled must be from 0 to 1, not 2.0");
    Path other = Files.createDirectory(folder.resolve("tri"));
    Path model = Files.writeString(other.resolve("final.mdl"), "of another system");
    assertThat(start(other).lastLine()).contains("tri is not empty");
    assertThat(start(other, "--restart=true").lastLine()).contains("tri is not empty");
    assertThat(model).hasContent("of another system");
    Files.delete(lang.resolve("topo"));
    assertThat(start(folder.resolve("x")).lastLine()).contains("topo");
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
