package org.stjem.acoustic.lattice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Compares with what Kaldi's {@code lattice-copy} writes. */
class CompactLatticeWriterTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "acoustic/src/test/resources/golden/lattice-mini");
  private static final byte[] ARCS = "compactlattice44".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  @Test
  void write_text_equalsKaldi() throws IOException {
    assertThat(written("ark,t:", "lattices.txt"))
        .isEqualTo(Files.readAllBytes(GOLDEN.resolve("written.txt")));
  }

  /** All but the properties, of which ours are fewer: Kaldi also found out what it did not need. */
  @Test
  void write_binary_equalsKaldi() throws IOException {
    byte[] ours = written("ark:", "lattices.ark");
    byte[] kaldis = Files.readAllBytes(GOLDEN.resolve("written.bin"));
    assertThat(ours).hasSameSizeAs(kaldis);
    int lattices = 0;
    for (int i = 0; i + ARCS.length < ours.length; i++) {
      if (startsAt(kaldis, i)) {
        int at = i + ARCS.length + 2 * Integer.BYTES;
        long claimed = properties(ours, at);
        assertThat(claimed & properties(kaldis, at)).isEqualTo(claimed);
        System.arraycopy(kaldis, at, ours, at, Long.BYTES);
        lattices++;
      }
    }
    assertThat(lattices).isEqualTo(2);
    assertThat(ours).isEqualTo(kaldis);
  }

  private byte[] written(String type, String name) throws IOException {
    Path file = folder.resolve(name);
    try (TableWriter<CompactLattice> writer =
        Tables.write(type + file, new CompactLatticeWriter())) {
      TextLattices.read(GOLDEN.resolve("written.txt")).forEach(writer::write);
      writer.commit();
    }
    return Files.readAllBytes(file);
  }

  private static boolean startsAt(byte[] bytes, int at) {
    for (int i = 0; i < ARCS.length; i++) {
      if (bytes[at + i] != ARCS[i]) {
        return false;
      }
    }
    return true;
  }

  private static long properties(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
  }
}
