package org.stjem.frontend.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("out");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static void refused(Path path, String reason) {
    assertThatThrownBy(() -> AtomicFile.writeString(path, "new"))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(path + ": " + reason);
  }

  @Test
  void file_keepsItsContentUntilTheNewOneIsWhole() throws IOException {
    Files.writeString(file, "old");
    try (AtomicFile out = AtomicFile.create(file)) {
      out.stream().write(new byte[1 << 17]);
      assertThat(file).hasContent("old");
    }
    assertThat(names()).containsExactly("out");
    assertThat(file).hasContent("old");
    AtomicFile.writeString(file, "new");
    assertThat(names()).containsExactly("out");
    assertThat(file).hasContent("new");
  }

  @Test
  void link_staysAndTheFileAtItsEndIsReplaced() throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Files.writeString(disk.resolve("data"), "old");
    Files.createSymbolicLink(file, Path.of("hop"));
    Files.createSymbolicLink(folder.resolve("hop"), Path.of("disk/data"));
    AtomicFile.writeString(file, "new");
    assertThat(disk.resolve("data")).hasContent("new");
    assertThat(Files.readSymbolicLink(file)).isEqualTo(Path.of("hop"));
    assertThat(Files.list(disk)).containsExactly(disk.resolve("data"));
    AtomicFile.delete(file);
    assertThat(disk).isEmptyDirectory();
    AtomicFile.writeString(file, "again");
    assertThat(disk.resolve("data")).as("end of a link to nothing").hasContent("again");
    assertThat(names()).containsExactly("disk", "hop", "out");
  }

  @Test
  void circleOfLinks_isRefused() throws IOException {
    Files.createSymbolicLink(file, folder.resolve("back"));
    Files.createSymbolicLink(folder.resolve("back"), file);
    refused(file, "links that lead in a circle");
  }

  @Test
  void fifo_isWrittenThrough() throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    Process reader = new ProcessBuilder("cat", file.toString()).start();
    AtomicFile.writeString(file, "through");
    assertThat(new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("through");
    AtomicFile.delete(file);
    assertThat(names()).containsExactly("out");
    assertThat(Files.isRegularFile(file)).isFalse();
  }

  @Test
  void device_staysAndItsFaultsAreTold() throws IOException {
    Files.createSymbolicLink(file, Path.of("/dev/full"));
    refused(file, "No space left on device");
    Path nothing = folder.resolve("nothing");
    Files.createSymbolicLink(nothing, Path.of("/dev/null"));
    AtomicFile.writeString(nothing, "new");
    AtomicFile.delete(nothing);
    assertThat(Files.readSymbolicLink(file)).isEqualTo(Path.of("/dev/full"));
    assertThat(Files.readSymbolicLink(nothing)).isEqualTo(Path.of("/dev/null"));
    assertThat(Files.exists(nothing) && !Files.isRegularFile(nothing)).isTrue();
  }

  @Test
  void folderInTheWay_missingFolderAndFileAsFolder_areNamed() throws IOException {
    refused(folder, "is a folder");
    Files.createSymbolicLink(file, folder);
    refused(file, "is a folder");
    refused(folder.resolve("none/out"), "there is no such file or folder");
    Files.writeString(folder.resolve("plain"), "old");
    refused(folder.resolve("plain/out"), "Not a directory");
    refused(folder.resolve("n".repeat(255)), "File name too long");
    assertThat(folder.resolve("plain")).hasContent("old");
    assertThat(names()).containsExactly("out", "plain");
  }
}
