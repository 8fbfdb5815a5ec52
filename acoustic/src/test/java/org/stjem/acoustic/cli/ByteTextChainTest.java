package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.TextFile;

/**
 * Keys, words, speakers and file names in Latin-1 go through every step as the bytes they are, from
 * the data directory to the report: what comes out is what comes out of the same data in ASCII, but
 * for those bytes.
 */
@Timeout(120)
class ByteTextChainTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final String TRI1 = MINI.resolve("exp/tri1").toString();
  private static final int UTTERANCES = 6;

  @TempDir private Path folder;

  /** The names of the data in ASCII and in Latin-1. */
  private record Names(String folder, String speaker, String word) {
    static final Names ASCII = new Names("plain", "t01", "ZERO");
    static final Names LATIN_1 = new Names("pl\udce4in", "t\udcfc1", "Z\udcc9RO");

    /** Text in ASCII with these names in place of those. */
    String in(String text) {
      return text.replace(ASCII.speaker, speaker)
          .replaceAll("\\b" + ASCII.word + "\\b", word)
          .replace(ASCII.folder, folder);
    }
  }

  /** Both data directories, words.txt and alignments, from the bundled corpus. */
  @BeforeEach
  void writeData() throws IOException {
    for (Names names : List.of(Names.ASCII, Names.LATIN_1)) {
      Path data = Files.createDirectory(ByteNames.resolve(folder, names.folder));
      for (String table : List.of("text", "utt2spk", "wav.scp")) {
        String lines = String.join("\n", firstLines(MINI.resolve("data/test").resolve(table)));
        AtomicFile.writeString(
            data.resolve(table), names.in(lines.replace("audio/", folder + "/plain/")) + "\n");
      }
      StringBuilder speaker = new StringBuilder(names.speaker);
      for (String line : TextFile.lines(data.resolve("text"))) {
        String key = line.split(" ")[0];
        speaker.append(' ').append(key);
        Files.copy(
            MINI.resolve("audio/" + key.replace(names.speaker, Names.ASCII.speaker) + ".flac"),
            ByteNames.resolve(data, key + ".flac"));
      }
      AtomicFile.writeString(data.resolve("spk2utt"), speaker + "\n");
      AtomicFile.writeString(
          data.resolve("words.txt"), names.in(TextFile.read(Path.of(TRI1, "graph/words.txt"))));
      AtomicFile.writeString(data.resolve("fbank.conf"), "--num-mel-bins=20\n--dither=0\n");
    }
  }

  private static List<String> firstLines(Path table) throws IOException {
    try (Stream<String> lines = Files.lines(table)) {
      return lines.limit(UTTERANCES).toList();
    }
  }

  /** Runs a command in a process of its own, whose arguments are bytes. */
  private ProcessBuilder process(String module, String... arguments) {
    StringBuilder line = new StringBuilder("exec");
    for (String word : JavaProcess.line(JavaProcess.SHORT_LIVED, module, arguments)) {
      line.append(" '").append(word).append('\'');
    }
    return new ProcessBuilder(ByteNames.shell(line.toString())).directory(folder.toFile());
  }

  private String run(String... arguments) throws Exception {
    Path messages = folder.resolve("messages");
    Process process = process("frontend", arguments).redirectError(messages.toFile()).start();
    String output = ByteText.decode(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(TextFile.read(messages)).isZero();
    return output;
  }

  private static String acoustic(String... arguments) {
    return output(CommandResult.of(arguments));
  }

  private static String frontend(String... arguments) {
    return output(CommandResult.of("frontend", org.stjem.frontend.cli.Main.COMMANDS, arguments));
  }

  private static String output(CommandResult result) {
    assertThat(result.status()).as(result.messages()).isZero();
    return result.output();
  }

  private String content(Names names, String file) throws IOException {
    return ByteText.decode(
        Files.readAllBytes(ByteNames.resolve(folder, names.folder).resolve(file)));
  }

  /** From audio to reports, all in the data directory. */
  private List<String> chain(Names names) throws Exception {
    String data = folder + "/" + names.folder;
    assertThat(frontend("validate-data-dir", "--no-feats", data)).isEmpty();
    frontend("make-fbank", "--fbank-config=" + data + "/fbank.conf", "--nj=1", data);
    String feats = "scp:" + data + "/feats.scp";
    String model = data + "/m\udcefdel";
    acoustic(
        "train",
        "--transition-model=" + TRI1 + "/final.mdl",
        "--objective=baseline",
        "--num-epochs=1",
        "--hidden-layers=16",
        "--device=cpu",
        feats,
        "ark:gunzip -c " + MINI + "/ali/test.ali.gz | sed s/t01/" + names.speaker + "/ |",
        model);
    acoustic("forward", model, feats, "ark:" + data + "/forward.ark");
    List<String> printed = new ArrayList<>();
    acoustic(
        "decode",
        "--sweep-dir=" + data + "/sweep",
        "--min-lmwt=10",
        "--max-lmwt=11",
        TRI1 + "/final.mdl",
        TRI1 + "/graph/HCLG.fst",
        data + "/words.txt",
        "ark,s,cs:" + data + "/forward.ark",
        "ark,t:" + data + "/hyp");
    String text = data + "/text";
    String hypotheses = data + "/hyp";
    String speakers = "--utt2spk=" + data + "/utt2spk";
    printed.add(acoustic("wer", text, hypotheses));
    printed.add(acoustic("best-wer", data + "/sweep", text));
    printed.add(acoustic("wer-report", speakers, "--html=" + data + "/wer.html", text, hypotheses));
    acoustic("text-to-sclite", "--format=stm", speakers, text, data + "/ref.stm");
    printed.add(frontend("copy-feats", "scp,s,cs:" + data + "/feats.scp", "ark,t:-"));
    return printed;
  }

  /** Scores the Latin-1 data by a server, into {@code score.ark}. */
  private void score() throws Exception {
    String data = folder + "/" + Names.LATIN_1.folder;
    Path port = folder.resolve("port");
    Process server =
        process("acoustic", "serve", "--port=0", "--port-file=" + port, "m=" + data + "/m\udcefdel")
            .start();
    try (BufferedReader messages = server.errorReader(StandardCharsets.UTF_8)) {
      String line = messages.readLine();
      while (line != null && !line.contains("is served on")) {
        line = messages.readLine();
      }
      String address = "--server=127.0.0.1:" + Files.readString(port).strip();
      acoustic("score", address, "scp:" + data + "/feats.scp", "ark:" + data + "/score.ark");
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  @Test
  void latin1_comesOutAsItWentIn() throws Exception {
    List<String> plain = chain(Names.ASCII);
    List<String> printed = chain(Names.LATIN_1);
    score();
    // In a process of its own arguments and standard output are bytes.
    String relative = Names.LATIN_1.folder + "/feats.scp";
    assertThat(run("copy-feats", "scp,s,cs:" + relative, "ark,t:-"))
        .isEqualTo(printed.get(printed.size() - 1));
    for (int i = 0; i < plain.size(); i++) {
      assertThat(printed.get(i)).isEqualTo(Names.LATIN_1.in(plain.get(i)));
    }
    for (String file :
        List.of("feats.scp", "utt2dur", "hyp", "sweep/penalty_0.0/10.txt", "ref.stm")) {
      assertThat(content(Names.LATIN_1, file))
          .as(file)
          .isEqualTo(Names.LATIN_1.in(content(Names.ASCII, file)));
    }
    assertThat(content(Names.LATIN_1, "ref.stm")).contains("t\udcfc1-003 1 t\udcfc1", " Z\udcc9RO");
    assertThat(content(Names.LATIN_1, "forward.ark"))
        .isEqualTo(content(Names.LATIN_1, "score.ark"))
        .startsWith("t\udcfc1-001 ");
    assertThat(content(Names.LATIN_1, "wer.html")).contains("t\\xfc1").matches(ByteText::isUtf8);
  }
}
