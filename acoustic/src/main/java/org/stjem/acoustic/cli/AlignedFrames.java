package org.stjem.acoustic.cli;

import org.slf4j.Logger;
import org.stjem.acoustic.align.PdfMap;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.options.AlignmentArgument;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Mixin;

/** Reads a table of matrices together with the pdf that each frame is aligned to. */
final class AlignedFrames {
  @Mixin private final AlignmentArgument aligned = new AlignmentArgument();

  /** Takes an utterance. */
  @FunctionalInterface
  interface Use {
    /**
     * Takes an utterance.
     *
     * @param matrix [frames, columns]
     * @param pdfs one pdf-id per frame
     * @throws StjemException if the utterance is of no use
     */
    void take(String key, FloatMatrix matrix, int[] pdfs);
  }

  /**
   * Hands over each utterance of {@code matrices}. One that has no alignment, or that {@code use}
   * refuses, is warned about and skipped.
   *
   * @throws StjemException if no utterance went well, or too many had a label out of range
   */
  void read(String matrices, String alignments, Use use, Logger log) {
    UtteranceTally tally = aligned.tally(log);
    PdfMap map = aligned.read();
    try (SequentialTableReader<FloatMatrix> entries = Tables.readFloatMatrices(matrices);
        RandomAccessTableReader<int[]> labels = Tables.lookUpIntVectors(alignments)) {
      while (entries.next()) {
        try {
          int[] pdfs = map.pdfs(labels.value(entries.key()));
          use.take(entries.key(), entries.value(), pdfs);
          tally.done();
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          tally.failed(entries.key(), e);
        }
      }
    }
    tally.finish();
  }
}
