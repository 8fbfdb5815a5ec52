package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatRowsTest {
  @TempDir private Path folder;

  /** A matrix that gives its rows in blocks of at most {@code blockRows}. */
  private record Blocks(FloatMatrix matrix, int blockRows) implements FloatRows {
    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int cols() {
      return matrix.cols();
    }

    @Override
    public void forEachBlock(Consumer consumer) throws IOException {
      for (int from = 0; from < rows(); from += blockRows) {
        consumer.accept(matrix.rows(from, Math.min(rows(), from + blockRows)));
      }
    }
  }

  private static FloatMatrix noise(int rows) {
    FloatMatrix matrix = new FloatMatrix(rows, 7);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < matrix.data().length; i++) {
      matrix.data()[i] = (float) random.nextDouble(-9, 9);
    }
    return matrix;
  }

  @ParameterizedTest
  @CsvSource({"ark,100", "'ark,t',100", "ark,0", "'ark,t',0"})
  void writeFloatRows_inBlocks_givesTheBytesOfTheMatrix(String kind, int rows) throws IOException {
    FloatMatrix matrix = noise(rows);
    for (CompressionMethod compression :
        new CompressionMethod[] {null, CompressionMethod.AUTOMATIC}) {
      assertThat(bytes(kind, new FloatMatrixHolder(compression)::writeRows, new Blocks(matrix, 9)))
          .isEqualTo(bytes(kind, new FloatMatrixHolder(compression), matrix));
    }
  }

  @Test
  void htk_inBlocks_givesTheBytesOfTheMatrix() throws IOException {
    HtkMatrixHolder holder = new HtkMatrixHolder(100_000, 7);
    FloatMatrix matrix = noise(100);
    assertThat(bytes("ark", holder::writeRows, new Blocks(matrix, 9)))
        .isEqualTo(bytes("ark", holder, matrix));
  }

  private <T> byte[] bytes(String kind, ObjectWriter<T> writer, T value) throws IOException {
    Path file = folder.resolve("feats.ark");
    try (TableWriter<T> table = Tables.write(kind + ":" + file, writer)) {
      table.write("u1", value);
      table.commit();
    }
    return Files.readAllBytes(file);
  }

  @Test
  void minusInfinity_behindWhatWasWritten_leavesNoArchive() {
    FloatMatrix matrix = noise(20_000);
    matrix.set(19_999, 0, Float.NEGATIVE_INFINITY);
    Path file = folder.resolve("feats.ark");
    assertThatThrownBy(
            () -> bytes("ark", new FloatMatrixHolder(null)::writeRows, new Blocks(matrix, 10_000)))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("half written");
    assertThat(file).doesNotExist();
  }
}
