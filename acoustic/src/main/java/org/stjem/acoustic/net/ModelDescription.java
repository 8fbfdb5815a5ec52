package org.stjem.acoustic.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.stjem.acoustic.ebm.Head;
import org.stjem.acoustic.layers.ConvolutionLayout;
import org.stjem.frontend.io.StjemException;

/**
 * What a model folder says about itself in {@code model.json}.
 *
 * @param formatVersion version of this description, 1
 * @param objective training objective, such as {@code st-jem}
 * @param architecture {@code mlp}, {@code cnn}, or {@code onnx} for a network that only its file
 *     knows
 * @param hiddenLayers units of each hidden layer
 * @param activation {@code silu} or {@code relu}
 * @param featureDim dimension of one feature frame, e.g. 80
 * @param leftContext frames spliced before the current one
 * @param rightContext frames spliced after it
 * @param numPdfs number of outputs, the pdf-ids 0 … numPdfs−1
 * @param frameShiftMs frame shift in milliseconds
 * @param featureNormalisation what was done to the features before the model, in words, such as
 *     {@code per-utterance mean}
 * @param featureOptions the frontend's options by their Kaldi names, may be empty when unknown
 * @param inputMean mean of each feature dimension over the training set, length featureDim
 * @param inputStddev standard deviation of each feature dimension, length featureDim
 * @param classCounts training frames of each pdf, length numPdfs, the class priors; empty if they
 *     are not known, as those of a foreign network may be
 * @param training the training configuration by option name
 * @param seed seed of the training run
 * @param revision git revision of the program, or {@code unknown}
 * @param precision of the network's weights and products: {@code float32}, {@code int8}, or what
 *     the file of a foreign network says
 * @param output of a network in an ONNX file that is taken for the logits; null for the one called
 *     {@code logits}, or the only one
 * @param checksum SHA-256 of the network's ONNX file in lower-case hex; null if nobody computed it
 * @param filters of a convolutional network: those of its first convolution and of each residual
 *     stage behind it; empty for others
 * @param heads of a network with several, side by side in its numPdfs outputs; empty for one
 * @param head name of the only head, where it has one; null otherwise
 */
