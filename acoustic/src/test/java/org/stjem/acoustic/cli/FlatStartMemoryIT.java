package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A flat start with Gaussians, a network, a tree and a network for its leaves needs no more memory
 * for thirty copies of the bundled corpus than for three.
 *
 * <p>Thirty copies have 800 000 frames, a number for each of which is 3 MB. While labels lay in the
 * heap, 17 MB of it were in use; of the 20 MB here, 7 are. Outside the heap, the features of the
 * copies more would take 37 MB; 5 to 15 MB are for code that a longer run compiles. What the
 * frames' temporary file has in the page cache does not count: the system takes it back when it
 * needs the room.
 */
class FlatStartMemoryIT {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final String HEAP_MB = "20";
  private static final long BOUND_KB = 24 << 10;
  private static final Pattern ANONYMOUS = Pattern.compile("RssAnon:\\s+(\\d+) kB");

  @TempDir private Path folder;
  private Path lang;

  private static void frontend(String... arguments) {
    CommandResult result =
        CommandResult.of("frontend", org.stjem.frontend.cli.Main.COMMANDS, arguments);
    assertThat(result.status()).as(result.messages()).isZero();
  }

  @BeforeEach
  void prepare() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    for (String name : List.of("wav.scp", "text", "utt2spk", "spk2utt")) {
      String lines = Files.readString(MINI.resolve("data/train/" + name));
      Files.writeString(data.resolve(name), lines.replace(" audio/", " " + MINI + "/audio/"));
    }
    Path config = Files.writeString(folder.resolve("conf"), "--num-mel-bins=13\n--dither=0\n");
    frontend("make-fbank", "--fbank-config=" + config, data.toString());
    lang = folder.resolve("lang");
    frontend("prepare-lang", MINI.resolve("lm/lexicon.txt").toString(), lang.toString());
  }

  @Test
  void moreUtterances_needNoMoreMemory() throws Exception {
    long few = peakKb(3);
    long many = peakKb(30);
    System.out.printf("anonymous memory: %d and %d MB%n", few >> 10, many >> 10);
    assertThat(many).isLessThan(few + BOUND_KB);
  }

  private Path copies(int number) throws IOException {
    Path data = Files.createDirectory(folder.resolve("copies." + number));
    for (String name : List.of("feats.scp", "text")) {
      List<String> lines = Files.readAllLines(folder.resolve("data").resolve(name));
      List<String> all = new ArrayList<>();
      for (int copy = 100; copy < 100 + number; copy++) {
        String prefix = "c" + copy + "-";
        lines.forEach(line -> all.add(prefix + line));
      }
      Files.write(data.resolve(name), all);
    }
    return data;
  }

  /** The most memory that is no copy of a file. */
  private long peakKb(int number) throws Exception {
    Path log = folder.resolve("log." + number);
    List<String> line =
        JavaProcess.line(
            List.of("-XX:+UseSerialGC", "-Xms" + HEAP_MB + "m", "-Xmx" + HEAP_MB + "m"),
            "acoustic",
            "flat-start",
            "--max-leaves=60",
            "--num-gaussian-rounds=1",
            "--num-rounds=1",
            "--num-epochs=1",
            "--hidden-layers=8",
            "--left-context=0",
            "--right-context=0",
            "--minibatch-size=1000",
            "--num-threads=1",
            "--nj=1",
            "--device=cpu",
            copies(number).toString(),
            lang.toString(),
            folder.resolve("tri." + number).toString());
    Process run =
        new ProcessBuilder(line)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(log.toFile())
            .start();
    long peak = 0;
    while (run.isAlive()) {
      Matcher matcher = ANONYMOUS.matcher(status(run));
      if (matcher.find()) {
        peak = Math.max(peak, Long.parseLong(matcher.group(1)));
      }
      Thread.sleep(20);
    }
    assertThat(run.waitFor()).as(Files.readString(log)).isZero();
    assertThat(folder.resolve("tri." + number).resolve("ali.1.gz")).exists();
    return peak;
  }

  private static String status(Process run) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(run.pid()), "status"));
    } catch (IOException e) {
      return "";
    }
  }
}
