package org.stjem.acoustic.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.HtkMatrixHolder;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/** Tables of every type from strangers, from a file and from a stream of unknown length. */
@Timeout(400)
@Tag("hostile-files")
class TableFuzzTest {
  /** Two matrices, the first from byte 2 on. */
  private static final Path ARCHIVE = archive();

  @FuzzTest
  void matrices(byte[] archive) {
    readArchive(archive, List.of(Tables::readFloatMatrices, Tables::readDoubleMatrices));
  }

  @FuzzTest
  void vectors(byte[] archive) {
    readArchive(
        archive,
        List.of(
            Tables::readFloatVectors,
            Tables::readDoubleVectors,
            Tables::readIntVectors,
            Tables::readInts,
            Tables::readTokenVectors));
  }

  @FuzzTest
  void htk(byte[] file) {
    HostileFile.read(file, name -> KaldiObjects.read(name, new HtkMatrixHolder(100_000, 7)));
  }

  /** The text of a script file, of which nothing is opened, and what its lines name. */
  @FuzzTest
  void scriptFile(byte[] script) {
    HostileFile.read(script, file -> Tables.lookUpFloatMatrices("scp:" + file).close());
    HostileFile.read(
        script,
        file -> {
          try (var table = Tables.readFloatMatrices("scp:" + file)) {
            while (table.next()) {
              String unused = table.key();
            }
          }
        });
  }

  /** The text behind an archive's name in a script file: {@code :offset[rows,columns]}. */
  @FuzzTest
  void offsetAndRange(byte[] text) {
    String suffix = new String(text, StandardCharsets.ISO_8859_1);
    // A line feed would end the line, a bar make it a command.
    if (suffix.indexOf('\n') >= 0 || suffix.indexOf('|') >= 0) {
      return;
    }
    byte[] line = ("utterance " + ARCHIVE + suffix).getBytes(StandardCharsets.UTF_8);
    HostileFile.read(line, file -> readAll(Tables.readFloatMatrices("scp:" + file)));
  }

  private static Path archive() {
    try {
      Path file = Files.createTempFile("matrices", ".ark");
      file.toFile().deleteOnExit();
      try (var table = Tables.writeFloatMatrices("ark:" + file)) {
        table.write("a", new FloatMatrix(5, 4));
        table.write("b", new FloatMatrix(2, 3));
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readArchive(
      byte[] archive, List<Function<String, SequentialTableReader<?>>> readers) {
    for (Function<String, SequentialTableReader<?>> reader : readers) {
      HostileFile.read(archive, file -> readAll(reader.apply("ark:" + file)));
    }
  }

  private static void readAll(SequentialTableReader<?> table) {
    try (table) {
      while (table.next()) {
        Object unused = table.value();
      }
    }
  }
}
