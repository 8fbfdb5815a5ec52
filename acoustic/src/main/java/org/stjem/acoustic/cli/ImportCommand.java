package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.Computation;
import org.stjem.acoustic.net.NetworkImport;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiObjects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stjem acoustic import}: a model folder of an ONNX file. */
@Command(
    description = {
      "Makes a model folder of an acoustic network in an ONNX file, which is then served, scored"
          + " with, calibrated and combined like one that was trained here. Training and what needs"
          + " gradients (ood, estimate-log-z) do not work on it.",
      "The network takes windows of frames, [rows, frames * dim] or [rows, frames, dim] with a free"
          + " first size, and gives [rows, pdfs]: float32 at both ends, whatever is between. What it"
          + " gives is taken for logits f(x)_y. Log-posteriors do as well, but say nothing of log"
          + " p(x), by which mixtures go; take the softmax off for those. Probabilities do not.",
      "A file of 'acoustic export --format=onnx --input=windows' needs no options.",
      "",
      "  stjem acoustic import --onnx=tdnn.onnx --left-context=4 --right-context=4 \\",
      "    --class-frame-counts=counts --feature-normalisation='per-utterance mean' exp/tdnn",
      ""
    },
    sortOptions = false)
final class ImportCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ImportCommand.class);

  @Spec private CommandSpec spec;

  @Option(names = "--onnx", paramLabel = "FILE", required = true, description = "the network")
  private Path onnx;

  @Option(
      names = "--left-context",
      paramLabel = "FRAMES",
      description =
          "frames of a window before the current one (default: what the input leaves over; needed if"
              + " --right-context is not given, unless a window is one frame)")
  private Integer leftContext;

  @Option(
      names = "--right-context",
      paramLabel = "FRAMES",
      description = "frames of a window behind it (default: likewise)")
  private Integer rightContext;

  @Option(
      names = "--feature-dim",
      paramLabel = "DIM",
      description = "dimension of one frame (default: what the input and the context say)")
  private Integer featureDim;

  @Option(
      names = "--num-pdfs",
      paramLabel = "PDFS",
      description = "number of pdfs, for an output that leaves it open (default: the output's)")
  private Integer numPdfs;

  @Option(
      names = "--output-name",
      paramLabel = "NAME",
      description = "output that holds the logits (default: 'logits', or the only one)")
  private String outputName;

  @Option(
      names = "--class-frame-counts",
      paramLabel = "FILE",
      description =
          "vector of training frames of each pdf, as 'analyze-counts' writes it, for priors. Without"
              + " it the model gives logits but no log-likelihoods until 'set-priors' is told them")
  private String classFrameCounts;

  @Option(
      names = "--input-mean",
      paramLabel = "FILE",
      description = "vector that is taken off every frame (default: zeros)")
  private String inputMean;

  @Option(
      names = "--input-stddev",
      paramLabel = "FILE",
      description = "vector that every frame is then divided by (default: ones)")
  private String inputStddev;

  @Option(
      names = "--frame-shift",
      paramLabel = "MS",
      defaultValue = "10",
      description = "frame shift of the features in milliseconds (default: ${DEFAULT-VALUE})")
  private double frameShift;

  @Option(
      names = "--feature-config",
      paramLabel = "FILE",
      description = "the frontend's configuration file, recorded in the model")
  private Path featureConfig;

  @Option(
      names = "--feature-normalisation",
      paramLabel = "WORDS",
      defaultValue = "none",
      description =
          "what was done to the features, in words, recorded in the model (default:"
              + " ${DEFAULT-VALUE})")
  private String featureNormalisation;

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "folder to make")
  private Path folder;

  @Override
  public Integer call() {
    if (!(frameShift > 0) || Double.isInfinite(frameShift)) {
      throw new StjemException("--frame-shift is " + frameShift + ", must be positive");
    }
    NetworkImport.Options options =
        new NetworkImport.Options(
            leftContext,
            rightContext,
            featureDim,
            numPdfs,
            outputName,
            frameShift,
            featureNormalisation,
            featureConfig == null ? Map.of() : FeatureConfig.read(featureConfig),
            inputMean == null ? null : KaldiObjects.readFloatVector(inputMean),
            inputStddev == null ? null : KaldiObjects.readFloatVector(inputStddev),
            classFrameCounts == null
                ? new double[0]
                : KaldiObjects.readDoubleVector(classFrameCounts),
            given());
    Computation computation = NetworkImport.run(onnx, options, folder);
    LOG.info("{}: {}", folder, computation);
    return 0;
  }

  /** The options on the command line that say something of the network. */
  private Map<String, String> given() {
    Map<String, String> given = new LinkedHashMap<>();
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      String name = option.longestName().substring(2);
      if (!name.equals("onnx")) {
        given.put(name, String.valueOf((Object) option.getValue()));
      }
    }
    return given;
  }
}
