package org.stjem.acoustic.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.OnnxMetadata;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.onnx.GraphInput;
import org.stjem.acoustic.onnx.OnnxFile;
import org.stjem.frontend.io.StjemException;

/**
 * A model folder as one ONNX file, for whatever runtime there is: opset 17, or that of a network
 * that is an ONNX file itself. Normalisation, splicing, calibration and priors are part of the
 * graph.
 *
 * <ul>
 *   <li>Input {@code frames}, float32 {@code [left + frames + right, dim]}: features with their
 *       context, the first and last frame repeated at the ends of an utterance. Or {@code windows},
 *       {@code [rows, (left + 1 + right) · dim]}: features spliced already.
 *   <li>Output {@code logits}, {@code [frames, pdfs]}: f(x)_y, calibrated if the model is.
 *   <li>{@code loglikes}, {@code [frames, pdfs]}: logits less the scaled log priors; if the model
 *       knows them.
 *   <li>{@code log_px}, {@code [frames]}: log Σ_y exp f(x)_y.
 *   <li>{@code log_posteriors}, {@code [frames, pdfs]}: if asked for.
 *   <li>{@code trained_logits}, {@code [frames, pdfs]}: as they were before the calibration; if
 *       there is one.
 * </ul>
 *
 * <p>All that the folder says of the model is kept as {@link OnnxMetadata}.
 */
public final class OnnxExport {
  private OnnxExport() {}

  /**
   * What the graph takes and gives.
   *
   * @param logPosteriors whether it gives log p(y|x) as well
   */
  public record Options(GraphInput input, boolean logPosteriors) {
    /** Frames in, and what decoders and mixtures need out. */
    public static final Options DEFAULT = new Options(GraphInput.FRAMES, false);
  }

  /**
   * Writes a file, whole or not at all.
   *
   * @param calibration {@link ModelFolder#OWN_CALIBRATION}, {@link ModelFolder#NO_CALIBRATION}, or
   *     a file of 'acoustic calibrate'
   * @throws StjemException if the folder holds no model, or a damaged one or one that cannot be
   *     part of a graph, or the file cannot be written
   */
  public static void write(Path modelFolder, String calibration, Options options, Path file) {
    write(modelFolder, null, calibration, options, file);
  }

  /**
   * Writes a file of one head of a model.
   *
   * @param head its name; null for the first one
   * @throws StjemException as {@link #write(Path, String, Options, Path)}, or if there is no such
   *     head
   */
  public static void write(
      Path modelFolder, String head, String calibration, Options options, Path file) {
    ModelDescription description = ModelFolder.describe(modelFolder, head);
    save(model(modelFolder, description, calibration, options), file);
  }

  private static ModelProto model(
      Path folder, ModelDescription description, String calibration, Options options) {
    Optional<PosteriorScaling> scaling = ModelFolder.scaling(folder, description, calibration);
    if (ModelFolder.isOnnx(folder)) {
      // A foreign file is tried first, for what does not load here would be blamed on the export.
      ModelFolder.load(folder, Placement.CPU, ModelFolder.NO_CALIBRATION).close();
    }
    ScoreGraph graph =
        new ScoreGraph(
            options.input(),
            description.leftContext(),
            description.rightContext(),
            description.featureDim(),
            List.of(folder));
    String trained = graph.network(folder, description);
    String logits =
        scaling.isPresent()
            ? graph.calibrated(trained, scaling.get(), description.numPdfs())
            : trained;
    OnnxMetadata metadata =
        new OnnxMetadata(
            options.input(), description, ModelFolder.priors(folder, description), scaling, "");
    return graph.model(trained, logits, options.logPosteriors(), metadata);
  }

  /**
   * Writes a graph's file, whole or not at all.
   *
   * @throws StjemException if it cannot be written
   */
  public static void save(ModelProto model, Path file) {
    try {
      OnnxFile.write(file, model);
    } catch (IOException e) {
      throw new StjemException("cannot write " + file + ": " + StjemException.reason(e), e);
    }
  }
}
