package org.stjem.imagebench.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.acoustic.eval.ReliabilityDiagram;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.frontend.io.ByteNames;
import org.stjem.imagebench.CifarData;
import org.stjem.imagebench.CifarImages;
import org.stjem.imagebench.CifarReader;
import org.stjem.imagebench.ImageBenchException;
import org.stjem.imagebench.ImageEvaluation;
import org.stjem.imagebench.ImageModelDescription;
import org.stjem.imagebench.ImageModelFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem image-bench eval}. */
@Command(
    description = {
      "Prints accuracy, expected calibration error and negative log-likelihood on the test images"
          + " of DATA, and a table of how well three scores tell them from other images: log p(x),"
          + " the highest posterior, and minus the norm of the gradient of log p(x) in x. The table"
          + " has the area under the ROC of each: 1 is perfect, 0.5 is chance.",
      "As many images as there are test images are made up: 'uniform noise' has independent values,"
          + " 'constant' has one colour, 'interpolated' is the mean of two test images. The test"
          + " images of any other data set can be added by name.",
      "",
      "e.g.: stjem image-bench eval --json=eval.json --plot=eval.png exp/cifar-st-jem"
          + " cifar-10-batches-bin cifar-100=cifar-100-binary",
      ""
    },
    sortOptions = false)
final class EvalCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(EvalCommand.class);

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "a model made by train")
  private Path folder;

  @Parameters(index = "1", paramLabel = "DATA", description = "as for train; of the same classes")
  private Path data;

  @Parameters(
      index = "2..*",
      paramLabel = "NAME=DATA",
      description = "further sets to tell the test images from")
  private List<String> others = List.of();

  @Option(
      names = "--max-images",
      defaultValue = "0",
      description =
          "take at most this many images of each set, chosen by the seed; 0 for all (default:"
              + " ${DEFAULT-VALUE})")
  private int maxImages;

  @Option(
      names = "--minibatch-size",
      defaultValue = "100",
      description = "images that are computed together (default: ${DEFAULT-VALUE})")
  private int batchSize;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seeds the made-up images (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "write all measures, as 'stjem acoustic report' reads them, and the table")
  private Path json;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "write a reliability diagram, as FILE.png or FILE.svg")
  private Path plot;

  @Mixin private EngineArguments engine;

  @Override
  public Integer call() throws IOException {
    if (maxImages < 0) {
      throw new ImageBenchException("--max-images cannot be " + maxImages);
    }
    ImageModelDescription model = ImageModelFolder.describe(folder);
    CifarData set = CifarReader.read(data);
    CifarImages test = chosen(set.test());
    requireClasses(model, test);
    Map<String, CifarImages> sets = new LinkedHashMap<>();
    for (String other : others) {
      int equals = other.indexOf('=');
      if (equals < 1) {
        throw new ImageBenchException("'" + other + "' is not of the form NAME=DATA");
      }
      Path path = ByteNames.path(other.substring(equals + 1));
      sets.put(other.substring(0, equals), chosen(CifarReader.read(path).test()));
    }
    try (EnergyNetwork network = ImageModelFolder.load(folder, engine.configure())) {
      ImageEvaluation.Outcome outcome =
          new ImageEvaluation(network, batchSize, seed).run(test, sets);
      publish(model, set.name(), outcome);
    }
    return 0;
  }

  private CifarImages chosen(CifarImages images) {
    return maxImages == 0 ? images : images.choose(maxImages, seed);
  }

  private void requireClasses(ImageModelDescription model, CifarImages test) {
    model.requireClasses(test, data);
    if (!test.classNames().equals(model.classNames())) {
      LOG.warn(
          "the classes of {} are called {}, those of the model {}; they are matched by number",
          data,
          test.classNames(),
          model.classNames());
    }
  }

  private void publish(ImageModelDescription model, String dataName, ImageEvaluation.Outcome found)
      throws IOException {
    CalibrationReport report = found.report();
    System.out.printf(
        Locale.ROOT,
        "%s, %s on %s: accuracy %.2f %%, ECE %.2f %%, NLL %.4f nats over %d images%n%n",
        model.modelName(),
        model.objective(),
        dataName,
        report.accuracy(),
        report.ece(),
        report.nll(),
        report.frames());
    System.out.print(found.outliers().text("images"));
    if (json != null) {
      Gson gson = new GsonBuilder().serializeSpecialFloatingPointValues().create();
      JsonObject object = gson.toJsonTree(model.result(dataName, report)).getAsJsonObject();
      object.add("outliers", gson.toJsonTree(found.outliers().rows()));
      ImageModelFolder.writeJson(json, object);
    }
    if (plot != null) {
      String title = dataName + ", " + model.objective();
      ReliabilityDiagram.of(List.of(new ReliabilityDiagram.Panel(title, report)), 1)
          .write(plot, "reliability diagram of " + title);
    }
  }
}
