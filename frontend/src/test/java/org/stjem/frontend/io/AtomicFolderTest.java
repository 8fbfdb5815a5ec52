package org.stjem.frontend.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {
  /** A key in Latin-1, which Java cannot print. */
  private static final String NAME = "mod\udce9le";

  private static final long NO_PROCESS = 999_999_999;

  @TempDir private Path parent;
  private Path path;

  @BeforeEach
  void name() {
    path = ByteNames.resolve(parent, NAME);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      return files.map(file -> ByteNames.of(file.getFileName())).toList();
    }
  }

  private static void fill(Path folder) throws IOException {
    Files.writeString(Files.createDirectories(folder.resolve("a/b")).resolve("file"), "content");
  }

  @Test
  void commit_makesItAppearWhole() throws IOException {
    try (AtomicFolder folder = AtomicFolder.create(path)) {
      fill(folder.temporary());
      assertThat(names())
          .containsExactly("." + NAME + "." + ProcessHandle.current().pid() + ".tmp");
      folder.commit();
    }
    assertThat(names()).containsExactly(NAME);
    assertThat(path.resolve("a/b/file")).hasContent("content");
  }

  @Test
  void close_withoutCommit_leavesNothing() throws IOException {
    try (AtomicFolder folder = AtomicFolder.create(path)) {
      fill(folder.temporary());
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void create_removesWhatKilledProcessesLeft_andTakesAnEmptyFolder() throws IOException {
    Files.createDirectory(path);
    fill(ByteNames.resolve(parent, "." + NAME + "." + NO_PROCESS + ".tmp"));
    try (AtomicFolder folder = AtomicFolder.create(path)) {
      folder.commit();
    }
    assertThat(names()).containsExactly(NAME);
  }

  @Test
  void whatIsThere_isKept() throws IOException {
    try (AtomicFolder folder = AtomicFolder.create(path)) {
      fill(path);
      assertThatThrownBy(folder::commit)
          .isInstanceOf(StjemException.class)
          .hasMessageEndingWith("is not empty; name another folder, or remove it");
    }
    assertThatThrownBy(() -> AtomicFolder.create(path))
        .hasMessageEndingWith("is not empty; name another folder, or remove it");
    Path link = Files.createSymbolicLink(parent.resolve("link"), parent.resolve("nothing"));
    assertThatThrownBy(() -> AtomicFolder.create(link))
        .hasMessage(link + " exists and is no folder; name another, or remove it");
    assertThat(path.resolve("a/b/file")).hasContent("content");
  }
}
