package org.stjem.acoustic.net;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.ebm.SafeTensors;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;

/**
 * A folder that holds one model: {@code model.json}, a {@link ModelDescription}, {@code
 * weights.safetensors}, the parameters by name, and perhaps {@code calibration.json}, a {@link
 * PosteriorScaling}, and {@code priors.json}, {@link PriorSettings}.
 */
public final class ModelFolder {
  private static final String DESCRIPTION = "model.json";
  private static final String WEIGHTS = "weights.safetensors";
  private static final String CALIBRATION = "calibration.json";
  private static final String PRIORS = "priors.json";

  /** Asks {@link #load} for the calibration in the folder, if there is one. */
  public static final String OWN_CALIBRATION = "auto";

  /** Asks {@link #load} for the logits as they were trained. */
  public static final String NO_CALIBRATION = "none";

  private static final int FORMAT_VERSION = 1;

  private ModelFolder() {}

  /** The network that {@code description} describes, with fresh weights. */
  public static EnergyNetwork newNetwork(ModelDescription description, Device device) {
    if (!description.architecture().equals("mlp")) {
      throw new StjemException(
          "no architecture '" + description.architecture() + "'; there is mlp");
    }
    int frames = description.leftContext() + 1 + description.rightContext();
    return new EnergyNetwork(
        device,
        Networks.mlp(description.hiddenLayers(), description.activation(), description.numPdfs()),
        new Shape((long) frames * description.featureDim()),
        new SeededRandom(description.seed(), 0));
  }

  /**
   * Writes description and weights; the description, which makes the folder a model, last. A
   * calibration of earlier weights is removed, and so are priors that were set.
   */
  public static void save(Path folder, ModelDescription description, Map<String, Tensor> weights)
      throws IOException {
    Files.createDirectories(folder);
    Files.deleteIfExists(calibration(folder));
    Files.deleteIfExists(folder.resolve(PRIORS));
    new SafeTensors(weights, Map.of("format", "stjem")).write(folder.resolve(WEIGHTS));
    AtomicFile.writeString(
        folder.resolve(DESCRIPTION),
        new GsonBuilder()
                .setPrettyPrinting()
                .serializeSpecialFloatingPointValues()
                .create()
                .toJson(description)
            + "\n");
  }

  /**
   * The description alone, without loading the tensor engine.
   *
   * @throws StjemException if the folder holds no model, one of another format version, or one
   *     whose description contradicts itself
   */
  public static ModelDescription describe(Path folder) {
    Path file = folder.resolve(DESCRIPTION);
    ModelDescription description;
    try {
      description =
          new Gson()
              .fromJson(Files.readString(file, StandardCharsets.UTF_8), ModelDescription.class);
    } catch (IOException e) {
      throw new StjemException(folder + " is not a model folder: cannot read " + file, e);
    } catch (JsonParseException | IllegalArgumentException e) {
      // Gson lets faults of numbers through, and without a message if one is null in a list.
      String fault = Objects.requireNonNullElse(e.getMessage(), "null in a list of numbers");
      throw new StjemException(file + " is not a model description: " + fault, e);
    }
    if (description == null || description.formatVersion() != FORMAT_VERSION) {
      throw new StjemException(
          file
              + ": format version "
              + (description == null ? "missing" : description.formatVersion())
              + ", this program reads version "
              + FORMAT_VERSION);
    }
    check(file, description);
    return description;
  }

  private static void check(Path file, ModelDescription it) {
    require(file, it.architecture() != null, "no architecture");
    require(file, it.activation() != null, "no activation");
    require(file, it.objective() != null, "no objective");
    require(file, it.featureNormalisation() != null, "no featureNormalisation");
    require(file, it.featureOptions() != null, "no featureOptions");
    require(file, it.training() != null, "no training");
    require(file, it.revision() != null, "no revision");
    require(file, it.featureDim() > 0, "featureDim " + it.featureDim() + " is not positive");
    require(file, it.numPdfs() > 0, "numPdfs " + it.numPdfs() + " is not positive");
    require(
        file,
        it.hiddenLayers() != null
            && it.hiddenLayers().stream().allMatch(units -> units != null && units > 0),
        "hiddenLayers " + it.hiddenLayers() + " are not positive numbers");
    long frames = 1L + it.leftContext() + it.rightContext();
    require(
        file,
        it.leftContext() >= 0
            && it.rightContext() >= 0
            && frames * it.featureDim() < Integer.MAX_VALUE,
        "a context of " + it.leftContext() + " and " + it.rightContext() + " frames");
    require(
        file,
        it.inputMean() != null && it.inputMean().length == it.featureDim(),
        "inputMean has not the length featureDim, " + it.featureDim());
    require(
        file,
        it.inputStddev() != null && it.inputStddev().length == it.featureDim(),
        "inputStddev has not the length featureDim, " + it.featureDim());
    require(
        file,
        it.classCounts() != null && it.classCounts().length == it.numPdfs(),
        "classCounts has not the length numPdfs, " + it.numPdfs());
  }

  private static void require(Path file, boolean holds, String otherwise) {
    if (!holds) {
      throw new StjemException(file + ": " + otherwise);
    }
  }

  /** Holds the network described against the weights there are, before it is made. */
  private static void checkSize(ModelDescription description, SafeTensors weights) {
    double inputs =
        (1.0 + description.leftContext() + description.rightContext()) * description.featureDim();
    double needed = 0;
    for (int units : description.hiddenLayers()) {
      needed += (inputs + 1) * units;
      inputs = units;
    }
    needed += (inputs + 1) * description.numPdfs();
    long stored =
        weights.tensors().values().stream().mapToLong(tensor -> tensor.values().length).sum();
    if (stored != needed) {
      throw new StjemException(
          String.format(
              Locale.ROOT, "%d weights, the network of %s has %.0f", stored, DESCRIPTION, needed));
    }
  }

