package org.stjem.acoustic.net;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.stjem.acoustic.ebm.Head;
import org.stjem.acoustic.ebm.SafeTensors;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.layers.Convolution;
import org.stjem.acoustic.layers.ConvolutionLayout;
import org.stjem.frontend.io.StjemException;

/**
 * The weights of networks by the names of the tensor library: weight {@code [units, inputs]} and
 * bias {@code [units]} of each linear layer in turn, before them weight {@code [filters, inputs,
 * frames, bins]} and bias {@code [filters]} of each convolution.
 */
public final class ModelWeights {
  private ModelWeights() {}

  /** The shape of each tensor of a network, by name. */
  private static Map<String, long[]> shapes(ModelDescription description) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    Optional<ConvolutionLayout> layout = description.convolutions();
    int child = 0;
    for (Convolution it : layout.map(ConvolutionLayout::convolutions).orElse(List.of())) {
      String name = String.format(Locale.ROOT, "%02dConv2d_", ++child);
      shapes.put(name + "weight", it.weightShape());
      shapes.put(name + "bias", new long[] {it.filters()});
    }
    long inputs = description.linearInputs();
    List<Integer> layers = new ArrayList<>(description.hiddenLayers());
    layers.add(description.numPdfs());
    for (int i = 0; i < layers.size(); i++) {
      // In a perceptron the activation between two layers counts as a layer of its own.
      int number = layout.isPresent() ? child + i + 1 : 2 * i + 1;
      String name = String.format(Locale.ROOT, "%02dLinear_", number);
      long units = layers.get(i);
      shapes.put(name + "weight", new long[] {units, inputs});
      shapes.put(name + "bias", new long[] {units});
      inputs = units;
    }
    return shapes;
  }

  /** Weights to begin with: those of {@link TorchModels#newNetwork}. */
  public static Map<String, Tensor> fresh(ModelDescription description) {
    SeededRandom random = new SeededRandom(description.seed(), 0);
    return description.convolutions().isPresent()
        ? InitialWeights.ofCnn(description, shapes(description), random)
        : InitialWeights.ofMlp(shapes(description), random);
  }

  /**
   * Reads the weights of a network. They are found by name, whatever their order in the file.
   *
   * @throws StjemException if the file is damaged, or lacks a tensor of that name and shape
   */
  static Map<String, Tensor> read(Path file, ModelDescription description) {
    try {
      SafeTensors stored = SafeTensors.readWeights(file);
      checkSize(description, stored);
      Map<String, Tensor> weights = new LinkedHashMap<>();
      shapes(description).forEach((name, shape) -> weights.put(name, tensor(stored, name, shape)));
      return weights;
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    } catch (StjemException e) {
      throw e.at(file);
    }
  }

  /** Of the weights of a network with several heads, those of one: rows of the last layer. */
  static Map<String, Tensor> ofHead(
      Map<String, Tensor> weights, ModelDescription whole, Head head) {
    Map<String, Tensor> chosen = new LinkedHashMap<>(weights);
    List<String> names = List.copyOf(shapes(whole).keySet());
    for (String name : names.subList(names.size() - 2, names.size())) {
      Tensor all = weights.get(name);
      long[] shape = all.shape().clone();
      int inputs = all.values().length / whole.numPdfs();
      shape[0] = head.columns();
      float[] rows = Arrays.copyOfRange(all.values(), head.first() * inputs, head.end() * inputs);
      chosen.put(name, new Tensor(shape, rows));
    }
    return chosen;
  }

  private static Tensor tensor(SafeTensors stored, String name, long[] shape) {
    Tensor tensor = stored.tensors().get(name);
    if (tensor == null) {
      throw new StjemException("weights have no tensor " + name);
    }
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw new StjemException(
          "tensor "
              + name
              + " has shape "
              + Arrays.toString(tensor.shape())
              + ", the network needs "
              + Arrays.toString(shape));
    }
    return tensor;
  }

  /** Weights and biases of a network. */
  private static double count(ModelDescription description) {
    double inputs = description.linearInputs();
    double count = 0;
    for (Convolution it :
        description.convolutions().map(ConvolutionLayout::convolutions).orElse(List.of())) {
      double fanIn = (double) it.inputs() * it.kernelFrames() * it.kernelBins();
      count += (fanIn + 1) * it.filters();
    }
    for (int units : description.hiddenLayers()) {
      count += (inputs + 1) * units;
      inputs = units;
    }
    return count + (inputs + 1) * description.numPdfs();
  }

  /**
   * The largest file that can hold a network's weights, of those that this process has room for.
   */
  static long mostBytes(ModelDescription description) {
    double most = SafeTensors.MOST_HEADER + Float.BYTES * count(description);
    return (long) Math.min(most, Runtime.getRuntime().maxMemory());
  }

  /** Before the shapes, which would take memory for a network that a file only claims. */
  private static void checkSize(ModelDescription description, SafeTensors weights) {
    double needed = count(description);
    long stored =
        weights.tensors().values().stream().mapToLong(tensor -> tensor.values().length).sum();
    if (stored != needed) {
      throw new StjemException(
          String.format(
              Locale.ROOT, "%d weights, the network of model.json has %.0f", stored, needed));
    }
  }
}
