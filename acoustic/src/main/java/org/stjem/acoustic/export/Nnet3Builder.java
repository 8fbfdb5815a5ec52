package org.stjem.acoustic.export;

import java.util.List;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.export.Nnet3Component.FixedAffine;
import org.stjem.acoustic.export.Nnet3Component.FixedBias;
import org.stjem.acoustic.export.Nnet3Component.FixedScale;
import org.stjem.acoustic.export.Nnet3Component.Nonlinearity;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.onnx.MlpGraph;
import org.stjem.acoustic.onnx.NetworkLayers;

/**
 * Makes a Kaldi network of a model. Frames are normalised, spliced by offsets in time, and go
 * through the layers, or first through {@link Nnet3Convolutions}; SiLU is the product of x and
 * sigmoid(x).
 *
 * <p>A calibration g(x)_y = log softmax_y(a_y f_y + b_y) + log Σ exp f is computed without a sum
 * over pdfs, which Kaldi has no component for: since log softmax_y(f) = f_y − log Σ exp f,
 *
 * <pre>
 * log Σ exp f = f_y − log softmax_y(f)          in every column y, so
 * g_y = log softmax_y(a f + b) + f_y − log softmax_y(f)
 * </pre>
 */
final class Nnet3Builder {
  private final PlainModel model;
  private final ModelDescription description;
  private final Nnet3Network network = new Nnet3Network();

  private Nnet3Builder(PlainModel model) {
    this.model = model;
    this.description = model.description();
  }

  /** A network that gives scores of a kind. */
  static Nnet3Network network(PlainModel model, OutputKind kind) {
    Nnet3Builder builder = new Nnet3Builder(model);
    String logits = builder.logits();
    builder.network.output(
        switch (kind) {
          case LOGITS -> builder.calibrated(logits);
          case LOG_POSTERIORS -> builder.logPosteriors(logits);
          case LOGLIKES ->
              builder.network.add(
                  "loglikes",
                  new FixedBias(KaldiPriors.logLikelihoodBias(model.priors())),
                  builder.calibrated(logits));
        });
    return builder.network;
  }

  /** A network that gives log-likelihoods once {@code priors.vector()} is divided out. */
  static Nnet3Network network(PlainModel model, KaldiPriors priors) {
    if (!priors.anyBias()) {
      return network(model, OutputKind.LOGITS);
    }
    Nnet3Builder builder = new Nnet3Builder(model);
    builder.network.output(
        builder.network.add(
            "prior-bias", new FixedBias(priors.bias()), builder.calibrated(builder.logits())));
    return builder.network;
  }

  /** The network up to the logits as they were trained. */
  private String logits() {
    float[] negativeMean = description.inputMean().clone();
    float[] scale = description.inputStddev().clone();
    for (int d = 0; d < scale.length; d++) {
      negativeMean[d] = -negativeMean[d];
      scale[d] = 1 / scale[d];
    }
    String input = network.input(description.featureDim());
    String centred = network.add("centred", new FixedBias(negativeMean), input);
    String normalised = network.add("normalised", new FixedScale(scale), centred);
    NetworkLayers layers = model.network();
    Nnet3Convolutions convolutions = new Nnet3Convolutions(network, layers);
    String below =
        layers.layout().isPresent()
            ? convolutions.add(normalised, -description.leftContext())
            : network.spliced(
                normalised, -description.leftContext(), description.windowFrames(), 1);
    List<MlpGraph.Layer> affine = convolutions.linear();
    for (int layer = 1; layer < affine.size(); layer++) {
      MlpGraph.Layer it = affine.get(layer - 1);
      String sums = network.add("affine" + layer, new FixedAffine(it), below);
      below = network.activation("" + layer, layers.activation(), it.outputs(), sums);
    }
    return network.add("logits", new FixedAffine(affine.get(affine.size() - 1)), below);
  }

  /** A descriptor of the logits, calibrated if the model is. */
  private String calibrated(String logits) {
    if (model.calibration().isEmpty()) {
      return logits;
    }
    String posteriors = logSoftmax("calibrated-log-posteriors", scaled(logits));
    String own = logSoftmax("log-posteriors", logits);
    return "Sum(" + posteriors + ", Sum(" + logits + ", Scale(-1.0, " + own + ")))";
  }

  private String logPosteriors(String logits) {
    return model.calibration().isEmpty()
        ? logSoftmax("log-posteriors", logits)
        : logSoftmax("calibrated-log-posteriors", scaled(logits));
  }

  private String logSoftmax(String name, String of) {
    return network.add(name, Nonlinearity.logSoftmax(description.numPdfs()), of);
  }

  /** a f + b. */
  private String scaled(String logits) {
    PosteriorScaling scaling = model.calibration().orElseThrow();
    float[] factors = new float[description.numPdfs()];
    for (int pdf = 0; pdf < factors.length; pdf++) {
      factors[pdf] = (float) scaling.factors()[scaling.factors().length == 1 ? 0 : pdf];
    }
    String scaled = network.add("scaled", new FixedScale(factors), logits);
    if (scaling.offsets().length == 0) {
      return scaled;
    }
    float[] offsets = new float[factors.length];
    for (int pdf = 0; pdf < offsets.length; pdf++) {
      offsets[pdf] = (float) scaling.offsets()[pdf];
    }
    return network.add("shifted", new FixedBias(offsets), scaled);
  }
}
