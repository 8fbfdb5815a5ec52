package org.stjem.frontend.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.fbank.UtteranceOptions;
import org.stjem.frontend.kaldi.CompressionMethod;

class FbankDataDirTest {
  private static final int UTTERANCES = 40;
  private static final FbankDataDir.Extras EXTRAS =
      new FbankDataDir.Extras(true, true, true, "0.01", "--dither=1\n");

  @TempDir private Path folder;
  private Path data;
  private Path features;
  private final UtteranceOptions utteranceOptions = new UtteranceOptions();

  @BeforeEach
  void writeData() throws IOException {
    data = folder.resolve("train");
    features = folder.resolve("fbank");
    WaveDirs.write(data, UTTERANCES);
  }

  @Test
  void make_anyNumberOfThreads_givesTheSameFiles() throws IOException {
    FbankDataDir.Outcome outcome = open().make(1, EXTRAS, () -> {});
    assertThat(outcome.done()).isEqualTo(UTTERANCES);
    assertThat(outcome.failures()).isEmpty();
    Map<String, byte[]> one = contents();
    assertThat(one).containsKeys("fbank/raw_fbank_train.16.ark", "train/cmvn.scp");

    // A run that ended is forgotten, so that all is made again.
    assertThat(open().remaining()).isEqualTo(UTTERANCES);
    open().make(5, EXTRAS, () -> {});
    Map<String, byte[]> five = contents();
    assertThat(five.keySet()).isEqualTo(one.keySet());
    one.forEach((file, bytes) -> assertThat(five.get(file)).as(file).isEqualTo(bytes));
  }

  @Test
  void make_brokenOff_goesOnBehindThePartsThatAreDone() throws IOException {
    open().make(2, EXTRAS, () -> {});
    Map<String, byte[]> whole = contents();
    Files.delete(data.resolve("feats.scp"));
    breakOff();
    assertThat(data.resolve("feats.scp")).doesNotExist();
    Map<String, byte[]> before = contents();

    FbankDataDir resumed = open();
    // Forty utterances are sixteen parts of two or three; the eleventh is in the fifth.
    assertThat(resumed.remaining()).isEqualTo(30);
    AtomicInteger made = new AtomicInteger();
    assertThat(resumed.make(2, EXTRAS, made::incrementAndGet).done()).isEqualTo(UTTERANCES);
    assertThat(made).hasValue(30);
    Map<String, byte[]> after = contents();
    assertThat(after.keySet()).isEqualTo(whole.keySet());
    whole.forEach((file, bytes) -> assertThat(after.get(file)).as(file).isEqualTo(bytes));
    assertThat(before.get("fbank/raw_fbank_train.1.ark"))
        .isEqualTo(after.get("fbank/raw_fbank_train.1.ark"));
  }

  @Test
  void make_brokenOffAndConfiguredAnew_startsAnew() throws IOException {
    breakOff();
    assertThat(open().remaining()).isEqualTo(30);
    utteranceOptions.seed = 1;
    assertThat(open().remaining()).isEqualTo(UTTERANCES);
    utteranceOptions.seed = 0;
    breakOff();
    Path waves = data.resolve("wav.scp");
    Files.writeString(waves, Files.readString(waves).replace(".wav\n", ".wav \n"));
    assertThat(open().remaining()).isEqualTo(UTTERANCES);
  }

  @Test
  void make_brokenOffAndArchiveRemoved_makesItAgain() throws IOException {
    breakOff();
    Files.delete(features.resolve("raw_fbank_train.2.ark"));
    FbankDataDir resumed = open();
    assertThat(resumed.remaining()).isEqualTo(33);
    assertThat(resumed.make(2, EXTRAS, () -> {}).done()).isEqualTo(UTTERANCES);
    assertThat(features.resolve("raw_fbank_train.2.ark")).exists();
  }

  @Test
  void open_afterAKill_removesWhatWasBeingWritten() throws IOException {
    Files.createDirectories(features);
    Path unfinished = Files.writeString(features.resolve(".raw_fbank_train.3.ark.99.tmp"), "x");
    Path other = Files.writeString(features.resolve(".raw_fbank_dev.3.ark.99.tmp"), "x");
    open();
    assertThat(unfinished).doesNotExist();
    assertThat(other).exists();
  }

  /** Ends a run within the fifth part. */
  private void breakOff() {
    AtomicInteger made = new AtomicInteger();
    assertThatThrownBy(
            () ->
                open()
                    .make(
                        1,
                        EXTRAS,
                        () -> {
                          if (made.incrementAndGet() == 11) {
                            throw new IllegalStateException("killed");
                          }
                        }))
        .hasMessage("killed");
  }

  private FbankDataDir open() {
    return new FbankDataDir(
        data,
        folder.resolve("log"),
        features,
        new FbankSettings(
            new FbankOptions(), utteranceOptions, null, 0.1f, 0.5f, CompressionMethod.AUTOMATIC));
  }

  /** Every file but those that name another state of the run. */
  private Map<String, byte[]> contents() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        String name = folder.relativize(file).toString();
        if (!name.startsWith("log/") && !name.contains(".backup")) {
          files.put(name, Files.readAllBytes(file));
        }
      }
    }
    return files;
  }
}
