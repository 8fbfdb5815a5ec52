package org.stjem.acoustic.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.OnnxMetadata;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.onnx.GraphInput;
import org.stjem.acoustic.onnx.NetworkGraph;
import org.stjem.acoustic.onnx.OnnxFile;
import org.stjem.acoustic.onnx.OnnxGraph;
import org.stjem.acoustic.onnx.OnnxSignature;
import org.stjem.frontend.io.StjemException;

/**
 * An ONNX graph from features to scores, that of one model or of several over the same pdfs. All it
 * adds to the networks are operators of ONNX itself. Logits are values {@code [rows, pdfs]}, known
 * by name:
 *
 * <ol>
 *   <li>{@link #network} adds a model's, with the splicing and normalisation before it;
 *   <li>{@link #calibrated}, {@link #withDensityScale} and {@link #mixture} make logits of logits;
 *   <li>{@link #model} declares what the graph gives.
 * </ol>
 */
public final class ScoreGraph {
  /** In place of −∞, so that a row of nothing else does not become NaN. */
  private static final float LEAST = -Float.MAX_VALUE;

  private final OnnxGraph graph;
  private final GraphInput input;
  private final int left;
  private final int right;
  private final int dim;
  private final String features;

  /**
   * A graph without networks.
   *
   * @param left frames of context before the current one, of the widest network
   * @param right frames of context behind it
   * @param folders whose networks are going to be added; networks in ONNX files must have operators
   *     of one opset
   * @throws StjemException if the networks of two folders do not go into one graph
   */
  public ScoreGraph(GraphInput input, int left, int right, int dim, List<Path> folders) {
    this.graph = new OnnxGraph("stjem", opset(folders));
    this.input = input;
    this.left = left;
    this.right = right;
    this.dim = dim;
    this.features =
        input == GraphInput.FRAMES
            ? graph.input(input.toString(), "padded_frames", dim)
            : graph.input(input.toString(), "frames", windowFrames() * dim);
  }

  private int windowFrames() {
    return left + 1 + right;
  }

  private static int opset(List<Path> folders) {
    int opset = OnnxGraph.OPSET;
    Path first = null;
    for (Path folder : folders) {
      if (!ModelFolder.isOnnx(folder)) {
        continue;
      }
      int own = OnnxGraph.opset(OnnxFile.model(ModelFolder.network(folder)));
      if (first != null && own != opset) {
        throw new StjemException(
            String.format(
                Locale.ROOT,
                "%s has operators of opset %d, %s of opset %d; one graph cannot hold both",
                ModelFolder.network(first),
                opset,
                ModelFolder.network(folder),
                own));
      }
      first = folder;
      opset = own;
    }
    return opset;
  }

  /**
   * Adds the network of a model folder on the frames its own context asks for.
   *
   * @return its logits as they were trained
   * @throws StjemException if the folder is damaged, or its network cannot be part of another graph
   */
  public String network(Path folder, ModelDescription description) {
    long[] window = {description.windowFrames(), description.featureDim()};
    String windows = windows(description);
    if (!ModelFolder.isOnnx(folder)) {
      return NetworkGraph.add(graph, windows, ModelFolder.layers(folder, description));
    }
    Path file = ModelFolder.network(folder);
    try {
      ModelProto model = OnnxFile.model(file);
      String output = OnnxSignature.of(model, description.output()).output();
      return graph.embed(model, windows, window, output);
    } catch (StjemException e) {
      throw e.at(file);
    }
  }

  /** Normalised windows of a network, {@code [rows, windowFrames · dim]}. */
  private String windows(ModelDescription description) {
    int skipped = left - description.leftContext();
    int frames = description.windowFrames();
    if (input == GraphInput.WINDOWS) {
      String own = features;
      if (frames < windowFrames()) {
        long from = (long) skipped * dim;
        own = slice(features, from, from + (long) frames * dim, 1);
      }
      return normalised(own, description, frames);
    }
    String normalised = normalised(features, description, 1);
    if (windowFrames() == 1) {
      return normalised;
    }
    List<String> spliced = new ArrayList<>();
    for (int frame = skipped; frame < skipped + frames; frame++) {
      // Counted from the end, for the number of frames is known when the graph runs. As many rows
      // are left whatever frame of the window it is.
      long behind = windowFrames() - 1L - frame;
      spliced.add(slice(normalised, frame, behind == 0 ? Long.MAX_VALUE : -behind, 0));
    }
    String windows =
        spliced.size() == 1
            ? spliced.get(0)
            : graph.node("Concat", Map.of("axis", 1L), spliced.toArray(new String[0]));
    // That rows are frames everywhere, else ONNX Runtime would compute convolutions in another way
    // than those of a graph of windows, and with other last bits.
    graph.shape(windows, "frames", frames * dim);
    return windows;
  }

  private String slice(String x, long from, long to, long axis) {
    return graph.node(
        "Slice",
        x,
        graph.constant(new long[] {from}),
        graph.constant(new long[] {to}),
        graph.constant(new long[] {axis}));
  }

