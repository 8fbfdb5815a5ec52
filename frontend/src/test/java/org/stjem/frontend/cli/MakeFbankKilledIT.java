package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.data.WaveDirs;

/** make-fbank in a process of its own, which is killed and started again. */
class MakeFbankKilledIT {
  private static final int UTTERANCES = 40;

  /** The first utterance of the ninth of sixteen parts. */
  private static final int BLOCKED = 20;

  private static final int PATIENCE_SECONDS = 60;

  @TempDir private Path folder;

  @Test
  void killedRun_isTakenUpWhereItWas() throws Exception {
    Path data = folder.resolve("train");
    Path whole = folder.resolve("whole/train");
    WaveDirs.write(data, UTTERANCES);
    WaveDirs.write(whole, UTTERANCES);
    assertThat(start(whole).waitFor()).isZero();

    Path signal = folder.resolve("go");
    block(data, signal);
    Process process = start(data);
    // One thread makes the parts in order until it waits for the blocked recording.
    Path lastDone = data.resolve("log/make_fbank_train.parts/8");
    for (int i = 0; i < 10 * PATIENCE_SECONDS && !Files.exists(lastDone); i++) {
      assertThat(process.isAlive()).isTrue();
      Thread.sleep(100);
    }
    assertThat(lastDone).exists();
    process.destroyForcibly();
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(128 + 9);
    assertThat(data.resolve("feats.scp")).doesNotExist();
    assertThat(data.resolve("data/raw_fbank_train.9.ark")).doesNotExist();
    Map<Path, FileTime> done = archives(data);
    assertThat(done).hasSize(8);

    Files.createFile(signal);
    assertThat(start(data).waitFor()).isZero();

    Map<Path, FileTime> all = archives(data);
    assertThat(all).hasSize(16).containsAllEntriesOf(done);
    for (Path archive : all.keySet()) {
      assertThat(archive)
          .hasSameBinaryContentAs(whole.resolve("data").resolve(archive.getFileName()));
    }
    for (String table : List.of("utt2dur", "utt2num_frames", "data/cmvn_train.ark")) {
      assertThat(data.resolve(table)).hasSameBinaryContentAs(whole.resolve(table));
    }
    assertThat(Files.readString(data.resolve("feats.scp")))
        .isEqualTo(
            Files.readString(whole.resolve("feats.scp"))
                .replace(whole.toString(), data.toString()));
    try (Stream<Path> files = Files.list(data.resolve("data"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
    }
  }

  /** Makes one recording a command that waits for a file. */
  private static void block(Path data, Path signal) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(data.resolve("wav.scp")));
    String[] parts = lines.get(BLOCKED).split(" ", 2);
    lines.set(
        BLOCKED,
        parts[0] + " while [ ! -e " + signal + " ]; do sleep 0.1; done; cat " + parts[1] + " |");
    Files.write(data.resolve("wav.scp"), lines);
  }

  private Process start(Path data) throws IOException {
    Path log = folder.resolve("messages");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "make-fbank",
            "--nj=1",
            data.toString())
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private static Map<Path, FileTime> archives(Path data) throws IOException {
    Map<Path, FileTime> times = new HashMap<>();
    try (Stream<Path> files = Files.list(data.resolve("data"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.getFileName().toString().matches("raw_fbank.*\\.ark")) {
          times.put(file, Files.getLastModifiedTime(file));
        }
      }
    }
    return times;
  }
}
