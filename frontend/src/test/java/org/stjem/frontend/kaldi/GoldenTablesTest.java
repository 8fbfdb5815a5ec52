package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that Kaldi wrote, in {@code golden/tables}, read and written back. */
class GoldenTablesTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "frontend/src/test/resources/golden/tables");

  @TempDir Path folder;

  static <T> void copy(SequentialTableReader<T> from, TableWriter<T> to) {
    try (from;
        to) {
      while (from.next()) {
        to.write(from.key(), from.value());
      }
      to.commit();
    }
  }

  private static byte[] golden(String name) throws IOException {
    Path plain = GOLDEN.resolve(name);
    if (Files.exists(plain)) {
      return Files.readAllBytes(plain);
    }
    try (GZIPInputStream in =
        new GZIPInputStream(Files.newInputStream(GOLDEN.resolve(name + ".gz")))) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "float",
        "compressed-cm-auto",
        "compressed-method2",
        "compressed-method3",
        "compressed-method4",
        "compressed-method5",
        "compressed-method6",
        "compressed-method7"
      })
  void floatMatrices_copiedToText_equalKaldisText(String name) throws IOException {
    Path text = folder.resolve("text");
    copy(
        Tables.readFloatMatrices("ark:" + GOLDEN.resolve(name + ".ark")),
        Tables.writeFloatMatrices("ark,t:" + text));
    assertThat(text).hasBinaryContent(golden(name + ".txt"));
  }

  @ParameterizedTest
  @CsvSource({
    "cm-auto, 1",
    "method2, 2",
    "method3, 3",
    "method4, 4",
    "method5, 5",
    "method6, 6",
    "method7, 7"
  })
  void compression_givesKaldisBytes(String name, int method) throws IOException {
    Path compressed = folder.resolve("compressed");
    copy(
        Tables.readFloatMatrices("ark:" + GOLDEN.resolve("float.ark")),
        Tables.writeFloatMatrices("ark:" + compressed, CompressionMethod.ofNumber(method)));
    assertThat(compressed).hasBinaryContent(golden("compressed-" + name + ".ark"));
  }

  @Test
  void floatMatrices_writtenBack_giveKaldisBytesAndOffsets() throws IOException {
    Path archive = folder.resolve("float.ark");
    Path script = folder.resolve("float.scp");
    copy(
        Tables.readFloatMatrices("ark:" + GOLDEN.resolve("float.ark")),
        Tables.writeFloatMatrices("ark,scp:" + archive + "," + script));
    assertThat(archive).hasBinaryContent(golden("float.ark"));
    assertThat(Files.readString(script))
        .isEqualTo(
            Files.readString(GOLDEN.resolve("float.scp")).replace("float.ark", "" + archive));
  }

  @Test
  void doubleMatrices_writtenBack_giveKaldisBytesAndText() throws IOException {
    Path archive = folder.resolve("stats.ark");
    Path text = folder.resolve("stats.txt");
    copy(
        Tables.readDoubleMatrices("ark:" + GOLDEN.resolve("double-cmvn-stats.ark")),
        Tables.writeDoubleMatrices("ark:" + archive));
    // Kaldi's text was made by copy-feats, which holds floats.
    copy(Tables.readFloatMatrices("ark:" + archive), Tables.writeFloatMatrices("ark,t:" + text));
    assertThat(archive).hasBinaryContent(golden("double-cmvn-stats.ark"));
    assertThat(text).hasBinaryContent(golden("double-cmvn-stats.txt"));
  }

  @Test
  void intVectors_bothWays_giveKaldisBytes() throws IOException {
    Path archive = folder.resolve("int.ark");
    Path text = folder.resolve("int.txt");
    copy(
        Tables.readIntVectors("ark:" + GOLDEN.resolve("int-vector.txt")),
        Tables.writeIntVectors("ark:" + archive));
    copy(
        Tables.readIntVectors("ark:" + GOLDEN.resolve("int-vector.ark")),
        Tables.writeIntVectors("ark,t:" + text));
    assertThat(archive).hasBinaryContent(golden("int-vector.ark"));
    assertThat(text).hasBinaryContent(golden("int-vector.txt"));
  }

  @Test
  void floatVectors_bothWays_giveKaldisBytes() throws IOException {
    Path archive = folder.resolve("float.ark");
    Path text = folder.resolve("float.txt");
    copy(
        Tables.readFloatVectors("ark:" + GOLDEN.resolve("float-vector.txt")),
        Tables.writeFloatVectors("ark:" + archive));
    copy(
        Tables.readFloatVectors("ark:" + GOLDEN.resolve("float-vector.ark")),
        Tables.writeFloatVectors("ark,t:" + text));
    assertThat(archive).hasBinaryContent(golden("float-vector.ark"));
    assertThat(text).hasBinaryContent(golden("float-vector.txt"));
  }

  @Test
  void textMatrices_readAndWritten_keepTheirText() throws IOException {
    Path plain = folder.resolve("float.txt");
    Path again = folder.resolve("again.txt");
    Files.write(plain, golden("float.txt"));
    copy(Tables.readFloatMatrices("ark:" + plain), Tables.writeFloatMatrices("ark,t:" + again));
    assertThat(again).hasBinaryContent(golden("float.txt"));
  }

  @Test
  void scriptRanges_cutRowsAndColumns_asKaldiDoes() throws IOException {
    Path script = folder.resolve("ranges.scp");
    Path text = folder.resolve("ranges.txt");
    Files.writeString(
        script,
        Files.readString(GOLDEN.resolve("ranges.scp"))
            .replace("float.ark", GOLDEN.resolve("float.ark").toString()));
    copy(Tables.readFloatMatrices("scp:" + script), Tables.writeFloatMatrices("ark,t:" + text));
    assertThat(text).hasBinaryContent(golden("ranges.txt"));
  }

  @Test
  void scriptOffsets_inAnyOrder_findTheirEntries() throws IOException {
    Map<String, FloatMatrix> matrices = new LinkedHashMap<>();
    try (var table = Tables.readFloatMatrices("ark:" + GOLDEN.resolve("float.ark"))) {
      while (table.next()) {
        matrices.put(table.key(), table.value());
      }
    }
    Path script = folder.resolve("float.scp");
    Files.writeString(
        script,
        Files.readString(GOLDEN.resolve("float.scp"))
            .replace("float.ark", GOLDEN.resolve("float.ark").toString()));
    try (var table = Tables.lookUpFloatMatrices("scp:" + script)) {
      for (String key : new String[] {"t01-003", "t01-001", "t01-002", "t01-001"}) {
        assertThat(table.value(key).data()).isEqualTo(matrices.get(key).data());
      }
      assertThat(table.hasKey("t01-004")).isFalse();
    }
  }
}
