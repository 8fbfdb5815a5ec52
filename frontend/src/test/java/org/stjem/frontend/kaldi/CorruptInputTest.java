package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;

/** Damaged files end in a sentence, without allocating what the damage claims. */
class CorruptInputTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "frontend/src/test/resources/golden");
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int LONGEST = 20_000;
  private static final int ROUNDS = 100;

  @TempDir Path folder;
  private final InputStream realInput = System.in;

  @AfterEach
  void restoreInput() {
    System.setIn(realInput);
  }

  private static final List<Function<String, SequentialTableReader<?>>> READERS =
      List.of(
          Tables::readFloatMatrices,
          Tables::readDoubleMatrices,
          Tables::readFloatVectors,
          Tables::readDoubleVectors,
          Tables::readIntVectors,
          Tables::readInts,
          Tables::readTokenVectors);

  private static void readAll(SequentialTableReader<?> table) {
    try (table) {
      while (table.next()) {
        try {
          table.value();
        } catch (EntryException e) {
          assertThat(e)
              .hasMessageContaining(
                  ByteText.shown(table.key()).replaceAll("[\\x00-\\x1f\\x7f-\\x9f]", "?"));
        }
      }
    }
  }

  /** Runs {@code reader}, which may throw nothing but a user's message, and bounds its memory. */
  private static void attempt(Consumer<String> reader, String argument, long size) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      reader.accept(argument);
    } catch (StjemException e) {
      assertThat(e.getMessage()).isNotBlank().doesNotContain("\0", "null,", "null)");
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).isLessThan(20_000_000 + 100 * size);
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes =
        Arrays.copyOf(whole, random.nextInt(3) == 0 ? random.nextInt(whole.length) : whole.length);
    int flips = random.nextInt(4);
    for (int i = 0; i < flips && bytes.length > 0; i++) {
      int at = random.nextInt(random.nextBoolean() ? Math.min(60, bytes.length) : bytes.length);
      bytes[at] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tables/float.ark",
        "tables/compressed-method2.ark",
        "tables/compressed-method3.ark",
        "tables/compressed-method5.ark",
        "tables/double-cmvn-stats.ark",
        "tables/float-vector.ark",
        "tables/int-vector.ark",
        "tables/double-cmvn-stats.txt",
        "tables/int-vector.txt",
        "tables/float-vector.txt"
      })
  void damagedTables_endInASentence(String name) throws IOException {
    byte[] whole = Files.readAllBytes(GOLDEN.resolve(name));
    whole = Arrays.copyOf(whole, Math.min(whole.length, LONGEST));
    Random random = new Random(name.hashCode());
    Path file = folder.resolve("damaged");
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = damaged(whole, random);
      Files.write(file, bytes);
      for (Function<String, SequentialTableReader<?>> reader : READERS) {
        attempt(argument -> readAll(reader.apply(argument)), "ark:" + file, bytes.length);
        // Of a stream nobody knows how much is left.
        System.setIn(new ByteArrayInputStream(bytes));
        attempt(argument -> readAll(reader.apply(argument)), "ark:-", bytes.length);
      }
    }
  }

  @Test
  void damagedScripts_endInASentence() throws IOException {
    Files.copy(GOLDEN.resolve("tables/float.ark"), folder.resolve("float.ark"));
    byte[] whole =
        Files.readString(GOLDEN.resolve("tables/ranges.scp"))
            .replace("float.ark", folder + "/float.ark")
            .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(1);
    Path file = folder.resolve("damaged.scp");
    for (int round = 0; round < 2 * ROUNDS; round++) {
      byte[] bytes = damaged(whole, random);
      // No command of chance is run.
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = bytes[i] == '|' ? (byte) '#' : bytes[i];
      }
      Files.write(file, bytes);
      attempt(argument -> readAll(Tables.readFloatMatrices(argument)), "scp:" + file, 200_000);
      attempt(argument -> Tables.lookUpFloatMatrices(argument).close(), "scp:" + file, 200_000);
    }
  }

  @Test
  void damagedModels_endInASentence() throws IOException {
    byte[] whole = Files.readAllBytes(GOLDEN.resolve("model/final.mdl"));
    Random random = new Random(2);
    Path file = folder.resolve("damaged.mdl");
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = damaged(Arrays.copyOf(whole, 30_000), random);
      Files.write(file, bytes);
      attempt(TransitionModel::read, file.toString(), bytes.length);
      attempt(SymbolTable::read, file.toString(), bytes.length);
    }
  }

  private static byte[] floatMatrix(int rows, int cols) {
    return ByteBuffer.allocate(30)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("key \0BFM ".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 4)
        .putInt(rows)
        .put((byte) 4)
        .putInt(cols)
        .array();
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 3, implausible matrix size -1 x 3",
    "3, -1, implausible matrix size 3 x -1",
    "0, 3, implausible matrix size 0 x 3",
    "3, 0, implausible matrix size 3 x 0",
    "1, 4, implausible size: 4 floats of 4 bytes where 11 bytes are left",
    "100000, 100000, implausible size: 10000000000 floats of 4 bytes where 11 bytes are left"
  })
  void implausibleSizes_areRefused(int rows, int cols, String message) throws IOException {
    Path file = folder.resolve("a.ark");
    Files.write(file, floatMatrix(rows, cols));
    assertThatThrownBy(() -> readAll(Tables.readFloatMatrices("ark:" + file)))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("key 'key'")
        .hasMessageContaining(message);
  }

  @Test
  void claimedSize_onAStream_isNotAllocatedBeforeItArrives() {
    System.setIn(new ByteArrayInputStream(floatMatrix(10_000, 10_000)));
    attempt(argument -> readAll(Tables.readFloatMatrices(argument)), "ark:-", 30);
  }

  @Test
  void wordWithoutEnd_isRefusedBeforeItFillsTheMemory() throws IOException {
    byte[] bytes = new byte[3 << 20];
    Arrays.fill(bytes, (byte) 'x');
    Path file = Files.write(folder.resolve("a.ark"), bytes);
    assertThatThrownBy(() -> readAll(Tables.readFloatMatrices("ark:" + file)))
        .hasMessageContaining("a word is longer than 1048576 bytes");
    assertThatThrownBy(() -> readAll(Tables.readFloatMatrices("scp:" + file)))
        .hasMessageContaining("a line is longer than 1048576 bytes");
  }
}
