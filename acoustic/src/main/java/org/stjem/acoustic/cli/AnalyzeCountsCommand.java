package org.stjem.acoustic.cli;

import java.util.concurrent.Callable;
import org.stjem.acoustic.options.AlignmentArgument;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiObjects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  @Mixin private final AlignmentArgument aligned = new AlignmentArgument();

  @Option(
      names = "--counts-dim",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "least length of the result, for pdfs at the end that no frame has; a transition model"
              + " knows their number (default ${DEFAULT-VALUE})")
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
    if (countsDim < 0 || countsDim > PdfCounts.MOST_PDFS) {
      throw new StjemException(
          "--counts-dim is " + countsDim + ", must be 0 to " + PdfCounts.MOST_PDFS);
    }
    KaldiObjects.writeDoubleVector(out, binary, PdfCounts.of(alignments, aligned, countsDim));
    return 0;
  }
}
