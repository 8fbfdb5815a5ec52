package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random access to archives and script files with the options {@code s}, {@code cs}, {@code o}. */
class TableLookupTest {
  @TempDir Path folder;

  private Path archive(String... keys) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < keys.length; i++) {
      text.append(keys[i]).append(' ').append(i).append(" \n");
    }
    return Files.writeString(folder.resolve("a.ark"), text);
  }

  @Test
  void archive_isAskedInAnyOrder() throws IOException {
    try (var table = Tables.lookUpIntVectors("ark:" + archive("c", "a", "b"))) {
      assertThat(table.value("b")).containsExactly(2);
      assertThat(table.value("c")).containsExactly(0);
      assertThat(table.hasKey("d")).isFalse();
      assertThat(table.value("b")).containsExactly(2);
      assertThatThrownBy(() -> table.value("d"))
          .isInstanceOf(EntryException.class)
          .hasMessageContaining("there is no key 'd' in archive");
    }
  }

  @Test
  void archive_withKeyTwice_fails() throws IOException {
    try (var table = Tables.lookUpIntVectors("ark:" + archive("c", "a", "c"))) {
      assertThat(table.hasKey("a")).isTrue();
      assertThatThrownBy(() -> table.hasKey("b"))
          .isInstanceOf(TableException.class)
          .hasMessageContaining("key 'c' stands there twice");
    }
  }

  @Test
  void archive_once_givesEachKeyOnce() throws IOException {
    try (var table = Tables.lookUpIntVectors("ark,o:" + archive("c", "a", "b"))) {
      assertThat(table.hasKey("a")).isTrue();
      assertThat(table.value("a")).containsExactly(1);
      assertThatThrownBy(() -> table.value("a")).hasMessageContaining("option o");
      assertThat(table.value("c")).containsExactly(0);
    }
  }

  @Test
  void archive_sorted_isReadNoFurtherThanNeeded() throws IOException {
    Path broken = Files.writeString(folder.resolve("a.ark"), "a 1\nb 2\nd 4\nd x\n");
    try (var table = Tables.lookUpIntVectors("ark,s:" + broken)) {
      assertThat(table.hasKey("c")).isFalse();
      assertThat(table.value("a")).containsExactly(1);
      assertThat(table.value("d")).containsExactly(4);
      assertThatThrownBy(() -> table.hasKey("e")).isInstanceOf(TableException.class);
    }
  }

  @Test
  void archive_saidToBeSortedButIsNot_fails() throws IOException {
    for (String options : new String[] {"s", "s,cs"}) {
      try (var table = Tables.lookUpIntVectors("ark," + options + ":" + archive("a", "c", "b"))) {
        assertThat(table.hasKey("a")).isTrue();
        assertThatThrownBy(() -> table.hasKey("d"))
            .isInstanceOf(TableException.class)
            .hasMessageContaining("key 'b' follows 'c'");
      }
    }
  }

  @Test
  void archive_sortedAndCalledSorted_holdsOneEntry() throws IOException {
    try (var table = Tables.lookUpIntVectors("ark,s,cs:" + archive("a", "c", "e"))) {
      assertThat(table.value("a")).containsExactly(0);
      assertThat(table.hasKey("b")).isFalse();
      assertThat(table.hasKey("c")).isTrue();
      assertThat(table.value("c")).containsExactly(1);
      assertThat(table.hasKey("d")).isFalse();
      assertThat(table.value("e")).containsExactly(2);
      assertThat(table.hasKey("f")).isFalse();
      assertThatThrownBy(() -> table.hasKey("a"))
          .isInstanceOf(TableException.class)
          .hasMessageContaining("key 'a' is asked for after 'f'");
    }
  }

  @Test
  void archive_brokenButPermissive_endsThere() throws IOException {
    Path broken = Files.writeString(folder.resolve("a.ark"), "a 1\nb x\nc 2\n");
    try (var table = Tables.lookUpIntVectors("ark,p:" + broken)) {
      assertThat(table.hasKey("c")).isFalse();
      assertThat(table.value("a")).containsExactly(1);
    }
    try (var table = Tables.lookUpIntVectors("ark:" + broken)) {
      assertThatThrownBy(() -> table.hasKey("c")).isInstanceOf(TableException.class);
    }
  }

  @Test
  void script_isAskedInAnyOrder_andFailsForBrokenTargets() throws IOException {
    Path ark = archive("a", "b");
    Path script =
        Files.writeString(
            folder.resolve("a.scp"), "b %s:7\nx /none/such\na %s:2\n".formatted(ark, ark));
    try (var table = Tables.lookUpIntVectors("scp:" + script)) {
      assertThat(table.value("a")).containsExactly(0);
      assertThat(table.value("b")).containsExactly(1);
      assertThat(table.hasKey("x")).isTrue();
      assertThatThrownBy(() -> table.value("x")).isInstanceOf(EntryException.class);
      assertThatThrownBy(() -> table.value("y"))
          .isInstanceOf(EntryException.class)
          .hasMessageContaining("there is no key 'y' in script file");
    }
    try (var table = Tables.lookUpIntVectors("scp,p:" + script)) {
      assertThat(table.hasKey("x")).isFalse();
      assertThat(table.hasKey("a")).isTrue();
    }
    assertThatThrownBy(() -> Tables.lookUpIntVectors("scp,s:" + script))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("key 'a' follows 'x'");
  }

  @Test
  void script_withKeyTwice_fails() throws IOException {
    Path script = Files.writeString(folder.resolve("a.scp"), "a x\nb y\na z\n");
    assertThatThrownBy(() -> Tables.lookUpIntVectors("scp:" + script))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("key 'a' stands there twice");
  }
}
