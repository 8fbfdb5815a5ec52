package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors that are read in several pieces. */
class SafeTensorsTest {
  @TempDir private Path folder;

  private static Tensor random(long seed, long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    float[] values = new float[size];
    Random random = new Random(seed);
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat();
    }
    return new Tensor(shape, values);
  }

  @Test
  void tensors_largerThanAPiece_andOfAPiece_andEmpty_areReadAsWritten() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("long", random(1, 3, 300_007));
    tensors.put("one piece", random(2, 1 << 18));
    tensors.put("none", random(3, 0));
    tensors.put("short", random(4, 5));
    Path file = folder.resolve("weights");
    new SafeTensors(tensors, Map.of()).write(file);
    assertThat(SafeTensors.readWeights(file).tensors())
        .usingRecursiveComparison()
        .isEqualTo(tensors);
  }

  @Test
  void fileThatEndsInALaterPiece_isRefused() throws IOException {
    Path file = folder.resolve("weights");
    new SafeTensors(Map.of("long", random(1, 900_000)), Map.of()).write(file);
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(cut.length() - 4);
    }
    assertThatThrownBy(() -> SafeTensors.read(file))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(file + ": truncated or overlapping, a tensor claims bytes 0 to");
  }
}
