package org.stjem.acoustic.net;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.util.List;
import org.stjem.acoustic.layers.ConvolutionLayout;
import org.stjem.acoustic.onnx.MlpGraph;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.JsonFault;
import org.stjem.frontend.io.StjemException;

/** Descriptions of models as text: that of {@code model.json}, and of exported files. */
final class DescriptionText {
  static final int FORMAT_VERSION = 1;

  /** Values of a window; a block of windows must be an array that Java can have. */
  static final int MOST_INPUTS = 1 << 20;

  /** Values of a row of logits; likewise. */
  static final int MOST_OUTPUTS = 1 << 20;

  private DescriptionText() {}

  /** A description as text. */
  static String of(ModelDescription description) {
    return ByteText.json(
        new GsonBuilder()
            .setPrettyPrinting()
            .serializeSpecialFloatingPointValues()
            .create()
            .toJson(description));
  }

  /**
   * Reads the text of a description.
   *
   * @param file where it stands, for messages
   */
  static ModelDescription parse(String file, String json) {
    ModelDescription description;
    try {
      description = new Gson().fromJson(json, ModelDescription.class);
    } catch (JsonParseException | IllegalArgumentException e) {
      throw new StjemException(file + " is not a model description: " + JsonFault.reason(e), e);
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

  /**
   * Looks for contradictions.
   *
   * @throws StjemException if there is one; names the field
   */
  static void check(String file, ModelDescription it) {
    require(file, it.architecture() != null, "no architecture");
    require(file, it.activation() != null, "no activation");
    require(file, it.objective() != null, "no objective");
    require(file, it.featureNormalisation() != null, "no featureNormalisation");
    require(file, it.featureOptions() != null, "no featureOptions");
    require(file, it.training() != null, "no training");
    require(file, it.revision() != null, "no revision");
    require(file, it.featureDim() > 0, "featureDim " + it.featureDim() + " is not positive");
    require(
        file,
        it.numPdfs() > 0 && it.numPdfs() <= MOST_OUTPUTS,
        "numPdfs " + it.numPdfs() + " is not from 1 to " + MOST_OUTPUTS);
    require(
        file,
        it.hiddenLayers() != null
            && it.hiddenLayers().stream().allMatch(units -> units != null && units > 0),
        "hiddenLayers " + it.hiddenLayers() + " are not positive numbers");
    require(
        file,
        !it.architecture().equals(ModelDescription.CNN) || ConvolutionLayout.isValid(it.filters()),
        "filters "
            + it.filters()
            + " are not 1 to "
            + ConvolutionLayout.MOST_STAGES
            + " numbers from 1 to "
            + ConvolutionLayout.MOST_FILTERS);
    checkHeads(file, it);
    long frames = 1L + it.leftContext() + it.rightContext();
    require(
        file,
        it.leftContext() >= 0 && it.rightContext() >= 0 && frames * it.featureDim() <= MOST_INPUTS,
        "a context of "
            + it.leftContext()
            + " and "
            + it.rightContext()
            + " frames of "
            + it.featureDim()
            + " values");
    require(
        file,
        it.inputMean() != null && it.inputMean().length == it.featureDim(),
        "inputMean has not the length featureDim, " + it.featureDim());
    require(
        file,
        it.inputStddev() != null && it.inputStddev().length == it.featureDim(),
        "inputStddev has not the length featureDim, " + it.featureDim());
    for (int d = 0; d < it.featureDim(); d++) {
      require(
          file,
          Float.isFinite(it.inputMean()[d]),
          "inputMean of dimension " + d + " is " + it.inputMean()[d]);
      require(
          file,
          it.inputStddev()[d] > 0 && Float.isFinite(1 / it.inputStddev()[d]),
          "inputStddev of dimension "
              + d
              + " is "
              + it.inputStddev()[d]
              + ", no positive number to divide by");
    }
    require(
        file,
        it.frameShiftMs() > 0 && Double.isFinite(it.frameShiftMs()),
        "frameShiftMs " + it.frameShiftMs() + " is not positive");
    require(
        file,
        it.classCounts() != null
            && (it.classCounts().length == it.numPdfs() || it.classCounts().length == 0),
        "classCounts has not the length numPdfs, " + it.numPdfs());
    for (int pdf = 0; pdf < it.classCounts().length; pdf++) {
      require(
          file,
          it.classCounts()[pdf] >= 0 && Double.isFinite(it.classCounts()[pdf]),
          "classCounts of pdf " + pdf + " is " + it.classCounts()[pdf]);
    }
  }

  private static void checkHeads(String file, ModelDescription it) {
    if (it.heads().isEmpty()) {
      return;
    }
    for (ModelHead head : it.heads()) {
      require(file, head != null && head.name() != null, "a head without a name");
      String name = "head '" + head.name() + "': ";
      require(file, head.columns() > 0, name + head.columns() + " columns");
      require(
          file,
          head.weight() > 0 && Double.isFinite(head.weight()),
          name + "its weight is " + head.weight());
      require(
          file,
          head.labels().isEmpty() || head.labels().size() == head.columns(),
          name + head.labels().size() + " labels of " + head.columns() + " columns");
      require(
          file,
          head.classCounts().length == 0 || head.classCounts().length == head.columns(),
          name + head.classCounts().length + " class counts of " + head.columns() + " columns");
    }
    long columns = it.heads().stream().mapToLong(ModelHead::columns).sum();
    require(
        file,
        columns == it.numPdfs(),
        "the heads have " + columns + " columns together, numPdfs is " + it.numPdfs());
  }

  private static void require(String file, boolean holds, String otherwise) {
    if (!holds) {
      throw new StjemException(file + ": " + otherwise);
    }
  }

  /**
   * Checks that the network is one that this program can make of weights.
   *
   * @throws StjemException if it is not; names architecture or activation
   */
  static void checkNetwork(String file, ModelDescription it) {
    require(
        file,
        List.of(ModelDescription.MLP, ModelDescription.CNN).contains(it.architecture()),
        "no architecture '" + it.architecture() + "'; there are mlp and cnn");
    require(
        file,
        MlpGraph.ACTIVATIONS.contains(it.activation()),
        "no activation '" + it.activation() + "'; there are silu and relu");
  }
}
