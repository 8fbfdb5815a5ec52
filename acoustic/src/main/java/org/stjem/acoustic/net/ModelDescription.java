package org.stjem.acoustic.net;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.stjem.acoustic.layers.ConvolutionLayout;

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
    List<Integer> filters) {
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
        List.of());
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
    return with(other, checksum, filters);
  }

  /** The same network with the checksum of its file. */
  ModelDescription withChecksum(String sha256) {
    return with(precision, sha256, filters);
  }

  /** The same model with a convolutional network of these filters. */
  public ModelDescription withFilters(List<Integer> others) {
    return with(precision, checksum, others);
  }

  private ModelDescription with(String otherPrecision, String otherSha256, List<Integer> others) {
    return new ModelDescription(
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
        otherPrecision,
        output,
        otherSha256,
        others);
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
