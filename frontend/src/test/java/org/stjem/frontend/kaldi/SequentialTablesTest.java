package org.stjem.frontend.kaldi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading archives and script files in their order, whole and broken. */
class SequentialTablesTest {
  @TempDir Path folder;
  private Path archive;

  @BeforeEach
  void writeArchive() throws IOException {
    archive = folder.resolve("a.ark");
    Files.writeString(archive, "a  [\n  1 2 \n  3 4 ]\nb  [\n  5 6 ]\nc [ ]\n");
  }

  /** Keys and sizes of a table's matrices; the fault in place of a size. */
  private static List<String> sizes(String rspecifier) {
    List<String> sizes = new ArrayList<>();
    try (var table = Tables.readFloatMatrices(rspecifier)) {
      while (table.next()) {
        String size;
        try {
          size = table.value().rows() + "x" + table.value().cols();
        } catch (EntryException e) {
          size = e.getMessage();
        }
        sizes.add(table.key() + " " + size);
      }
    }
    return sizes;
  }

  private Path script(String text) throws IOException {
    return Files.writeString(folder.resolve("a.scp"), text.replace("ARK", archive.toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ark", "ark,bg", "ark,s,cs,p", "t,ark"})
  void archive_isReadInItsOrder(String options) {
    assertThat(sizes(options + ":" + archive)).containsExactly("a 2x2", "b 1x2", "c 0x0");
  }

  @Test
  void archive_thatEndsInsideAnEntry_failsNamingFileKeyAndOffset() throws IOException {
    Path cut = folder.resolve("cut.ark");
    try (var writer = Tables.writeFloatMatrices("ark:" + cut)) {
      writer.write("first", new FloatMatrix(2, 3));
      writer.write("second", new FloatMatrix(2, 3));
      writer.commit();
    }
    byte[] whole = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(whole, whole.length - 7));
    assertThatThrownBy(() -> sizes("ark:" + cut))
        .isInstanceOf(TableException.class)
        .hasMessageContaining(cut.toString())
        .hasMessageContaining("key 'second'")
        .hasMessageContaining("implausible size: 6 floats of 4 bytes where 17 bytes are left")
        .hasMessageContaining("(byte offset 67)");
    assertThat(sizes("p,ark:" + cut)).containsExactly("first 2x3");
    assertThatThrownBy(() -> sizes("ark,bg:" + cut)).isInstanceOf(TableException.class);
    assertThatThrownBy(() -> sizes("ark:cat " + cut + " |"))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("the data ends 7 bytes too early (byte offset 84)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a; expected a blank behind key 'a' but found the end of the data",
        "a 1 2; expected '[' of a matrix but found '1'",
        "a [ 1 2; the data ends before ']'",
        "a [ 1 x ]; expected a number but found 'x'",
        "a [ 1 -inf ]; expected a number but found '-inf'",
        "a [ 1 0x1p3 ]; expected a number but found '0x1p3'",
        "a [ 1 2f ]; expected a number but found '2f'",
        "a [ 1 1e99 ]; expected a number but found '1e99'",
        "a [ 1 2 ; the data ends before ']'"
      })
  void archive_ofBrokenText_failsWithTheOffendingValue(String text, String fault)
      throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.ark"), text);
    assertThatThrownBy(() -> sizes("ark:" + broken))
        .isInstanceOf(TableException.class)
        .hasMessageContaining(broken.toString())
        .hasMessageContaining(fault)
        .hasMessageContaining("(byte offset ");
  }

  @Test
  void archive_ofUnevenRows_failsWithTheRow() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.ark"), "a [ 1 2\n 3\n 4 5 ]\n");
    assertThatThrownBy(() -> sizes("ark:" + broken))
        .hasMessageContaining("row 1 has 1 values where the first has 2");
  }

  @Test
  void archive_withInfinityAndNan_isReadAsKaldiDoes() throws IOException {
    Path odd = Files.writeString(folder.resolve("odd.ark"), "a [ inf nan; Infinity 1e-3]\nb []\n");
    try (var table = Tables.readFloatMatrices("ark:" + odd)) {
      assertThat(table.next()).isTrue();
      assertThat(table.value().data())
          .containsExactly(Float.POSITIVE_INFINITY, Float.NaN, Float.POSITIVE_INFINITY, 1e-3f);
      assertThat(table.next()).isTrue();
      assertThat(table.value().rows()).isZero();
    }
  }

  @Test
  void archive_thatIsMissingOrAFolder_fails() {
    assertThatThrownBy(() -> sizes("ark:" + folder.resolve("none")))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("none: there is no such file");
    assertThatThrownBy(() -> sizes("ark:" + folder)).isInstanceOf(TableException.class);
  }

  @Test
  void archive_ofAnotherType_fails() throws IOException {
    Path ints = folder.resolve("ints.ark");
    try (var writer = Tables.writeIntVectors("ark:" + ints)) {
      writer.write("a", new int[] {1, 2});
      writer.commit();
    }
    assertThatThrownBy(() -> sizes("ark:" + ints))
        .hasMessageContaining("expected FM, DM, CM, CM2 or CM3 but found");
  }

