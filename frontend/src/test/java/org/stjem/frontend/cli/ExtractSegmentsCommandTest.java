package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveHolder;
import org.stjem.frontend.audio.WaveWriter;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

class ExtractSegmentsCommandTest {
  @TempDir private Path folder;

  @Test
  void segments_areWrittenInTheirOrder_badOnesLeftOutWithTheirLine() throws IOException {
    wave("mono.wav", 1);
    wave("stereo.wav", 2);
    Files.writeString(
        folder.resolve("wav.scp"),
        "m " + folder.resolve("mono.wav") + "\ns cat " + folder.resolve("stereo.wav") + " |\n");
    Path segments = folder.resolve("segments");
    Files.writeString(
        segments,
        "u4 m 0.5 -1\nu1 m 0 0.25\nu2 s 0.1 0.3 1\nbad1 s 0.1 0.3\nbad2 m 0.3 0.2\nbad3 x 0 1\n");
    Path out = folder.resolve("out.ark");

    CommandRun run =
        CommandRun.of(
            "extract-segments",
            "scp:" + folder.resolve("wav.scp"),
            segments.toString(),
            "ark:" + out);

    assertThat(run.status()).isZero();
    Map<String, WaveData> waves = new LinkedHashMap<>();
    try (SequentialTableReader<WaveData> table = Tables.read("ark:" + out, new WaveHolder())) {
      while (table.next()) {
        waves.put(table.key(), table.value());
      }
    }
    assertThat(waves.keySet()).containsExactly("u4", "u1", "u2");
    assertThat(waves.get("u4").numSamples()).isEqualTo(500);
    assertThat(waves.get("u1").channel(0)[249]).isEqualTo(249);
    assertThat(waves.get("u2").channel(0)[0]).isEqualTo(1100);
    assertThat(run.messages().lines().filter(m -> m.startsWith("WARNING")))
        .hasSize(3)
        .anySatisfy(m -> assertThat(m).contains("segments line 4", "2 channels"))
        .anySatisfy(m -> assertThat(m).contains("segments line 5", "not behind start"))
        .anySatisfy(m -> assertThat(m).contains("segments line 6", "'x'"));
    assertThat(run.messages().strip()).endsWith("Done 3 utterances, failed for 3");
  }

  /** A second at 1 kHz in which sample n is n, plus 1000 per channel. */
  private void wave(String name, int channels) throws IOException {
    float[][] samples = new float[channels][1000];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < 1000; i++) {
        samples[c][i] = 1000 * c + i;
      }
    }
    try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
      WaveWriter.write(new WaveData(1000, samples), out, name);
    }
  }
}
