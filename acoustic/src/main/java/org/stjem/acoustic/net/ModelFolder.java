package org.stjem.acoustic.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.ebm.SafeTensors;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.onnx.NetworkGraph;
import org.stjem.acoustic.onnx.NetworkLayers;
import org.stjem.acoustic.onnx.OnnxFile;
import org.stjem.acoustic.onnx.OnnxGraph;
import org.stjem.acoustic.onnx.OnnxSignature;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.Checksums;
import org.stjem.frontend.io.InputFile;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * A folder that holds one model: {@code model.json}, a {@link ModelDescription}, {@code
 * weights.safetensors}, the parameters by name, or {@code model.onnx}, a network, and perhaps
 * {@code calibration.json}, a {@link PosteriorScaling}, and {@code priors.json}, {@link
 * PriorSettings}.
 */
public final class ModelFolder {
  static final String DESCRIPTION = "model.json";
  private static final String WEIGHTS = "weights.safetensors";
  static final String NETWORK = "model.onnx";
  static final String CALIBRATION = "calibration.json";
  static final String PRIORS = "priors.json";

  /** Statistics of the training features, for {@code online} normalisation. */
  public static final String GLOBAL_STATS = "global_cmvn.stats";

  /** Quantiles of log p(x) and other measures of speech that the model knows. */
  public static final String SPEECH_RANGE = "speech-range.json";

  /** Asks {@link #load} for the calibration in the folder, if there is one. */
  public static final String OWN_CALIBRATION = "auto";

  /** Asks {@link #load} for the logits as they were trained. */
  public static final String NO_CALIBRATION = "none";

  /** Bytes of a file of text: a million pdfs take a fifth of it. */
  private static final long MOST_TEXT = 128 << 20;

  private ModelFolder() {}

  /**
   * Writes description and weights; the description, which makes the folder a model, last. A
   * calibration of earlier weights is removed, and so are priors that were set and what is usual of
   * speech.
   */
  public static void save(Path folder, ModelDescription description, Map<String, Tensor> weights)
      throws IOException {
    Files.createDirectories(folder);
    Files.deleteIfExists(calibration(folder));
    Files.deleteIfExists(folder.resolve(PRIORS));
    Files.deleteIfExists(folder.resolve(SPEECH_RANGE));
    Files.deleteIfExists(folder.resolve(NETWORK));
    new SafeTensors(weights, Map.of("format", "stjem")).write(folder.resolve(WEIGHTS));
    AtomicFile.writeString(folder.resolve(DESCRIPTION), DescriptionText.of(description) + "\n");
  }

  /** The description of the only head, or of the first of several. */
  public static ModelDescription describe(Path folder) {
    return describe(folder, null);
  }

  /**
   * The description of one head, as if the model had no others.
   *
   * @param head its name; null for the first one
   * @throws StjemException as {@link #describeWhole}, or if there is no such head
   */
  public static ModelDescription describe(Path folder, String head) {
    ModelDescription whole = describeWhole(folder);
    try {
      return whole.ofHead(head);
    } catch (StjemException e) {
      throw new StjemException("model " + folder + ": " + e.getMessage(), e);
    }
  }

  /**
   * The description with all heads, without loading the tensor engine.
   *
   * @throws StjemException if the folder holds no model, one of another format version, or one
   *     whose description contradicts itself
   */
  public static ModelDescription describeWhole(Path folder) {
    Path file = folder.resolve(DESCRIPTION);
    InputFile.require(file, MOST_TEXT);
    try {
      return DescriptionText.parse(file.toString(), TextFile.read(file));
    } catch (IOException e) {
      throw new StjemException(
          folder + " is not a model folder: cannot read " + file + ": " + StjemException.reason(e),
          e);
    }
  }

  /**
   * The files that make up the model of {@code folder}, with its calibration and priors if they
   * were set.
   */
  public static List<Path> files(Path folder) {
    List<Path> files = new ArrayList<>();
    files.add(folder.resolve(DESCRIPTION));
    files.add(network(folder));
    if (Files.exists(calibration(folder))) {
      files.add(calibration(folder));
    }
    if (Files.exists(folder.resolve(PRIORS))) {
      files.add(folder.resolve(PRIORS));
    }
    return files;
  }

