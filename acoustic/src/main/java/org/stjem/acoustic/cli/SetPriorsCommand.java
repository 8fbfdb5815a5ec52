package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.options.AlignmentArgument;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiObjects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic set-priors}: the priors a model folder keeps. */
@Command(
    description = {
      "Sets the class priors of a model: frames of each pdf, from counts or from alignments, a"
          + " floor and a scale. They are kept as its priors.json, which 'forward', 'serve' and"
          + " 'combine' then go by, unless their own options say otherwise; training anew removes"
          + " it. What is not given stays as it is; without options the command shows what holds.",
      "A new model has the counts of its training frames, floor 1e-10 and scale 1. Models that are"
          + " to share a prior are given the same counts.",
      "",
      "  stjem acoustic set-priors --prior-scale=0.5 exp/clean",
      "  stjem acoustic set-priors --transition-model=final.mdl \\",
      "    --alignments='ark:gunzip -c ali.*.gz|' exp/clean",
      ""
    },
    sortOptions = false)
final class SetPriorsCommand implements Callable<Integer> {
  @Option(
      names = "--class-frame-counts",
      paramLabel = "FILE",
      description = "vector of frames of each pdf, as 'analyze-counts' writes it")
  private String classFrameCounts;

  @Option(
      names = "--alignments",
      paramLabel = "ALI-RSPECIFIER",
      description = "integer vectors, one value per frame, to count the frames of each pdf in")
  private String alignments;

  @Mixin private final AlignmentArgument aligned = new AlignmentArgument();

  @Option(
      names = "--prior-floor",
      paramLabel = "FREQUENCY",
      description = "pdfs of a relative frequency below this are switched off")
  private Double floor;

  @Option(names = "--prior-scale", paramLabel = "FACTOR", description = "weight of the log prior")
  private Double scale;

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Override
  public Integer call() throws IOException {
    if (classFrameCounts != null && alignments != null) {
      throw new StjemException("--class-frame-counts and --alignments do not go together");
    }
    if (aligned.isGiven() && alignments == null) {
      throw new StjemException("--transition-model is of no use without --alignments");
    }
    PriorSettings stored = ModelFolder.priors(folder);
    double[] counts = counts(stored.classCounts());
    if (counts.length == 0) {
      throw new StjemException(
          folder + " knows no priors; give --class-frame-counts or --alignments");
    }
    PriorSettings settings =
        new PriorSettings(counts, stored.floor(), stored.scale()).with(floor, scale);
    if (classFrameCounts != null || alignments != null || floor != null || scale != null) {
      ModelFolder.setPriors(folder, settings);
    }
    double sum = 0;
    int off = 0;
    for (double count : counts) {
      sum += count;
    }
    for (double count : counts) {
      off += count / sum < settings.floor() ? 1 : 0;
    }
    System.out.printf(
        Locale.ROOT,
        "%d pdfs of %.0f frames, %d under the floor of %g; scale %g%n",
        counts.length,
        sum,
        off,
        settings.floor(),
        settings.scale());
    return 0;
  }

  private double[] counts(double[] stored) {
    if (classFrameCounts != null) {
      return KaldiObjects.readDoubleVector(classFrameCounts);
    }
    return alignments == null
        ? stored
        : PdfCounts.of(alignments, aligned, ModelFolder.describe(folder).numPdfs());
  }
}