  /**
   * The files that make up the model of {@code folder}, with its calibration and priors if they
   * were set.
   */
  public static List<Path> files(Path folder) {
    List<Path> files = new ArrayList<>();
    files.add(folder.resolve(DESCRIPTION));
    files.add(folder.resolve(WEIGHTS));
    if (Files.exists(calibration(folder))) {
      files.add(calibration(folder));
    }
    if (Files.exists(folder.resolve(PRIORS))) {
      files.add(folder.resolve(PRIORS));
    }
    return files;
  }

  /** The current format version, for new descriptions. */
  public static int formatVersion() {
    return FORMAT_VERSION;
  }

  /** Where the calibration of the model in {@code folder} is kept. */
  public static Path calibration(Path folder) {
    return folder.resolve(CALIBRATION);
  }

  /**
   * The priors of a model: those that were set, or the counts of its training frames with Kaldi's
   * floor and scale.
   *
   * @throws StjemException if the folder holds no model, or its priors are damaged
   */
  public static PriorSettings priors(Path folder) {
    return priors(folder, describe(folder));
  }

  private static PriorSettings priors(Path folder, ModelDescription description) {
    Path file = folder.resolve(PRIORS);
    return Files.exists(file)
        ? PriorSettings.read(file, description.classCounts())
        : PriorSettings.of(description.classCounts());
  }

  /**
   * Sets the priors of a model.
   *
   * @throws StjemException if their counts are not those of so many pdfs, or no priors
   */
  public static void setPriors(Path folder, PriorSettings settings) throws IOException {
    double[] own = describe(folder).classCounts();
    if (settings.classCounts().length != own.length) {
      throw new StjemException(
          "the counts are of "
              + settings.classCounts().length
              + " pdfs, model "
              + folder
              + " has "
              + own.length);
    }
    settings.priors();
    settings.write(folder.resolve(PRIORS), !Arrays.equals(settings.classCounts(), own));
  }

  /** Loads a model to the CPU, or to a CUDA device if there is one, calibrated if it can be. */
  public static AcousticModel load(Path folder) {
    return load(folder, "auto");
  }

  /** Loads a model, calibrated if the folder holds a calibration. */
  public static AcousticModel load(Path folder, String device) {
    return load(folder, device, OWN_CALIBRATION);
  }

  /**
   * Loads a model.
   *
   * @param device {@code auto}, {@code cpu} or {@code gpu0}
   * @param calibration {@link #OWN_CALIBRATION}, {@link #NO_CALIBRATION}, or a file written by
   *     {@link PosteriorScaling#write}
   * @throws StjemException if the folder holds no model, or a damaged one
   */
  public static AcousticModel load(Path folder, String device, String calibration) {
    Optional<PosteriorScaling> scaling = scaling(folder, calibration);
    AcousticModel model = loadDensity(folder, device);
    return scaling.isPresent() ? new CalibratedModel(model, scaling.get()) : model;
  }

  /**
   * Loads a model without its calibration, which says nothing of p(x).
   *
   * @param device {@code auto}, {@code cpu} or {@code gpu0}
   * @throws StjemException if the folder holds no model, or a damaged one
   */
  public static DensityModel loadDensity(Path folder, String device) {
    ModelDescription description = describe(folder);
    return new FrameModel(
        description, priors(folder, description), network(folder, description, device));
  }

  /**
   * Loads the network of a model alone, whose rows are windows of normalised frames.
   *
   * @param device {@code auto}, {@code cpu} or {@code gpu0}
   * @throws StjemException if the folder holds no model, or a damaged one
   */
  public static EnergyNetwork loadNetwork(Path folder, String device) {
    return network(folder, describe(folder), device);
  }

  /**
   * The weights of a model by name, without loading the tensor engine.
   *
   * @throws StjemException if they cannot be read or are not as many as the description says
   */
  public static Map<String, Tensor> weights(Path folder, ModelDescription description) {
    SafeTensors weights = readWeights(folder);
    try {
      checkSize(description, weights);
    } catch (StjemException e) {
      throw new StjemException(folder.resolve(WEIGHTS) + ": " + e.getMessage(), e);
    }
    return weights.tensors();
  }

  private static SafeTensors readWeights(Path folder) {
    Path file = folder.resolve(WEIGHTS);
    try {
      return SafeTensors.read(file);
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static EnergyNetwork network(Path folder, ModelDescription description, String device) {
    Path file = folder.resolve(WEIGHTS);
    SafeTensors weights = readWeights(folder);
    EnergyNetwork network = null;
    try {
      checkSize(description, weights);
      network = newNetwork(description, Engines.device(device));
      network.setWeights(weights.tensors());
      network.setTrainable(false);
      return network;
    } catch (StjemException e) {
      if (network != null) {
        network.close();
      }
      throw new StjemException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The calibration of a model that is asked for, if there is one.
   *
   * @param calibration {@link #OWN_CALIBRATION}, {@link #NO_CALIBRATION}, or a file
   * @throws StjemException if it cannot be read or is damaged
   */
  public static Optional<PosteriorScaling> scaling(Path folder, String calibration) {
    return switch (calibration) {
      case NO_CALIBRATION -> Optional.empty();
      case OWN_CALIBRATION ->
          Files.exists(calibration(folder))
              ? Optional.of(PosteriorScaling.read(calibration(folder)))
              : Optional.empty();
      default -> Optional.of(PosteriorScaling.read(Path.of(calibration)));
    };
  }
}
