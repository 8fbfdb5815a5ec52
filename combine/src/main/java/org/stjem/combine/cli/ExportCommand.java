package org.stjem.combine.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.options.OnnxExportArguments;
import org.stjem.combine.Mixture;
import org.stjem.combine.MixtureExport;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code stjem combine export}: a mixture as one ONNX file. */
@Command(
    description = {
      "Writes a mixture of model folders as one ONNX file that any runtime computes: from frames or"
          + " windows of the widest context to log p(x, y), log-likelihoods and log p(x). Weights,"
          + " log Z, the members' calibrations, the mixture's and its prior are part of it.",
      "Pooling of log p(x) over frames, other methods than the mixture, logit tables and members on"
          + " servers cannot be exported.",
      "",
      "  stjem combine export --log-z=3.6931,-0.3069 exp/clean exp/reverberant mixture.onnx",
      ""
    })
final class ExportCommand implements Callable<Integer> {
  @Mixin private CombinationArguments how;

  @Mixin private OnnxExportArguments onnx;

  @Parameters(
      arity = "2..*",
      paramLabel = "MODEL-DIR... FILE",
      description = "one or more model folders, then the file to write")
  private List<String> arguments;

  @Override
  public Integer call() {
    List<String> names = arguments.subList(0, arguments.size() - 1);
    Path file = ByteNames.path(arguments.get(arguments.size() - 1));
    int size = names.size();
    how.checkFrameByFrame();
    Mixture mixture = new Mixture(how.weights(size), how.offsets(size));
    for (String name : names) {
      if (!Files.isDirectory(ByteNames.path(name))) {
        throw new StjemException(
            name + " is no model folder; tables and members on servers cannot be exported");
      }
    }
    List<Path> folders = names.stream().map(Path::of).toList();
    List<Optional<PriorSettings>> stored =
        folders.stream()
            .map(folder -> Optional.of(ModelFolder.priors(folder)))
            .map(priors -> priors.filter(PriorSettings::areKnown))
            .toList();
    boolean knowsPriors =
        how.hasClassFrameCounts() || stored.stream().allMatch(Optional::isPresent);
    new MixtureExport(
            folders,
            how.calibrations(size),
            mixture,
            how.densityScale(),
            how.mixtureCalibration(),
            knowsPriors ? how.priors(names, stored) : how.priorsWithoutCounts(names, stored),
            String.join("\n", names) + "\n" + how.description(size))
        .write(onnx.options(), file);
    return 0;
  }
}
