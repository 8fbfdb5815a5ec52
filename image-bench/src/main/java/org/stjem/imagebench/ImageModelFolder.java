package org.stjem.imagebench;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.ebm.SafeTensors;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.JsonFault;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * A folder that holds one image model: {@code model.json}, an {@link ImageModelDescription}, and
 * {@code weights.safetensors}, the parameters by name.
 */
public final class ImageModelFolder {
  static final int FORMAT_VERSION = 1;
  static final String ARCHITECTURE = "wide-resnet";
  private static final String DESCRIPTION = "model.json";
  private static final String WEIGHTS = "weights.safetensors";

  private ImageModelFolder() {}

  /** The network that {@code description} describes, with fresh weights. */
  static EnergyNetwork newNetwork(ImageModelDescription description, Device device) {
    return new EnergyNetwork(
        device,
        WideResNet.block(
            description.depth(),
            description.width(),
            description.classNames().size(),
            description.batchNorm()),
        new Shape(CifarImages.CHANNELS, CifarImages.SIDE, CifarImages.SIDE),
        new SeededRandom(description.seed(), 0));
  }

  /** Writes description and weights; the description, which makes the folder a model, last. */
  static void save(Path folder, ImageModelDescription description, Map<String, Tensor> weights)
      throws IOException {
    new SafeTensors(weights, Map.of("format", "stjem")).write(folder.resolve(WEIGHTS));
    writeJson(folder.resolve(DESCRIPTION), description);
  }

  /** Writes {@code value} as JSON, whole or not at all; what is not a number as NaN. */
  public static void writeJson(Path file, Object value) throws IOException {
    Gson gson =
        new GsonBuilder().setPrettyPrinting().serializeSpecialFloatingPointValues().create();
    AtomicFile.writeString(file, ByteText.json(gson.toJson(value)) + "\n");
  }

  /** The file of parameters. */
  public static Path weights(Path folder) {
    return folder.resolve(WEIGHTS);
  }

  /**
   * Loads a model, with its parameters frozen.
   *
   * @param device {@code auto}, {@code cpu} or {@code gpu0}
   * @throws ImageBenchException if the folder holds no model, or a damaged one
   */
  public static EnergyNetwork load(Path folder, String device) {
    ImageModelDescription description = describe(folder);
    Path file = weights(folder);
    EnergyNetwork network = newNetwork(description, Engines.device(device));
    try {
      network.setWeights(SafeTensors.readWeights(file).tensors());
      network.setTrainable(false);
      return network;
    } catch (IOException e) {
      network.close();
      throw new ImageBenchException("cannot read " + file + ": " + StjemException.reason(e), e);
    } catch (StjemException e) {
      network.close();
      throw e.at(file);
    }
  }

  /**
   * The parameters of a model, for a network of {@code wanted} to start from.
   *
   * @throws ImageBenchException if the folder holds no model, or one of another network; names what
   *     differs
   */
  static Map<String, Tensor> weightsFor(ImageModelDescription wanted, Path folder) {
    ImageModelDescription has = describe(folder);
    if (!has.modelName().equals(wanted.modelName())
        || has.classNames().size() != wanted.classNames().size()) {
      throw new ImageBenchException(
          "--init: the model of "
              + folder
              + " is a "
              + has.modelName()
              + " of "
              + has.classNames().size()
              + " classes, to be trained is a "
              + wanted.modelName()
              + " of "
              + wanted.classNames().size());
    }
    Path file = weights(folder);
    try {
      return SafeTensors.readWeights(file).tensors();
    } catch (IOException e) {
      throw new ImageBenchException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
  }

  /**
   * Reads what the model in {@code folder} is.
   *
   * @throws ImageBenchException if the folder holds no model
   */
  public static ImageModelDescription describe(Path folder) {
    Path file = folder.resolve(DESCRIPTION);
    ImageModelDescription description;
    try {
      description = new Gson().fromJson(TextFile.read(file), ImageModelDescription.class);
    } catch (IOException e) {
      throw new ImageBenchException(
          folder + " is not a model folder: cannot read " + file + ": " + StjemException.reason(e),
          e);
    } catch (JsonParseException | IllegalArgumentException e) {
      throw new ImageBenchException(
          file + " is not a model description: " + JsonFault.reason(e), e);
    }
    if (description == null
        || description.formatVersion() != FORMAT_VERSION
        || !ARCHITECTURE.equals(description.architecture())
        || description.classNames() == null) {
      throw new ImageBenchException(
          file
              + " does not describe an image model of format version "
              + FORMAT_VERSION
              + " and architecture "
              + ARCHITECTURE);
    }
    return description;
  }
}
