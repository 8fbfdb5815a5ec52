package org.stjem.frontend.kaldi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stjem.frontend.audio.Recording;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/** Every reader names what a file is that is compressed or has a byte order mark. */
class ForeignFilesTest {
  @TempDir private Path folder;

  private static Map<String, Consumer<Path>> readers() {
    Map<String, Consumer<Path>> readers = new LinkedHashMap<>();
    readers.put("archive", file -> readAll(Tables.readTokenVectors("ark:" + file)));
    readers.put("binary archive", file -> readAll(Tables.readFloatMatrices("ark:" + file)));
    readers.put("alignments", file -> readAll(Tables.readIntVectors("ark:" + file)));
    readers.put("archive looked up", file -> Tables.lookUpTokenVectors("ark:" + file).hasKey("a"));
    readers.put("script file", file -> readAll(Tables.readFloatMatrices("scp:" + file)));
    readers.put("script file looked up", file -> Tables.lookUpIntVectors("scp:" + file));
    readers.put("recordings", Recording::readScript);
    readers.put("symbol table", file -> SymbolTable.read(file.toString()));
    readers.put("transition model", file -> TransitionModel.read(file.toString()));
    readers.put("priors", file -> KaldiObjects.readDoubleVector(file.toString()));
    readers.put("matrix", file -> KaldiObjects.readFloatMatrix(file.toString()));
    readers.put("text", ForeignFilesTest::readText);
    return readers;
  }

  private static void readAll(SequentialTableReader<?> table) {
    try (table) {
      while (table.next()) {
        assertThat(table.value()).isNotNull();
      }
    }
  }

  private static void readText(Path file) {
    try {
      TextFile.lines(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> names() {
    return List.copyOf(readers().keySet());
  }

  private static byte[] gzip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write("a 1 2\n".getBytes(ISO_8859_1));
    }
    return bytes.toByteArray();
  }

  private static byte[] zip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      out.putNextEntry(new ZipEntry("a"));
      out.write('a');
    }
    return bytes.toByteArray();
  }

  private void assertRefused(String reader, byte[] content, String cause) throws IOException {
    Path file = folder.resolve("file");
    Files.write(file, content);
    Consumer<Path> read = readers().get(reader);
    assertThatThrownBy(() -> read.accept(file))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(cause);
  }

  @ParameterizedTest
  @MethodSource("names")
  void compressedFile_isNamed(String reader) throws IOException {
    assertRefused(
        reader,
        gzip(),
        "the data are compressed (gzip); unpack them, or read them with 'gunzip -c FILE |'");
    assertRefused(reader, zip(), "compressed (zip)");
    assertRefused(reader, "BZh91AY&SY".getBytes(ISO_8859_1), "compressed (bzip2)");
    assertRefused(reader, "\u00fd7zXZ\0\0\4".getBytes(ISO_8859_1), "compressed (xz)");
    assertRefused(reader, "(\u00b5/\u00fd$".getBytes(ISO_8859_1), "compressed (zstd)");
  }

  @ParameterizedTest
  @MethodSource("names")
  void byteOrderMark_isNamed(String reader) throws IOException {
    byte[] utf8 = "\u00ef\u00bb\u00bfa 1 2\n".getBytes(ISO_8859_1);
    assertRefused(reader, utf8, "starts with a byte order mark (UTF-8)");
    assertRefused(reader, "\ufeffa 1\n".getBytes(UTF_16LE), "the text is UTF-16");
  }

  @Test
  void carriageReturn_behindAKey_isNamed() throws IOException {
    Path file = folder.resolve("text");
    Files.writeString(file, "a b\r\nc\r\n");
    assertThatThrownBy(() -> readAll(Tables.readTokenVectors("ark:" + file)))
        .hasMessage(
            "archive "
                + file
                + ": expected a blank behind key 'c' but found a carriage return, with which"
                + " Windows ends lines (byte offset 6)");
  }

  @Test
  void transitionIdZero_isNamed() {
    TransitionModel model =
        TransitionModel.read(System.getProperty("stjem.root") + "/scripts/mini/exp/tri1/final.mdl");
    assertThatThrownBy(() -> model.pdfs(new int[] {1, 0}))
        .hasMessage(
            "frame 1 of the alignment: there is no transition-id 0: transition-ids start at 1, and"
                + " the model's go to "
                + model.numTransitionIds()
                + "; pdf-ids, which ali-to-pdf writes, start at 0");
    assertThatThrownBy(() -> model.pdfs(new int[] {99999}))
        .hasMessageStartingWith("frame 0 of the alignment: there is no transition-id 99999:")
        .hasMessageEndingWith("go to " + model.numTransitionIds());
  }
}
