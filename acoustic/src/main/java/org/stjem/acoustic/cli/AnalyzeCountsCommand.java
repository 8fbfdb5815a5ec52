package org.stjem.acoustic.cli;

import java.util.Arrays;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic analyze-counts}: frame counts of pdfs, as Kaldi's analyze-counts. */
@Command(
    description = {
      "Counts the frames of each pdf in alignments, as Kaldi's analyze-counts; 'forward' and"
          + " 'combine forward' take the result as --class-frame-counts.",
      "",
      "  stjem acoustic analyze-counts --transition-model=final.mdl 'ark:gunzip -c ali.*.gz|' counts",
      ""
    })
final class AnalyzeCountsCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(AnalyzeCountsCommand.class);

  /** Larger values in a pdf alignment are taken for damage rather than for that many pdfs. */
  private static final int MOST_PDFS = 1 << 24;

  @Option(
      names = "--transition-model",
      paramLabel = "FILE",
      description =
          "model that maps the alignment's transition-ids to pdf-ids, and knows the number of pdfs"
              + " (default: the alignment holds pdf-ids)")
  private String transitionModel;

  @Option(
      names = "--counts-dim",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "least length of the result, for pdfs at the end that no frame has (default"
              + " ${DEFAULT-VALUE})")
  private int countsDim;

  @Option(
      names = "--binary",
      arity = "0..1",
      paramLabel = "BOOL",
      defaultValue = "false",
      fallbackValue = "true",
      description = "write in binary form (default ${DEFAULT-VALUE})")
  private boolean binary;

  @Parameters(
      index = "0",
      paramLabel = "ALI-RSPECIFIER",
      description = "integer vectors, one value per frame")
  private String alignments;

  @Parameters(index = "1", paramLabel = "COUNTS-WXFILENAME", description = "vector of counts")
  private String out;

  @Override
  public Integer call() {
    if (countsDim < 0 || countsDim > MOST_PDFS) {
      throw new StjemException("--counts-dim is " + countsDim + ", must be 0 to " + MOST_PDFS);
    }
    TransitionModel transitions =
        transitionModel == null ? null : TransitionModel.read(transitionModel);
    double[] counts =
        new double[Math.max(countsDim, transitions == null ? 0 : transitions.numPdfs())];
    int done = 0;
    int failed = 0;
    try (SequentialTableReader<int[]> table = Tables.readIntVectors(alignments)) {
      while (table.next()) {
        try {
          int[] pdfs = transitions == null ? table.value() : transitions.pdfs(table.value());
          counts = add(pdfs, counts);
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
    if (done == 0) {
      return 1;
    }
    KaldiObjects.writeDoubleVector(out, binary, counts);
    return 0;
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
