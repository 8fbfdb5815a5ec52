package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.io.StjemException;

/** Writing tables: to files, commands and standard output, whole or not at all. */
class TableWritersTest {
  private static final int[] ONE_TWO = {1, 2};

  @TempDir Path folder;

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void write(String wspecifier, String... keys) {
    try (var table = Tables.writeIntVectors(wspecifier)) {
      for (String key : keys) {
        table.write(key, ONE_TWO);
      }
      table.commit();
    }
  }

  @Test
  void archive_withoutCommit_leavesNothing() throws IOException {
    Path archive = folder.resolve("a.ark");
    try (var table = Tables.writeIntVectors("ark,scp:" + archive + "," + folder + "/a.scp")) {
      table.write("a", ONE_TWO);
    }
    assertThat(files()).isEmpty();
    Files.writeString(archive, "old");
    try (var table = Tables.writeIntVectors("ark,f:" + archive)) {
      table.write("a", ONE_TWO);
      assertThat(Files.readString(archive)).isEqualTo("old");
    }
    assertThat(Files.readString(archive)).isEqualTo("old");
    assertThat(files()).containsExactly("a.ark");
  }

  @Test
  void archive_committed_appearsWhenItIsClosed() throws IOException {
    Path archive = folder.resolve("a.ark");
    try (var table = Tables.writeIntVectors("ark,t:" + archive)) {
      table.write("a", ONE_TWO);
      table.commit();
      assertThat(archive).doesNotExist();
    }
    assertThat(Files.readString(archive)).isEqualTo("a 1 2 \n");
    assertThat(files()).containsExactly("a.ark");
  }

  @Test
  void archiveAndScript_textAndBinary_pointBehindTheKeys() throws IOException {
    for (String form : new String[] {"t", "b"}) {
      write("ark,scp," + form + ":" + folder + "/a.ark," + folder + "/a.scp", "k", "longer", "z");
      try (var table = Tables.lookUpIntVectors("scp:" + folder + "/a.scp")) {
        for (String key : List.of("z", "k", "longer")) {
          assertThat(table.value(key)).isEqualTo(ONE_TWO);
        }
      }
    }
    assertThat(Files.readString(folder.resolve("a.scp")))
        .isEqualTo("k %1$s/a.ark:2\nlonger %1$s/a.ark:26\nz %1$s/a.ark:45\n".formatted(folder));
  }

  @Test
  void archive_behindALink_isWrittenWhereTheLinkPoints() throws IOException {
    Files.createDirectory(folder.resolve("disk"));
    Path link = folder.resolve("a.ark");
    Files.createSymbolicLink(link, Path.of("disk/real.ark"));
    write("ark,t:" + link, "a");
    assertThat(link).isSymbolicLink();
    assertThat(Files.readString(folder.resolve("disk/real.ark"))).isEqualTo("a 1 2 \n");
  }

  @Test
  void device_isWrittenToDirectly() {
    write("ark:/dev/null", "a");
    assertThat(Path.of("/dev/null")).exists().isNotEqualTo(null);
  }

  @Test
  void folderThatIsMissing_isNamed() {
    assertThatThrownBy(() -> Tables.writeIntVectors("ark:" + folder + "/none/a.ark"))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("none/a.ark: there is no such file or folder");
  }

  @Test
  void command_getsTheTable() throws IOException {
    write("ark,t:| sed s/2/3/ > " + folder + "/a.txt", "a", "b");
    assertThat(Files.readString(folder.resolve("a.txt"))).isEqualTo("a 1 3 \nb 1 3 \n");
  }

  @Test
  void command_thatFails_failsTheTableUnlessPermissive() {
    assertThatThrownBy(() -> write("ark:| cat > /dev/null; exit 5", "a"))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("exit 5' ended with status 5");
    write("ark,p:| cat > /dev/null; exit 5", "a");
  }

  @Test
  void standardOutput_getsTheTable() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream real = System.out;
    System.setOut(new PrintStream(bytes, false, StandardCharsets.UTF_8));
    try {
      write("ark,t:-", "a");
      write("ark,t:", "b");
    } finally {
      System.setOut(real);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("a 1 2 \nb 1 2 \n");
  }

