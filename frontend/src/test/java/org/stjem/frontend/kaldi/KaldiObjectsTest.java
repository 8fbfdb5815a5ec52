package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.io.StjemException;

/** Single objects in files of their own. */
class KaldiObjectsTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));

  @TempDir Path folder;

  @Test
  void classCounts_areAVectorInText() {
    double[] counts =
        KaldiObjects.readDoubleVector(ROOT.resolve("scripts/mini/ali/train.pdf.counts").toString());
    assertThat(counts).hasSize(152);
  }

  @Test
  void matrix_isReadWholeOrCut() {
    String archive = ROOT.resolve("frontend/src/test/resources/golden/tables/float.ark").toString();
    assertThat(KaldiObjects.readFloatMatrix(archive + ":8").rows()).isEqualTo(173);
    FloatMatrix cut = KaldiObjects.readFloatMatrix(archive + ":8[5:7,2:4]");
    assertThat(cut.rows()).isEqualTo(3);
    assertThat(cut.get(0, 0)).isEqualTo(KaldiObjects.readFloatMatrix(archive + ":8").get(5, 2));
    assertThat(KaldiObjects.readDoubleMatrix("tail -c +9 " + archive + " |").rows()).isEqualTo(173);
  }

  @Test
  void objects_binaryAndText_comeBack() {
    for (boolean binary : new boolean[] {true, false}) {
      String file = folder.resolve("object").toString();
      KaldiObjects.writeFloatMatrix(file, binary, new FloatMatrix(1, 2, new float[] {1, 2.5f}));
      assertThat(KaldiObjects.readFloatMatrix(file).data()).containsExactly(1, 2.5f);
      KaldiObjects.writeDoubleMatrix(file, binary, new DoubleMatrix(2, 1, new double[] {1, 2}));
      assertThat(KaldiObjects.readDoubleMatrix(file).data()).containsExactly(1, 2);
      KaldiObjects.writeFloatVector(file, binary, new float[] {3});
      assertThat(KaldiObjects.readFloatVector(file)).containsExactly(3);
      KaldiObjects.writeDoubleVector(file, binary, new double[] {4, 0.25});
      assertThat(KaldiObjects.readDoubleVector(file)).containsExactly(4, 0.25);
      KaldiObjects.writeIntVector(file, binary, new int[] {5, -6});
      assertThat(KaldiObjects.readIntVector(file)).containsExactly(5, -6);
    }
  }

  @Test
  void faults_nameTheFile() throws IOException {
    Path file = Files.writeString(folder.resolve("vector"), " [ 1\n 2 ]\n");
    assertThatThrownBy(() -> KaldiObjects.readFloatVector(file.toString()))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining(file + ": a line ends inside a vector")
        .hasMessageContaining("(byte offset 4)");
    assertThatThrownBy(() -> KaldiObjects.readFloatVector("false |"))
        .isInstanceOf(StjemException.class);
    assertThatThrownBy(
            () ->
                KaldiObjects.writeDoubleVector(
                    file.toString(), true, new double[] {Double.NEGATIVE_INFINITY}))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("-inf at index 0");
    assertThat(Files.readString(file)).isEqualTo(" [ 1\n 2 ]\n");
  }
}
