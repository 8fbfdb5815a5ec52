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
import java.util.Map;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.SafeTensors;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;

/**
 * A folder that holds one model: {@code model.json}, a {@link ModelDescription}, and {@code
 * weights.safetensors}, the parameters by name.
 */
public final class ModelFolder {
  private static final String DESCRIPTION = "model.json";
  private static final String WEIGHTS = "weights.safetensors";
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

  /** Writes description and weights; the description, which makes the folder a model, last. */
  public static void save(Path folder, ModelDescription description, Map<String, Tensor> weights)
      throws IOException {
    Files.createDirectories(folder);
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
   * @throws StjemException if the folder holds no model or one of another format version
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
    } catch (JsonParseException e) {
      throw new StjemException(file + " is not a model description: " + e.getMessage(), e);
    }
    if (description == null || description.formatVersion() != FORMAT_VERSION) {
      throw new StjemException(
          file
              + ": format version "
              + (description == null ? "missing" : description.formatVersion())
              + ", this program reads version "
              + FORMAT_VERSION);
    }
    return description;
  }

  /** The current format version, for new descriptions. */
  public static int formatVersion() {
    return FORMAT_VERSION;
  }

  /** Loads a model to the CPU, or to a CUDA device if there is one. */
  public static AcousticModel load(Path folder) {
    return load(folder, "auto");
  }

  /**
   * Loads a model.
   *
   * @param device {@code auto}, {@code cpu} or {@code cuda}
   * @throws StjemException if the folder holds no model, or a damaged one
   */
  public static AcousticModel load(Path folder, String device) {
    ModelDescription description = describe(folder);
    Path file = folder.resolve(WEIGHTS);
    EnergyNetwork network = newNetwork(description, EnergyNetwork.device(device));
    try {
      network.setWeights(SafeTensors.read(file).tensors());
      network.setTrainable(false);
      return new FrameModel(description, network);
    } catch (IOException e) {
      network.close();
      throw new StjemException("cannot read " + file + ": " + e.getMessage(), e);
    } catch (StjemException e) {
      network.close();
      throw new StjemException(file + ": " + e.getMessage(), e);
    }
  }
}
