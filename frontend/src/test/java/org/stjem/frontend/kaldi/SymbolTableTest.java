package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;

class SymbolTableTest {
  @TempDir Path folder;

  private SymbolTable table(String text) throws IOException {
    Path file = folder.resolve("words.txt");
    return SymbolTable.read(Files.writeString(file, text).toString());
  }

  @Test
  void symbolsAndIds_areFoundBothWays() throws IOException {
    SymbolTable table = table("<eps> 0\nZW\u00d6LF\t12\n#0 13\n");
    assertThat(table.size()).isEqualTo(3);
    assertThat(table.symbol(12)).isEqualTo("ZW\u00d6LF");
    assertThat(table.id("#0")).isEqualTo(13);
    assertThat(table.contains("ZWEI")).isFalse();
    assertThatThrownBy(() -> table.id("ZWEI"))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("has no symbol 'ZWEI'");
    assertThatThrownBy(() -> table.symbol(1)).hasMessageContaining("no symbol with id 1");
  }

  @Test
  void symbols_areBytesBetweenWhiteSpaceOfC() throws IOException {
    Path file = folder.resolve("words.txt");
    AtomicFile.writeString(file, "\u3000 1\r\ncaf\udce9\t2\n");
    SymbolTable table = SymbolTable.read(file.toString());
    assertThat(table.symbol(1)).isEqualTo("\u3000");
    assertThat(table.id("caf\udce9")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "a, should be 'symbol id'",
    "a 1 2, should be 'symbol id'",
    "'', should be 'symbol id'",
    "a x, has 'x' as the id",
    "a 0, repeats",
    "b 1, repeats"
  })
  void brokenLines_areNamed(String line, String fault) throws IOException {
    assertThatThrownBy(() -> table("b 0\n" + line + "\n"))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("line 2 of symbol table " + folder)
        .hasMessageContaining(fault);
  }
}
