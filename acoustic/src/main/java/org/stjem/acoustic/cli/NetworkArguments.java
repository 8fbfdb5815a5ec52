package org.stjem.acoustic.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.stjem.acoustic.layers.ConvolutionLayout;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The options that say which network is trained. */
final class NetworkArguments {
  private static final String NETWORK = "--network";
  private static final String FILTERS = "--filters";
  private static final String HIDDEN_LAYERS = "--hidden-layers";

  private static final List<Integer> FILTERS_OF_CNN = List.of(16, 32, 64);
  private static final List<Integer> HIDDEN_LAYERS_OF_CNN = List.of(512);

  @Option(
      names = NETWORK,
      defaultValue = ModelDescription.MLP,
      description =
          "mlp, a multi-layer perceptron, or cnn, a residual network of convolutions over time and"
              + " frequency (default: ${DEFAULT-VALUE})")
  private String architecture;

  @Option(
      names = FILTERS,
      split = ",",
      paramLabel = "N",
      description =
          "cnn: filters of the first convolution and of each residual stage behind it; each halves"
              + " the bins (default: 16,32,64)")
  private List<Integer> filters;

  @Option(
      names = HIDDEN_LAYERS,
      split = ",",
      defaultValue = "512,512,512,512",
      description =
          "units of each hidden layer, of cnn behind the convolutions (default: ${DEFAULT-VALUE} for"
              + " mlp, 512 for cnn)")
  private List<Integer> hiddenLayers;

  @Option(
      names = "--activation",
      defaultValue = "silu",
      description = "silu or relu (default: ${DEFAULT-VALUE})")
  private String activation;

  @Option(
      names = "--dropout",
      defaultValue = "0",
      description =
          "share of the values of each hidden layer, and of what convolutions give, that are left out"
              + " in training (default: ${DEFAULT-VALUE})")
  private double dropout;

  @Option(
      names = "--left-context",
      defaultValue = "4",
      description = "frames spliced before the current one (default: ${DEFAULT-VALUE})")
  private int leftContext;

  @Option(
      names = "--right-context",
      defaultValue = "4",
      description = "frames spliced after it (default: ${DEFAULT-VALUE})")
  private int rightContext;

  /** Takes the network of a model for what the command line does not say. */
  void takeFrom(ModelDescription model, ParseResult given) {
    architecture = given.hasMatchedOption(NETWORK) ? architecture : model.architecture();
    if (!given.hasMatchedOption(FILTERS) && !model.filters().isEmpty()) {
      filters = model.filters();
    }
    hiddenLayers = given.hasMatchedOption(HIDDEN_LAYERS) ? hiddenLayers : model.hiddenLayers();
    activation = given.hasMatchedOption("--activation") ? activation : model.activation();
    leftContext = given.hasMatchedOption("--left-context") ? leftContext : model.leftContext();
    rightContext = given.hasMatchedOption("--right-context") ? rightContext : model.rightContext();
  }

  /**
   * Sets what the network has by default; to be called once, before anything is asked for.
   *
   * @throws StjemException if there is no such network
   */
  void complete(ParseResult given) {
    if (architecture.equals(ModelDescription.MLP)) {
      if (given.hasMatchedOption(FILTERS)) {
        throw new StjemException("--filters is of no use without --network=cnn");
      }
      return;
    }
    if (!architecture.equals(ModelDescription.CNN)) {
      throw new StjemException("--network=" + architecture + ": there are mlp and cnn");
    }
    if (!given.hasMatchedOption(HIDDEN_LAYERS) && !given.hasMatchedOption("--init")) {
      hiddenLayers = HIDDEN_LAYERS_OF_CNN;
    }
    filters = filters == null ? FILTERS_OF_CNN : filters;
    if (!ConvolutionLayout.isValid(filters)) {
      throw new StjemException(
          "--filters="
              + filters.stream().map(String::valueOf).collect(Collectors.joining(","))
              + ": there must be 1 to "
              + ConvolutionLayout.MOST_STAGES
              + " numbers from 1 to "
              + ConvolutionLayout.MOST_FILTERS);
    }
  }

  /** Leaves out of a training's options what trainings did not have when all were perceptrons. */
  void removeDefaults(Map<String, String> options) {
    if (architecture.equals(ModelDescription.MLP)) {
      options.remove(NETWORK.substring(2));
    }
  }

  String architecture() {
    return architecture;
  }

  /** Of a convolutional network; empty for a perceptron. */
  List<Integer> filters() {
    return architecture.equals(ModelDescription.CNN) ? filters : List.of();
  }

  List<Integer> hiddenLayers() {
    return hiddenLayers;
  }

  String activation() {
    return activation;
  }

  double dropout() {
    return dropout;
  }

  int leftContext() {
    return leftContext;
  }

  int rightContext() {
    return rightContext;
  }
}
