package org.stjem.acoustic.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.io.StjemException;

class FstReaderTest {
  private static final int NUM_STATES_OFFSET = 50;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "small-vector.fst",
        "small-const.fst",
        "small-const-aligned.fst",
        "small-vector-symbols.fst"
      })
  void read_everyForm_givesTheSameGraph(String file) throws IOException {
    assertThatSmall(read(bytes(file)));
  }

  @Test
  void read_vectorWithUnknownNumberOfStates_readsToTheEnd() throws IOException {
    byte[] bytes = bytes("small-vector.fst");
    littleEndian(bytes).putLong(NUM_STATES_OFFSET, -1);
    assertThatSmall(read(bytes));
  }

  private static void assertThatSmall(Fst fst) {
    assertThat(fst.start).isZero();
    assertThat(fst.numStates()).isEqualTo(5);
    assertThat(fst.numArcs()).isEqualTo(8);
    assertThat(fst.maxInputLabel()).isEqualTo(4);
    assertThat(fst.words()).containsExactly(1, 2, 3);
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(fst.finalCosts).containsExactly(infinity, infinity, infinity, 0, 0.5f);
    assertThat(fst.firstArc).containsExactly(0, 3, 5, 6, 7, 8);
    assertThat(fst.firstEmitting).containsExactly(1, 3, 5, 7, 8);
    // The epsilon arc of state 0 has moved to the front, the others kept their order.
    IntStream arcs = IntStream.range(0, fst.numArcs());
    assertThat(arcs.map(fst::inputLabel)).containsExactly(0, 1, 3, 2, 4, 3, 0, 0);
    assertThat(fst.outputLabels).containsExactly(2, 1, 0, 0, 0, 3, 0, 0);
    assertThat(fst.costs).containsExactly(0.25f, 0.5f, 1.5f, 0.125f, 0.75f, 0.5f, 1, 2);
    arcs = IntStream.range(0, fst.numArcs());
    assertThat(arcs.map(fst::nextState)).containsExactly(2, 1, 3, 1, 4, 4, 2, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"small-vector.fst", "small-const-aligned.fst", "small-vector-symbols.fst"})
  void read_truncatedAnywhere_namesFileAndOffset(String file) throws IOException {
    byte[] bytes = bytes(file);
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(part))
          .isInstanceOf(StjemException.class)
          .hasMessageContaining("HCLG.fst is truncated: it ends at byte " + length);
    }
  }

  @Test
  void read_anotherFile_saysSo() {
    assertThatThrownBy(
            () -> read("#!/usr/bin/env bash".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .hasMessageContaining("not an OpenFst binary file");
  }

  @Test
  void read_anotherType_saysSo() throws IOException {
    byte[] bytes = bytes("small-const.fst");
    bytes[8] = 'l';
    assertThatThrownBy(() -> read(bytes)).hasMessageContaining("its type is 'lonst'");
  }

  @Test
  void read_arcToMissingState_saysWhich() throws IOException {
    byte[] bytes = bytes("small-const.fst");
    littleEndian(bytes).putInt(bytes.length - 4, 5);
    assertThatThrownBy(() -> read(bytes)).hasMessageContaining("arc 7 leads to state 5 of 5");
  }

  @Test
  void read_hugeCounts_doNotExhaustTheMemory() throws IOException {
    byte[] bytes = bytes("small-vector.fst");
    littleEndian(bytes).putLong(NUM_STATES_OFFSET, Integer.MAX_VALUE - 10);
    assertThatThrownBy(() -> read(bytes)).hasMessageContaining("truncated");
  }

  @Test
  void read_epsilonCycle_isRefused() throws IOException {
    byte[] bytes = bytes("small-const.fst");
    // The last arc leads from state 4 to 0, the sixth from 2 to 4: made epsilon, they close a ring.
    littleEndian(bytes).putInt(bytes.length - 3 * 16, 0);
    assertThatThrownBy(() -> read(bytes)).hasMessageContaining("its epsilon arcs form a cycle");
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Fst read(byte[] bytes) {
    return FstReader.read(new ByteArrayInputStream(bytes), "HCLG.fst", bytes.length);
  }

  private static byte[] bytes(String file) throws IOException {
    try (InputStream in = FstReaderTest.class.getResourceAsStream("/fst/" + file)) {
      return in.readAllBytes();
    }
  }
}
