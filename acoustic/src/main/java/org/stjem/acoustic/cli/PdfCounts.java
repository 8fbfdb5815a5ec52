package org.stjem.acoustic.cli;

import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.options.AlignmentArgument;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
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
   * @param map makes pdf-ids of the alignments' values
   * @param least least length of the result
   * @return frames of each pdf; empty if no utterance went well
   */
  static double[] of(String alignments, AlignmentArgument.PdfMap map, int least) {
    double[] counts = new double[Math.max(least, map.numPdfs())];
    int done = 0;
    int failed = 0;
    try (SequentialTableReader<int[]> table = Tables.readIntVectors(alignments)) {
      while (table.next()) {
        try {
          counts = add(map.pdfs(table.value()), counts);
          done++;
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          LOG.warn("utterance {} is skipped: {}", table.key(), e.getMessage());
          failed++;
        }
      }
    }
    LOG.info("Done {} utterances, failed for {}", done, failed);
    return done == 0 ? new double[0] : counts;
  }

  /** Adds an utterance's frames to the counts, which grow where need be. */
  private static double[] add(int[] pdfs, double[] counts) {
    int most = -1;
    for (int t = 0; t < pdfs.length; t++) {
      if (pdfs[t] < 0 || pdfs[t] >= MOST_PDFS) {
        throw new EntryException(
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