  @Test
  void script_withBrokenTargets_failsForThoseEntriesOnly() throws IOException {
    Path script = script("a ARK:2\nx /none/such\nb ARK:23\ny ARK:4\nc ARK:999\n");
    List<String> sizes = sizes("scp:" + script);
    assertThat(sizes).hasSize(5);
    assertThat(sizes.get(0)).isEqualTo("a 2x2");
    assertThat(sizes.get(1))
        .isEqualTo("x cannot read 'x': cannot open /none/such: there is no such file or folder");
    assertThat(sizes.get(2)).isEqualTo("b 1x2");
    assertThat(sizes.get(3)).contains("cannot read 'y': " + archive + ":4: expected '['");
    assertThat(sizes.get(4)).contains("the data ends where a matrix should follow");
    assertThat(sizes("scp,p:" + script)).containsExactly("a 2x2", "b 1x2");
    assertThat(sizes("scp,bg:" + script)).isEqualTo(sizes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "", " b x", "b []", "b x[]", "b x[0:0][1:1]"})
  void script_malformedLine_failsTheTable(String line) throws IOException {
    Path script = script("a ARK:2\n" + line + "\n");
    assertThatThrownBy(() -> sizes("scp:" + script))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("line 2 of script file " + script)
        .hasMessageContaining("'" + line + "'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0:0; k 1x2",
        ":; k 2x2",
        ":,1:1; k 2x1",
        "1:1,0:1; k 1x2",
        "0:4; k 2x2",
        "1:3; k 1x2",
        "0:5; does not fit a matrix of 2 x 2",
        "2:3; does not fit a matrix of 2 x 2",
        "1:0; does not fit",
        "-1:1; does not fit",
        "0:1,0:2; does not fit",
        "0:1,-1:0; does not fit",
        "0; cannot make sense of range [0]",
        "0:1:2; cannot make sense of range",
        "a:b; cannot make sense of range",
        ":1; cannot make sense of range",
        "0:1,; cannot make sense of range"
      })
  void script_range_isCutWithKaldisTolerance(String range, String expected) throws IOException {
    Path script = script("k ARK:2[" + range + "]\n");
    assertThat(sizes("scp:" + script)).singleElement().asString().contains(expected);
  }

  @Test
  void script_throughACommandOrStandardInputOfACommand_isRead() throws IOException {
    Path script = script("a cat ARK | tail -c +3 |\nb ARK:23[0:0,1:1]\n");
    assertThat(sizes("scp:cat " + script + " |")).containsExactly("a 2x2", "b 1x1");
  }

  @Test
  void script_commandThatFails_failsTheEntryWithItsStatus() throws IOException {
    Path script = script("a exit 3 |\nb ARK:23\n");
    List<String> sizes = sizes("scp:" + script);
    assertThat(sizes.get(0))
        .contains("cannot read 'a': ")
        .contains("exit 3 |' ended with status 3");
    assertThat(sizes.get(1)).isEqualTo("b 1x2");
  }

  @Test
  void command_thatFails_failsTheTableUnlessPermissive() {
    String failing = ":cat " + archive + "; exit 2 |";
    assertThatThrownBy(() -> sizes("ark" + failing))
        .isInstanceOf(TableException.class)
        .hasMessage(
            "archive cat %1$s; exit 2 |: command 'cat %1$s; exit 2 |' ended with status 2"
                .formatted(archive));
    assertThat(sizes("ark,p" + failing)).hasSize(3);
    assertThatThrownBy(() -> sizes("ark,bg" + failing)).isInstanceOf(TableException.class);
  }

  @Test
  void command_leftEarly_isNoFault() {
    try (var table =
        Tables.readFloatMatrices("ark:while cat " + archive + "; do :; done 2>/dev/null |")) {
      assertThat(table.next()).isTrue();
    }
  }

  @Test
  void intVectors_ofBrokenText_fail() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.ark"), "a 1 2\nb\nc 1 2.5\n");
    try (var table = Tables.readIntVectors("ark:" + broken)) {
      assertThat(table.next()).isTrue();
      assertThat(table.value()).containsExactly(1, 2);
      assertThat(table.next()).isTrue();
      assertThat(table.value()).isEmpty();
      assertThatThrownBy(table::next)
          .hasMessageContaining("key 'c': expected an integer but found '2.5'");
    }
  }

  @Test
  void ints_areOnePerLine() throws IOException {
    Path text = Files.writeString(folder.resolve("ints"), "a 12 \nb 7\nc 1 2\n");
    try (var table = Tables.readInts("ark:" + text)) {
      assertThat(table.next()).isTrue();
      assertThat(table.value()).isEqualTo(12);
      assertThat(table.next()).isTrue();
      assertThat(table.value()).isEqualTo(7);
      assertThatThrownBy(table::next).hasMessageContaining("expected one integer on the line");
    }
  }

  @Test
  void tokenVectors_areLines() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "a \u00e4 b\tc \nb\nc d");
    List<List<String>> lines = new ArrayList<>();
    try (var table = Tables.readTokenVectors("ark:" + text)) {
      while (table.next()) {
        lines.add(table.value());
      }
    }
    assertThat(lines).containsExactly(List.of("\u00e4", "b", "c"), List.of(), List.of("d"));
  }

  @Test
  void text_inAnyEncoding_keepsItsBytes() throws IOException {
    byte[] latin1 = "caf\u00e9 na\u00efve \n\u00fc \n".getBytes(ISO_8859_1);
    Path text = Files.write(folder.resolve("text"), latin1);
    Path copy = folder.resolve("copy");
    try (var table = Tables.readTokenVectors("ark:" + text);
        var writer = Tables.writeTokenVectors("ark,t:" + copy)) {
      while (table.next()) {
        writer.write(table.key(), table.value());
      }
      writer.commit();
    }
    assertThat(copy).hasBinaryContent(latin1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\u0001", "a\u007f", "a\udcff"})
  void key_thatKaldiDoesNotWrite_isRefused(String key) {
    try (var writer = Tables.writeTokenVectors("ark,t:" + folder.resolve("none"))) {
      assertThatThrownBy(() -> writer.write(key, List.of("x")))
          .hasMessageEndingWith(
              "cannot be a key: it is empty, or has white space, a control character or byte 255");
      // Characters beyond the BMP have such chars, too.
      writer.write(new String(Character.toChars(0x104ff)), List.of("x"));
    }
  }
}