  @Test
  void unfitValues_areRefusedAndLeaveTheTableWhole() throws IOException {
    Path archive = folder.resolve("a.ark");
    float minusInfinity = Float.NEGATIVE_INFINITY;
    try (var table = Tables.writeFloatMatrices("ark,scp:" + archive + "," + folder + "/a.scp")) {
      table.write("a", new FloatMatrix(1, 2, new float[] {1, Float.POSITIVE_INFINITY}));
      assertThatThrownBy(
              () -> table.write("b", new FloatMatrix(2, 2, new float[] {1, 2, 3, minusInfinity})))
          .isInstanceOf(EntryException.class)
          .hasMessageContaining("cannot write 'b': -inf in row 1, column 1");
      assertThatThrownBy(() -> table.write("b b", new FloatMatrix(1, 1)))
          .isInstanceOf(EntryException.class)
          .hasMessageContaining("'b b' cannot be a key");
      assertThatThrownBy(() -> table.write("", new FloatMatrix(1, 1)))
          .isInstanceOf(EntryException.class);
      table.write("c", new FloatMatrix(1, 1));
      table.commit();
    }
    try (var table = Tables.readFloatMatrices("scp:" + folder + "/a.scp")) {
      assertThat(table.next()).isTrue();
      assertThat(table.value().get(0, 1)).isEqualTo(Float.POSITIVE_INFINITY);
      assertThat(table.next()).isTrue();
      assertThat(table.key()).isEqualTo("c");
      assertThat(table.value().cols()).isEqualTo(1);
      assertThat(table.next()).isFalse();
    }
  }

  @Test
  void valuesThatCannotBeCompressed_areRefused() {
    try (var table = Tables.writeFloatMatrices("ark:/dev/null", CompressionMethod.AUTOMATIC)) {
      assertThatThrownBy(() -> table.write("a", new FloatMatrix(1, 2, new float[] {1, Float.NaN})))
          .isInstanceOf(EntryException.class)
          .hasMessageContaining("NaN cannot be compressed");
      assertThatThrownBy(
              () ->
                  table.write(
                      "a", new FloatMatrix(1, 2, new float[] {-Float.MAX_VALUE, Float.MAX_VALUE})))
          .isInstanceOf(EntryException.class)
          .hasMessageContaining("cannot be compressed");
    }
  }

  @Test
  void tokens_withWhiteSpace_areRefused() {
    try (var table = Tables.writeTokenVectors("ark:/dev/null")) {
      assertThatThrownBy(() -> table.write("a", List.of("b", "c d")))
          .isInstanceOf(EntryException.class)
          .hasMessageContaining("'c d' is not a word");
    }
  }

  @Test
  void script_namesTheFileOfEachKey() throws IOException {
    Path script =
        Files.writeString(
            folder.resolve("a.scp"), "a %1$s/a.vec\nb | cat > %1$s/b.vec\n".formatted(folder));
    write("scp,t:" + script, "b", "a");
    assertThat(Files.readString(folder.resolve("a.vec"))).isEqualTo("1 2 \n");
    assertThat(Files.readString(folder.resolve("b.vec"))).isEqualTo("1 2 \n");
    assertThatThrownBy(() -> write("scp:" + script, "c"))
        .isInstanceOf(EntryException.class)
        .hasMessageContaining("there is no key 'c' in script file");
    write("scp,p:" + script, "c");
  }

  @Test
  void manySizes_surviveTheBuffersOnBothSides() {
    Path archive = folder.resolve("a.ark");
    int[] sizes = {0, 1, 7, 32_767, 32_768, 32_769, 100_003};
    try (var table = Tables.writeDoubleVectors("ark:" + archive)) {
      for (int size : sizes) {
        table.write("k" + size, ramp(size));
      }
      table.commit();
    }
    for (String rspecifier : new String[] {"ark:" + archive, "ark:cat " + archive + " |"}) {
      try (var table = Tables.readDoubleVectors(rspecifier)) {
        for (int size : sizes) {
          assertThat(table.next()).isTrue();
          assertThat(table.value()).isEqualTo(ramp(size));
        }
      }
    }
  }

  private static double[] ramp(int size) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = i + 0.25;
    }
    return values;
  }
}