public record ModelDescription(
    int formatVersion,
    String objective,
    String architecture,
    List<Integer> hiddenLayers,
    String activation,
    int featureDim,
    int leftContext,
    int rightContext,
    int numPdfs,
    double frameShiftMs,
    String featureNormalisation,
    Map<String, String> featureOptions,
    float[] inputMean,
    float[] inputStddev,
    double[] classCounts,
    Map<String, String> training,
    long seed,
    String revision,
    String precision,
    String output,
    String checksum,
    List<Integer> filters,
    List<ModelHead> heads,
    String head) {
  /** The precision of models that were trained here, and of folders that say nothing of it. */
  public static final String FLOAT32 = "float32";

  /** The architecture of multi-layer perceptrons. */
  public static final String MLP = "mlp";

  /** The architecture of convolutional networks. */
  public static final String CNN = "cnn";

  /** The architecture of networks that only their file knows. */
  public static final String ONNX = "onnx";

  /** Sets what older folders do not say. */
  public ModelDescription {
    precision = precision == null ? FLOAT32 : precision;
    filters = filters == null ? List.of() : filters;
    heads = heads == null ? List.of() : heads;
  }

  /** A network whose logits are its only output, or the one called so. */
  public ModelDescription(
      int formatVersion,
      String objective,
      String architecture,
      List<Integer> hiddenLayers,
      String activation,
      int featureDim,
      int leftContext,
      int rightContext,
      int numPdfs,
      double frameShiftMs,
      String featureNormalisation,
      Map<String, String> featureOptions,
      float[] inputMean,
      float[] inputStddev,
      double[] classCounts,
      Map<String, String> training,
      long seed,
      String revision,
      String precision) {
    this(
        formatVersion,
        objective,
        architecture,
        hiddenLayers,
        activation,
        featureDim,
        leftContext,
        rightContext,
        numPdfs,
        frameShiftMs,
        featureNormalisation,
        featureOptions,
        inputMean,
        inputStddev,
        classCounts,
        training,
        seed,
        revision,
        precision,
        null,
        null,
        List.of(),
        List.of(),
        null);
  }

  /** A network of float32. */
  public ModelDescription(
      int formatVersion,
      String objective,
      String architecture,
      List<Integer> hiddenLayers,
      String activation,
      int featureDim,
      int leftContext,
      int rightContext,
      int numPdfs,
      double frameShiftMs,
      String featureNormalisation,
      Map<String, String> featureOptions,
      float[] inputMean,
      float[] inputStddev,
      double[] classCounts,
      Map<String, String> training,
      long seed,
      String revision) {
    this(
        formatVersion,
        objective,
        architecture,
        hiddenLayers,
        activation,
        featureDim,
        leftContext,
        rightContext,
        numPdfs,
        frameShiftMs,
        featureNormalisation,
        featureOptions,
        inputMean,
        inputStddev,
        classCounts,
        training,
        seed,
        revision,
        FLOAT32);
  }

  /** The same with a network of another precision. */
  ModelDescription withPrecision(String other) {
    return with(other, checksum, filters, heads);
  }

  /** The same network with the checksum of its file. */
  ModelDescription withChecksum(String sha256) {
    return with(precision, sha256, filters, heads);
  }

  /** The same model with a convolutional network of these filters. */
  public ModelDescription withFilters(List<Integer> others) {
    return with(precision, checksum, others, heads);
  }

  /** The same model with these heads side by side in its outputs. */
  public ModelDescription withHeads(List<ModelHead> others) {
    return with(precision, checksum, filters, others);
  }

  private ModelDescription with(
      String otherPrecision,
      String otherSha256,
      List<Integer> otherFilters,
      List<ModelHead> otherHeads) {
    return with(numPdfs, classCounts, otherPrecision, otherSha256, otherFilters, otherHeads, head);
  }

  private ModelDescription with(
      int otherPdfs,
      double[] otherCounts,
      String otherPrecision,
      String otherSha256,
      List<Integer> otherFilters,
      List<ModelHead> otherHeads,
      String otherHead) {
    return new ModelDescription(
        formatVersion,
        objective,
        architecture,
        hiddenLayers,
        activation,
        featureDim,
        leftContext,
        rightContext,
        otherPdfs,
        frameShiftMs,
        featureNormalisation,
        featureOptions,
        inputMean,
        inputStddev,
        otherCounts,
        training,
        seed,
        revision,
        otherPrecision,
        output,
        otherSha256,
        otherFilters,
        otherHeads,
        otherHead);
  }

  /**
   * The model of one head alone: its outputs are the head's.
   *
   * @param name of the head; null for the first one, or for the only one
   * @throws StjemException if there is no such head; names those that there are
   */
  public ModelDescription ofHead(String name) {
    if (heads.isEmpty()) {
      if (name == null || name.equals(head)) {
        return this;
      }
      throw new StjemException(
          "there is no head '"
              + name
              + "': the network has one head"
              + (head == null ? ", which has no name" : ", '" + head + "'"));
    }
    ModelHead found = name == null ? heads.get(0) : requireHead(name);
    return with(
        found.columns(),
        found.classCounts(),
        precision,
        checksum,
        filters,
        List.of(),
        found.name());
  }

  /**
   * The head called so.
   *
   * @throws StjemException if there is none; names those that there are
   */
  public ModelHead requireHead(String name) {
    return heads.stream()
        .filter(it -> it.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new StjemException(
                    "there is no head '"
                        + name
                        + "'; "
                        + (heads.isEmpty()
                            ? "the network has one head, which has no name"
                            : "there are "
                                + heads.stream()
                                    .map(ModelHead::name)
                                    .collect(Collectors.joining(", ")))));
  }

  /** The heads as ranges of the whole network's outputs; one of all where none is named. */
  public List<Head> outputHeads() {
    List<Head> list = new ArrayList<>();
    for (ModelHead it : heads) {
      int first = list.isEmpty() ? 0 : list.get(list.size() - 1).end();
      list.add(new Head(it.name(), first, it.columns(), it.weight()));
    }
    return list.isEmpty() ? List.of(new Head("", 0, numPdfs, 1)) : list;
  }

  /**
   * The range of one head among the whole network's outputs.
   *
   * @throws StjemException if there is no such head; names those that there are
   */
  public Head outputs(String name) {
    return outputHeads().get(heads.indexOf(requireHead(name)));
  }

  /** The convolutions of the network, if it has some. */
  public Optional<ConvolutionLayout> convolutions() {
    return architecture.equals(CNN)
        ? Optional.of(ConvolutionLayout.of(windowFrames(), featureDim, filters))
        : Optional.empty();
  }

  /** Inputs of the first linear layer. */
  public long linearInputs() {
    return convolutions()
        .map(ConvolutionLayout::outputs)
        .orElse((long) windowFrames() * featureDim);
  }

  /** Frames that the network sees at once. */
  public int windowFrames() {
    return leftContext + 1 + rightContext;
  }
}
