package org.stjem.acoustic.options;

import org.stjem.acoustic.export.OnnxExport;
import org.stjem.acoustic.onnx.GraphInput;
import picocli.CommandLine.Option;

/** What an exported ONNX graph takes and gives. */
public final class OnnxExportArguments {
  @Option(
      names = "--input",
      paramLabel = "frames|windows",
      defaultValue = "frames",
      description =
          "what the ONNX graph takes: frames, features with their context, spliced in the graph;"
              + " windows, features spliced already, as 'acoustic import' needs them (default:"
              + " ${DEFAULT-VALUE})")
  private GraphInput input;

  @Option(
      names = "--log-posteriors",
      arity = "0..1",
      paramLabel = "BOOL",
      defaultValue = "false",
      fallbackValue = "true",
      description =
          "let the ONNX graph give log p(y|x), too, beside logits, loglikes and log_px (default:"
              + " ${DEFAULT-VALUE})")
  private boolean logPosteriors;

  /** The options of the export. */
  public OnnxExport.Options options() {
    return new OnnxExport.Options(input, logPosteriors);
  }
}
