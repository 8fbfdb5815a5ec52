package org.stjem.acoustic.cli;

import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.LabelException;
import org.stjem.acoustic.align.PdfMap;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.options.AlignmentArgument;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.Tables;

/** Counts the frames of each pdf in alignments. */
final class PdfCounts {
  private static final Logger LOG = LoggerFactory.getLogger(PdfCounts.class);

  /** Larger values in a pdf alignment are taken for damage rather than for that many pdfs. */
  static final int MOST_PDFS = 1 << 24;

  private PdfCounts() {}

  /**
   * Counts. An utterance with a bad value is warned about and left out.
   *
   * @param aligned what the alignments' values are
   * @param least least length of the result
   * @return frames of each pdf
   * @throws StjemException if no utterance went well, or too many had a label out of range
   */
  static double[] of(String alignments, AlignmentArgument aligned, int least) {
    UtteranceTally tally = aligned.tally(LOG);
    PdfMap map = aligned.read();
    double[] counts = new double[Math.max(least, map.numPdfs())];
    try (SequentialTableReader<int[]> table = Tables.readIntVectors(alignments)) {
      while (table.next()) {
        try {
          counts = add(map.pdfs(table.value()), counts);
          tally.done();
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          tally.failed(table.key(), e);
        }
      }
    }
    tally.finish();
    return counts;
  }

  /** Adds an utterance's frames to the counts, which grow where need be. */
  private static double[] add(int[] pdfs, double[] counts) {
    int most = -1;
    for (int t = 0; t < pdfs.length; t++) {
      if (pdfs[t] < 0 || pdfs[t] >= MOST_PDFS) {
        throw new LabelException(
            "frame " + t + " is aligned to pdf " + pdfs[t] + ", must be 0 to " + (MOST_PDFS - 1));
      }
      most = Math.max(most, pdfs[t]);
    }
    double[] sums = most < counts.length ? counts : Arrays.copyOf(counts, most + 1);
    for (int pdf : pdfs) {
      sums[pdf]++;
    }
    return sums;
  }
}
