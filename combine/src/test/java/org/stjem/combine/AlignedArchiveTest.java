package org.stjem.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;

class AlignedArchiveTest {

  /** A table whose values are its keys, counting what has been read. */
  private static final class KeyTable implements SequentialTableReader<String> {
    private final List<String> keys;
    private int at = -1;
    private boolean closed;

    KeyTable(List<String> keys) {
      this.keys = keys;
    }

    @Override
    public boolean next() {
      return ++at < keys.size();
    }

    @Override
    public String key() {
      return keys.get(at);
    }

    @Override
    public String value() {
      return "value of " + keys.get(at);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static AlignedArchive<String> archive(String... keys) {
    return new AlignedArchive<>("ark:x", new KeyTable(List.of(keys)));
  }

  private static List<String> numbered(int from, int to) {
    List<String> keys = new ArrayList<>();
    for (int i = from; i < to; i++) {
      keys.add(String.format("utt%06d", i));
    }
    return keys;
  }

  @Test
  void value_sameOrder() {
    AlignedArchive<String> archive = archive("b", "a", "c");
    for (String key : List.of("b", "a", "c")) {
      assertThat(archive.value(key)).isEqualTo("value of " + key);
    }
  }

  @Test
  void value_missingKeyOfSortedTablesIsNoticedWithoutReadingOn() {
    KeyTable table =
        new KeyTable(numbered(0, 10_000).stream().filter(k -> !k.endsWith("7")).toList());
    AlignedArchive<String> archive = new AlignedArchive<>("ark:x", table);
    for (String key : numbered(0, 100)) {
      if (key.endsWith("7")) {
        assertThatThrownBy(() -> archive.value(key))
            .isInstanceOf(EntryException.class)
            .hasMessage("ark:x does not hold key " + key);
      } else {
        assertThat(archive.value(key)).isEqualTo("value of " + key);
      }
    }
    assertThat(table.at).isLessThan(100);
  }

  @Test
  void value_manyExtraKeysOfSortedTablesArePassedOver() {
    AlignedArchive<String> archive = new AlignedArchive<>("ark:x", new KeyTable(numbered(0, 1000)));
    assertThat(archive.value("utt000003")).endsWith("3");
    assertThat(archive.value("utt000999")).endsWith("999");
    assertThatThrownBy(() -> archive.value("utt001000")).isInstanceOf(EntryException.class);
  }

  @Test
  void value_unsortedTablesMayDifferWithinTheLookAhead() {
    AlignedArchive<String> archive = archive("d", "x", "a", "b");
    assertThat(archive.value("d")).endsWith("d");
    assertThat(archive.value("b")).endsWith("b");
    assertThat(archive.value("a")).endsWith("a");
    assertThatThrownBy(() -> archive.value("q")).isInstanceOf(EntryException.class);
    assertThat(archive.value("x")).endsWith("x");
  }

  @Test
  void value_tablesInAnotherOrderAreRefused() {
    List<String> keys = numbered(0, 100);
    Collections.reverse(keys);
    AlignedArchive<String> archive = new AlignedArchive<>("ark:x", new KeyTable(keys));
    assertThatThrownBy(() -> archive.value("utt000000"))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("ark:x")
        .hasMessageContaining("utt000000")
        .hasMessageContaining("scp");
  }

  @Test
  void value_orderThatTurnsOutWrongIsRefused() {
    AlignedArchive<String> archive = archive("c", "d", "a");
    assertThatThrownBy(() -> archive.value("a")).isInstanceOf(EntryException.class);
    assertThat(archive.value("d")).endsWith("d");
    assertThatThrownBy(() -> archive.value("e"))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("key a");
  }

  @Test
  void close_closesTheTable() {
    KeyTable table = new KeyTable(List.of());
    new AlignedArchive<>("ark:x", table).close();
    assertThat(table.closed).isTrue();
  }
}
