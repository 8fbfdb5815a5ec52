package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.stjem.frontend.io.StjemException;

/** What the goldens of compression leave out: few rows, constant and empty matrices, extremes. */
class CompressedMatrixTest {
  @TempDir Path folder;

  private FloatMatrix compressedAndBack(FloatMatrix matrix, CompressionMethod method)
      throws IOException {
    Path file = folder.resolve("a.ark");
    try (var table = Tables.writeFloatMatrices("ark:" + file, method)) {
      table.write("a", matrix);
      table.write("next", new FloatMatrix(1, 1));
      table.commit();
    }
    try (var table = Tables.readFloatMatrices("ark:" + file)) {
      assertThat(table.next()).isTrue();
      FloatMatrix back = table.value();
      assertThat(table.next()).isTrue();
      assertThat(table.key()).isEqualTo("next");
      assertThat(back.rows()).isEqualTo(matrix.rows());
      assertThat(back.cols()).isEqualTo(matrix.cols());
      return back;
    }
  }

  private String form() throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve("a.ark"));
    return new String(bytes, 4, 3, StandardCharsets.US_ASCII).strip();
  }

  private static FloatMatrix random(int rows, int cols) {
    Random random = new Random(rows);
    FloatMatrix matrix = new FloatMatrix(rows, cols);
    for (int i = 0; i < matrix.data().length; i++) {
      matrix.data()[i] = random.nextFloat();
    }
    return matrix;
  }

  @ParameterizedTest
  @CsvSource({"1, CM2", "8, CM2", "9, CM", "200, CM"})
  void automaticMethod_dependsOnTheRows(int rows, String form) throws IOException {
    FloatMatrix matrix = random(rows, 3);
    FloatMatrix back = compressedAndBack(matrix, CompressionMethod.AUTOMATIC);
    assertThat(form()).isEqualTo(form);
    for (int i = 0; i < matrix.data().length; i++) {
      assertThat(back.data()[i]).isBetween(matrix.data()[i] - 0.01f, matrix.data()[i] + 0.01f);
    }
  }

  @Test
  void quantiles_areThoseOfTheSortedColumn() throws IOException {
    Random random = new Random(3);
    for (int rows = 5; rows < 300; rows += 1 + random.nextInt(7)) {
      int distinct = 1 + random.nextInt(rows);
      FloatMatrix column = new FloatMatrix(rows, 1);
      for (int row = 0; row < rows; row++) {
        column.data()[row] = random.nextInt(distinct) - distinct / 2;
      }
      float[] sorted = column.data().clone();
      Arrays.sort(sorted);
      float[] shuffled = compressedAndBack(column, CompressionMethod.SPEECH_FEATURE).data().clone();
      Arrays.sort(shuffled);
      float[] ordered =
          compressedAndBack(new FloatMatrix(rows, 1, sorted), CompressionMethod.SPEECH_FEATURE)
              .data();
      assertThat(shuffled).as("%d rows, %d values", rows, distinct).isEqualTo(ordered);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyMethod_takesOneRowToMany(CompressionMethod method) throws IOException {
    float tolerance = method == CompressionMethod.ONE_BYTE_UNSIGNED_INTEGER ? 0.51f : 0.01f;
    tolerance = method == CompressionMethod.TWO_BYTE_SIGNED_INTEGER ? 0.51f : tolerance;
    for (int rows = 1; rows < 12; rows++) {
      FloatMatrix matrix = random(rows, 2);
      FloatMatrix back = compressedAndBack(matrix, method);
      for (int i = 0; i < matrix.data().length; i++) {
        assertThat(back.data()[i])
            .isBetween(matrix.data()[i] - tolerance, matrix.data()[i] + tolerance);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void constantAndEmptyMatrices_areTaken(CompressionMethod method) throws IOException {
    FloatMatrix zeros = compressedAndBack(new FloatMatrix(20, 2), method);
    assertThat(zeros.data()).containsOnly(0);
    compressedAndBack(new FloatMatrix(0, 0), method);
  }

  @Test
  void constantMatrix_comesBackExactly() throws IOException {
    FloatMatrix matrix = new FloatMatrix(20, 1);
    Arrays.fill(matrix.data(), -15.9424f);
    assertThat(compressedAndBack(matrix, CompressionMethod.AUTOMATIC).data())
        .containsOnly(-15.9424f);
  }

  @Test
  void values_outsideOfAFixedRange_areClipped() throws IOException {
    FloatMatrix matrix = new FloatMatrix(1, 3, new float[] {-2, 0.5f, 2});
    float[] back = compressedAndBack(matrix, CompressionMethod.ONE_BYTE_ZERO_ONE).data();
    assertThat(back[0]).isZero();
    assertThat(back[2]).isEqualTo(1);
  }

  @Test
  void methodNumbers_areKaldis() {
    assertThat(CompressionMethod.ofNumber(1)).isEqualTo(CompressionMethod.AUTOMATIC);
    assertThat(CompressionMethod.ofNumber(7)).isEqualTo(CompressionMethod.ONE_BYTE_ZERO_ONE);
    assertThatThrownBy(() -> CompressionMethod.ofNumber(8))
        .isInstanceOf(StjemException.class)
        .hasMessage("compression method 8 is not one of 1 to 7");
  }
}
