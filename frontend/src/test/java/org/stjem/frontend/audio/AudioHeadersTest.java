package org.stjem.frontend.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.io.StjemException;

/**
 * Recordings with every kind of header, held against what libsndfile reads and against the
 * sentences that tell what is wrong with them.
 */
class AudioHeadersTest {
  static final Path TABLE =
      Path.of(
          System.getProperty("stjem.root"),
          "frontend/src/test/resources/golden/audio-headers/expected.tsv");

  /**
   * A line of the table.
   *
   * @param libsndfile what libsndfile reads
   * @param ours what is read here; "=" if it is the same
   * @param warnings what is said about it
   * @param why the reason if it is not the same
   */
  record Line(String libsndfile, String ours, String warnings, String why) {}

  /** The table by name of the file. */
  static Map<String, Line> table() throws IOException {
    Map<String, Line> lines = new LinkedHashMap<>();
    for (String text : Files.readAllLines(TABLE)) {
      if (!text.startsWith("#")) {
        String[] fields = text.split("\t", -1);
        lines.put(fields[0], new Line(fields[1], fields[2], fields[3], fields[4]));
      }
    }
    return lines;
  }

  @Test
  void read_everyHeader_givesTheSamplesOrTheSentenceOfTheTable() throws IOException {
    Map<String, Line> table = table();
    Map<String, byte[]> files = AudioHeaders.all();
    assertThat(table).containsOnlyKeys(files.keySet()).hasSizeGreaterThan(150);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Line line = table.get(file.getKey());
      List<String> warnings = new ArrayList<>();
      String found = read(file.getKey(), file.getValue(), warnings);
      String expected = line.ours.equals("=") ? line.libsndfile : line.ours;
      assertThat(found).as(file.getKey()).isEqualTo(expected);
      assertThat(String.join("; ", warnings)).as(file.getKey()).isEqualTo(line.warnings);
      assertThat(line.why.isEmpty())
          .as("%s: a reason where libsndfile reads otherwise, and only there", file.getKey())
          .isEqualTo(sameAs(line.libsndfile, expected));
    }
  }

  /** What cannot be read has a sentence here, and a recording without samples cannot be read. */
  private static boolean sameAs(String libsndfile, String ours) {
    return ours.startsWith("refused: ")
        ? libsndfile.equals("refused") || libsndfile.endsWith(":")
        : ours.equals(libsndfile);
  }

  private static String read(String name, byte[] file, List<String> warnings) {
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            warnings.add(new SimpleFormatter().formatMessage(record));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("org.stjem.frontend.audio");
    logger.addHandler(handler);
    try {
      return shown(WaveReader.read(new ByteArrayInputStream(file), name));
    } catch (StjemException e) {
      return "refused: " + e.getMessage();
    } finally {
      logger.removeHandler(handler);
    }
  }

  /** As {@code read-with-libsndfile.py} shows it. */
  private static String shown(WaveData wave) {
    StringBuilder text = new StringBuilder();
    text.append(wave.sampleRate()).append(' ').append(wave.numChannels()).append(':');
    for (int i = 0; i < wave.numSamples(); i++) {
      for (int c = 0; c < wave.numChannels(); c++) {
        BigDecimal sample = new BigDecimal(wave.channel(c)[i]).round(new MathContext(7));
        text.append(' ').append(sample.stripTrailingZeros().toPlainString());
      }
    }
    return text.toString();
  }
}