  /**
   * Refuses a folder some file of which would be waited for, or be far larger than what the
   * description says, before any of them is read as a whole.
   *
   * @throws StjemException naming the file, or if the folder holds no model
   */
  public static void check(Path folder) {
    ModelDescription description = describeWhole(folder);
    for (String name : List.of(CALIBRATION, PRIORS, GLOBAL_STATS)) {
      InputFile.require(folder.resolve(name), MOST_TEXT);
    }
    InputFile.require(
        network(folder),
        isOnnx(folder) ? OnnxFile.MOST_BYTES : ModelWeights.mostBytes(description));
  }

  /** The current format version, for new descriptions. */
  public static int formatVersion() {
    return DescriptionText.FORMAT_VERSION;
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

  /** The priors of the head that is described; those that were set are the first head's. */
  public static PriorSettings priors(Path folder, ModelDescription description) {
    if (!isFirst(folder, description)) {
      return PriorSettings.of(description.classCounts());
    }
    Path file = folder.resolve(PRIORS);
    InputFile.require(file, MOST_TEXT);
    return Files.exists(file)
        ? PriorSettings.read(file, description.classCounts(), description.numPdfs())
        : PriorSettings.of(description.classCounts());
  }

  private static boolean isFirst(Path folder, ModelDescription description) {
    return Objects.equals(description.head(), describe(folder).head());
  }

  /**
   * Sets the priors of a model, of several heads those of the first.
   *
   * @throws StjemException if their counts are not those of so many pdfs, or no priors
   */
  public static void setPriors(Path folder, PriorSettings settings) throws IOException {
    ModelDescription description = describe(folder);
    double[] own = description.classCounts();
    if (settings.classCounts().length != description.numPdfs()) {
      throw new StjemException(
          "the counts are of "
              + settings.classCounts().length
              + " pdfs, model "
              + folder
              + " has "
              + description.numPdfs());
    }
    settings.priors();
    settings.write(folder.resolve(PRIORS), !Arrays.equals(settings.classCounts(), own));
  }

  /** Loads a model to the CPU, calibrated if the folder holds a calibration. */
  public static AcousticModel load(Path folder) {
    return load(folder, Placement.CPU, OWN_CALIBRATION);
  }

  /**
   * Loads a model.
   *
   * @param calibration {@link #OWN_CALIBRATION}, {@link #NO_CALIBRATION}, or a file written by
   *     {@link PosteriorScaling#write}
   * @throws StjemException if the folder holds no model, or a damaged one, or one that the engine
   *     asked for cannot compute
   */
  public static AcousticModel load(Path folder, Placement placement, String calibration) {
    return load(folder, null, placement, calibration);
  }

  /**
   * Loads one head of a model. The calibration in the folder is the first head's.
   *
   * @param head its name; null for the first one
   * @throws StjemException as {@link #load(Path, Placement, String)}, or if there is no such head
   */
  public static AcousticModel load(
      Path folder, String head, Placement placement, String calibration) {
    ModelDescription description = describe(folder, head);
    Optional<PosteriorScaling> scaling = scaling(folder, description, calibration);
    AcousticModel model = load(folder, description, placement);
    return scaling.isPresent() ? new CalibratedModel(model, scaling.get()) : model;
  }

  private static AcousticModel load(
      Path folder, ModelDescription description, Placement placement) {
    Placement chosen = isOnnx(folder) ? placement.ofOnnxFile() : placement;
    if (chosen.resolve() == InferenceEngine.PYTORCH) {
      return TorchModels.loadDensity(folder, description, placement.device());
    }
    PriorSettings priors = priors(folder, description);
    Path file = network(folder);
    if (isOnnx(folder)) {
      ByteBuffer bytes = network(file, description);
      return model(description, priors, file, bytes, Map.of(), placement.threads());
    }
    OnnxGraph graph = graph(description, layers(folder, description));
    ByteBuffer bytes = OnnxFile.bytes(graph.model(Map.of()));
    return model(description, priors, file, bytes, graph.tensorsApart(), placement.threads());
  }

  /** The bytes of a network; damage that the runtime might not survive is noticed before. */
  private static ByteBuffer network(Path file, ModelDescription description) {
    ByteBuffer bytes = OnnxFile.read(file);
    if (description.checksum() != null && !description.checksum().equals(Checksums.sha256(bytes))) {
      throw new StjemException(
          file
              + " is not the file that was imported: its SHA-256 is another than the checksum in "
              + DESCRIPTION);
    }
    return bytes;
  }

  private static FrameModel model(
      ModelDescription description,
      PriorSettings priors,
      Path file,
      ByteBuffer graph,
      Map<String, Tensor> apart,
      int threads) {
    try {
      long[] window = {description.windowFrames(), description.featureDim()};
      LogitNetwork network =
          new OnnxNetwork(
              graph, apart, threads, window, description.numPdfs(), description.output());
      try {
        return new FrameModel(description, priors, network);
      } catch (RuntimeException e) {
        network.close();
        throw e;
      }
    } catch (StjemException e) {
      throw e.at(file);
    }
  }

  /** The network of the weights as an ONNX graph, from normalised windows to logits. */
  private static OnnxGraph graph(ModelDescription description, NetworkLayers layers) {
    int size = description.windowFrames() * description.featureDim();
    OnnxGraph graph = OnnxGraph.withTensorsApart("stjem");
    String windows = graph.input("windows", "rows", size);
    NetworkGraph.add(graph, windows, layers, OnnxSignature.LOGITS);
    graph.output(OnnxSignature.LOGITS, "rows", description.numPdfs());
    return graph;
  }

  /**
   * The parameters of a model by name, weight and bias of each layer in turn; of several heads
   * those of the one that is described, or of all.
   *
   * @throws StjemException if the folder has none, or others than its description says
   */
  public static Map<String, Tensor> weights(Path folder, ModelDescription description) {
    requireWeights(folder);
    DescriptionText.checkNetwork(folder.resolve(DESCRIPTION).toString(), description);
    ModelDescription whole = describeWhole(folder);
    if (whole.heads().isEmpty() || !description.heads().isEmpty()) {
      return read(folder, description);
    }
    return ModelWeights.ofHead(read(folder, whole), whole, whole.outputs(description.head()));
  }

  private static Map<String, Tensor> read(Path folder, ModelDescription description) {
    InputFile.require(folder.resolve(WEIGHTS), ModelWeights.mostBytes(description));
    return ModelWeights.read(folder.resolve(WEIGHTS), description);
  }

  /**
   * The layers of a model with their weights.
   *
   * @throws StjemException if the folder has no weights, or others than its description says
   */
  public static NetworkLayers layers(Path folder, ModelDescription description) {
    return NetworkLayers.of(
        description.convolutions(), weights(folder, description), description.activation());
  }

  /** Of a folder without weights, says what it cannot do. */
  static void requireWeights(Path folder) {
    if (isOnnx(folder)) {
      throw new StjemException(
          folder
              + " holds a network as "
              + NETWORK
              + ", which gives scores but neither gradients nor weights; PyTorch and what trains,"
              + " samples or exports need a model with "
              + WEIGHTS);
    }
  }

  /**
   * Whether the model is a network in an ONNX file rather than weights.
   *
   * @throws StjemException if the folder has both, so that nobody knows which of them is meant
   */
  public static boolean isOnnx(Path folder) {
    boolean network = Files.exists(folder.resolve(NETWORK));
    if (network && Files.exists(folder.resolve(WEIGHTS))) {
      throw new StjemException(
          folder
              + " has both "
              + WEIGHTS
              + " and "
              + NETWORK
              + "; remove the one that is not meant");
    }
    return network;
  }

  /** The file of weights or of the network. */
  public static Path network(Path folder) {
    return folder.resolve(isOnnx(folder) ? NETWORK : WEIGHTS);
  }

  /** As {@link #scaling(Path, String)}, of a head; the folder's is the first head's. */
  public static Optional<PosteriorScaling> scaling(
      Path folder, ModelDescription description, String calibration) {
    boolean none = calibration.equals(OWN_CALIBRATION) && !isFirst(folder, description);
    return scaling(folder, none ? NO_CALIBRATION : calibration);
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
      case OWN_CALIBRATION -> {
        InputFile.require(calibration(folder), MOST_TEXT);
        yield Files.exists(calibration(folder))
            ? Optional.of(PosteriorScaling.read(calibration(folder)))
            : Optional.empty();
      }
      default -> Optional.of(PosteriorScaling.read(ByteNames.path(calibration)));
    };
  }
}
