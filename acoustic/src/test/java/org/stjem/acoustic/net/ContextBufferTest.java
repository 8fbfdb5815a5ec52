package org.stjem.acoustic.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Each frame holds its own index, so that windows can be read off the stretches. */
class ContextBufferTest {
  private static final int LEFT = 3;
  private static final int RIGHT = 2;
  private static final ModelDescription MODEL =
      new ModelDescription(
          1,
          "baseline",
          "mlp",
          List.of(),
          "silu",
          1,
          LEFT,
          RIGHT,
          2,
          10,
          "none",
          Map.of(),
          new float[1],
          new float[] {1},
          new double[0],
          Map.of(),
          0,
          "unknown");

  private static FloatMatrix frames(int from, int to) {
    FloatMatrix frames = new FloatMatrix(to - from, 1);
    for (int i = from; i < to; i++) {
      frames.set(i - from, 0, i);
    }
    return frames;
  }

  /** The windows of all rows of a stretch. */
  private static List<List<Integer>> windows(FloatMatrix stretch) {
    List<List<Integer>> windows = new ArrayList<>();
    for (int row = 0; row < stretch.rows() - LEFT - RIGHT; row++) {
      List<Integer> window = new ArrayList<>();
      for (int i = 0; i < LEFT + 1 + RIGHT; i++) {
        window.add((int) stretch.get(row + i, 0));
      }
      windows.add(window);
    }
    return windows;
  }

  private static List<List<Integer>> expected(int fromRow, int total) {
    List<List<Integer>> windows = new ArrayList<>();
    for (int row = fromRow; row < total; row++) {
      List<Integer> window = new ArrayList<>();
      for (int i = row - LEFT; i <= row + RIGHT; i++) {
        window.add(Math.min(Math.max(i, 0), total - 1));
      }
      windows.add(window);
    }
    return windows;
  }

  private static List<List<Integer>> run(
      ContextBuffer buffer, int firstFrame, int total, Random random) {
    List<List<Integer>> windows = new ArrayList<>();
    int sent = firstFrame;
    while (sent < total) {
      int to = Math.min(total, sent + random.nextInt(9));
      buffer.append(frames(sent, to));
      sent = to;
      while (buffer.rowsReady() > 0 && random.nextBoolean()) {
        windows.addAll(windows(buffer.take(1 + random.nextInt(buffer.rowsReady()))));
      }
    }
    buffer.finish();
    while (buffer.rowsReady() > 0) {
      windows.addAll(windows(buffer.take(1 + random.nextInt(buffer.rowsReady()))));
    }
    return windows;
  }

  @Test
  void take_anyChunks_givesEveryWindowOnce() {
    Random random = new Random(1);
    for (int total = 0; total < 60; total++) {
      assertThat(run(new ContextBuffer(MODEL), 0, total, random)).isEqualTo(expected(0, total));
    }
  }

  @Test
  void take_fromTheMiddle_givesTheWindowsOfTheRest() {
    Random random = new Random(2);
    for (int total = 1; total < 40; total++) {
      for (int row = 0; row < total + 3; row++) {
        List<List<Integer>> rest = row < total ? expected(row, total) : List.of();
        int first = Math.max(0, row - LEFT);
        assertThat(run(new ContextBuffer(MODEL, first, row), first, total, random)).isEqualTo(rest);
        assertThat(run(new ContextBuffer(MODEL, 0, row), 0, total, random)).isEqualTo(rest);
      }
    }
  }

  @Test
  void construct_rowsWithoutTheirContext_areRefused() {
    assertThatThrownBy(() -> new ContextBuffer(MODEL, 8, 10))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void append_otherDimension_isRefused() {
    assertThatThrownBy(() -> new ContextBuffer(MODEL).append(new FloatMatrix(1, 2)))
        .isInstanceOf(StjemException.class)
        .hasMessage("features have dimension 2, the model expects 1");
  }
}
