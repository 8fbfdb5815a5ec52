package org.stjem.acoustic.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.PdfMap;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Corpora with good and bad utterances. */
class FrameCorpusTest {
  @TempDir private Path folder;

  private final UtteranceTally tally =
      new UtteranceTally(LoggerFactory.getLogger(FrameCorpusTest.class), 0.2);

  private void utterance(
      TableWriter<FloatMatrix> feats, TableWriter<int[]> ali, String key, int frames, int[] pdfs) {
    FloatMatrix matrix = new FloatMatrix(frames, 2);
    for (int t = 0; t < frames; t++) {
      matrix.set(t, 0, t + 1);
      matrix.set(t, 1, key.charAt(0));
    }
    if (matrix.rows() > 0) {
      feats.write(key, matrix);
    }
    if (pdfs != null) {
      ali.write(key, pdfs);
    }
  }

  private FrameCorpus read(int numPdfs, int left, int right) throws IOException {
    try (var feats = Tables.readFloatMatrices("ark:" + folder.resolve("feats.ark"));
        var ali = Tables.lookUpIntVectors("ark:" + folder.resolve("ali.ark"))) {
      return FrameCorpus.read(folder, feats, ali, PdfMap.ofPdfs(), numPdfs, left, right, tally);
    }
  }

  private void write(Object... keysFramesPdfs) {
    try (TableWriter<FloatMatrix> feats =
            Tables.writeFloatMatrices("ark:" + folder.resolve("feats.ark"));
        TableWriter<int[]> ali = Tables.writeIntVectors("ark:" + folder.resolve("ali.ark"))) {
      for (int i = 0; i < keysFramesPdfs.length; i += 3) {
        utterance(
            feats,
            ali,
            (String) keysFramesPdfs[i],
            (Integer) keysFramesPdfs[i + 1],
            (int[]) keysFramesPdfs[i + 2]);
      }
      feats.commit();
      ali.commit();
    }
  }

  @Test
  void read_keepsGoodUtterancesAndCountsBadOnes() throws IOException {
    write(
        "a",
        3,
        new int[] {0, 1, 2},
        "b",
        4,
        null,
        "c",
        9,
        new int[] {0, 1},
        "d",
        2,
        new int[] {0, 3},
        "e",
        2,
        new int[] {2, 2, 1});
    try (FrameCorpus corpus = read(3, 1, 1)) {
      assertThat(corpus.size()).isEqualTo(5);
      assertThat(tally.failures()).isEqualTo(3);
      assertThat(corpus.classCounts()).containsExactly(1, 1, 3);
      assertThat(corpus.label(4)).isEqualTo(2);
    }
  }

  @Test
  void copyRow_splicesWithinTheUtteranceAndNormalises() throws IOException {
    write("a", 3, new int[] {0, 1, 2}, "e", 2, new int[] {2, 2});
    try (FrameCorpus corpus = read(3, 2, 1)) {
      corpus.normaliseBy(new float[] {0, 0}, new float[] {1, 1});
      float[] row = new float[corpus.rowSize() + 1];
      corpus.copyRow(0, row, 1, new SeededRandom(0, 0));
      assertThat(row).containsExactly(0, 1, 'a', 1, 'a', 1, 'a', 2, 'a');
      corpus.copyRow(2, row, 1, new SeededRandom(0, 0));
      assertThat(row).containsExactly(0, 1, 'a', 2, 'a', 3, 'a', 3, 'a');
      corpus.copyRow(4, row, 1, new SeededRandom(0, 0));
      assertThat(row).containsExactly(0, 1, 'e', 1, 'e', 2, 'e', 2, 'e');
    }
    try (FrameCorpus corpus = read(3, 0, 0)) {
      assertThat(corpus.mean()[0]).isEqualTo(9f / 5);
      assertThat(corpus.stddev()[0]).isEqualTo((float) Math.sqrt(19.0 / 5 - 81.0 / 25));
    }
  }

  @Test
  void read_withoutAnyGoodUtterance_isRefused() {
    write("a", 3, new int[] {0, 1, 9});
    assertThatThrownBy(() -> read(3, 1, 1))
        .isInstanceOf(StjemException.class)
        .hasMessage(
            "1 of 1 utterances have a label out of range, more than --max-failed=0.2 allows;"
                + " utterance a: frame 2 is aligned to pdf-id 9, there are 0 … 2");
  }

  @Test
  void read_withMoreBadLabelsThanAllowed_isRefusedThoughOthersAreGood() {
    write(
        "a",
        1,
        new int[] {3},
        "b",
        1,
        new int[] {0},
        "c",
        1,
        new int[] {-1},
        "d",
        1,
        new int[] {1},
        "e",
        1,
        new int[] {2});
    assertThatThrownBy(() -> read(3, 1, 1))
        .isInstanceOf(StjemException.class)
        .hasMessageStartingWith("2 of 5 utterances have a label out of range");
  }

  @Test
  void stddev_ofAFeatureThatNeverVaries_isFlooredWhateverItsValue() throws IOException {
    try (TableWriter<FloatMatrix> feats =
        Tables.writeFloatMatrices("ark:" + folder.resolve("feats.ark"))) {
      FloatMatrix matrix = new FloatMatrix(1000, 3);
      for (int t = 0; t < matrix.rows(); t++) {
        matrix.set(t, 0, 3.3f);
        matrix.set(t, 1, -1e6f);
        matrix.set(t, 2, 1e6f + t % 2);
      }
      feats.write("a", matrix);
      feats.commit();
    }
    try (var feats = Tables.readFloatMatrices("ark:" + folder.resolve("feats.ark"));
        FrameCorpus corpus = FrameCorpus.readUnlabelled(folder, feats, 0, 0, tally)) {
      assertThat(corpus.mean()).containsExactly(3.3f, -1e6f, 1e6f + 0.5f);
      assertThat(corpus.stddev()).containsExactly(1e-5f, 1e-5f, 0.5f);
    }
  }
}