  /** In the order and with the factors of {@link org.stjem.acoustic.net.Splice}, for its bits. */
  private String normalised(String x, ModelDescription description, int frames) {
    float[] mean = new float[frames * dim];
    float[] scale = new float[frames * dim];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = description.inputMean()[i % dim];
      scale[i] = 1 / description.inputStddev()[i % dim];
    }
    if (all(mean, 0) && all(scale, 1)) {
      return x;
    }
    return graph.node("Mul", graph.node("Sub", x, graph.constant(mean)), graph.constant(scale));
  }

  private static boolean all(float[] values, float wanted) {
    for (float value : values) {
      if (value != wanted) {
        return false;
      }
    }
    return true;
  }

  /**
   * Logits with calibrated posteriors and the same log p(x): s + (lse f − lse s), with s = a f + b.
   *
   * @throws StjemException if the calibration is of another number of pdfs
   */
  public String calibrated(String logits, PosteriorScaling scaling, int numPdfs) {
    if (scaling.factors().length > 1 && scaling.factors().length != numPdfs) {
      throw new StjemException(
          "the calibration is of " + scaling.factors().length + " pdfs, the logits of " + numPdfs);
    }
    String scaled = graph.node("Mul", logits, graph.constant(floats(scaling.factors())));
    if (scaling.offsets().length > 0) {
      scaled = graph.node("Add", scaled, graph.constant(floats(scaling.offsets())));
    }
    String shift = graph.node("Sub", logSumExp(logits), logSumExp(scaled));
    return graph.node("Add", scaled, shift);
  }

  /** Logits whose log p(x) is β times what it was: f + (β − 1) lse f. */
  public String withDensityScale(String logits, double beta) {
    if (beta == 1) {
      return logits;
    }
    String shift = graph.node("Mul", logSumExp(logits), graph.scalar((float) (beta - 1)));
    return graph.node("Add", logits, shift);
  }

  /**
   * log Σ_i exp(f_i + offset_i) of every row and pdf.
   *
   * @param logits f_i of each model
   * @param offsets finite
   * @param floor what the result is not below
   */
  public String mixture(List<String> logits, double[] offsets, float floor) {
    List<String> terms = new ArrayList<>();
    for (int i = 0; i < offsets.length; i++) {
      terms.add(graph.node("Add", logits.get(i), graph.scalar((float) offsets[i])));
    }
    List<String> bounds = new ArrayList<>(terms);
    bounds.add(graph.scalar(floor));
    String largest = graph.node("Max", bounds.toArray(new String[0]));
    String[] shares =
        terms.stream()
            .map(term -> graph.node("Exp", graph.node("Sub", term, largest)))
            .toArray(String[]::new);
    String sum = graph.node("Log", graph.node("Sum", shares));
    return graph.node("Max", graph.node("Add", largest, sum), graph.scalar(floor));
  }

  /**
   * log Σ_y exp f_y, {@code [rows, 1]}. Written out, since ReduceLogSumExp does not say that it
   * takes the largest value off first.
   */
  private String logSumExp(String logits) {
    String largest = graph.node("Max", graph.rowMax(logits), graph.scalar(LEAST));
    String sum = graph.rowSum(graph.node("Exp", graph.node("Sub", logits, largest)));
    return graph.node("Add", largest, graph.node("Log", sum));
  }

  /**
   * Declares the outputs and ends the graph.
   *
   * @param trained logits that {@code logits} is a calibration of, or the same; they become an
   *     output if the metadata has a calibration
   * @param logits what the outputs are made of
   * @param logPosteriors whether they are an output
   * @param metadata its priors are those in {@code loglikes}, which is left out without them
   * @throws StjemException if the priors are of another number of pdfs
   */
  public ModelProto model(
      String trained, String logits, boolean logPosteriors, OnnxMetadata metadata) {
    int numPdfs = metadata.description().numPdfs();
    graph.named(OnnxSignature.LOGITS, "Identity", Map.of(), logits);
    graph.output(OnnxSignature.LOGITS, "frames", numPdfs);
    PriorSettings priors = metadata.priors();
    if (priors.areKnown()) {
      if (priors.classCounts().length != numPdfs) {
        throw new StjemException(
            "the class counts are of "
                + priors.classCounts().length
                + " pdfs, the logits of "
                + numPdfs);
      }
      String scaled = graph.constant(priors.priors().scaled(priors.scale()));
      graph.named("loglikes", "Sub", Map.of(), logits, scaled);
      graph.output("loglikes", "frames", numPdfs);
    }
    // Of the trained logits: a calibration leaves it as it is, but for rounding.
    String density = logSumExp(trained);
    graph.named("log_px", "Squeeze", Map.of(), density, graph.constant(new long[] {1}));
    graph.output("log_px", "frames");
    if (logPosteriors) {
      graph.named("log_posteriors", "Sub", Map.of(), logits, logSumExp(logits));
      graph.output("log_posteriors", "frames", numPdfs);
    }
    if (metadata.calibration().isPresent()) {
      graph.named(OnnxMetadata.TRAINED_LOGITS, "Identity", Map.of(), trained);
      graph.output(OnnxMetadata.TRAINED_LOGITS, "frames", numPdfs);
    }
    return graph.model(metadata.text());
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
