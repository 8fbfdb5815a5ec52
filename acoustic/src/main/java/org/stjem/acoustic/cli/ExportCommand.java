package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.export.Nnet3Files;
import org.stjem.acoustic.export.OnnxExport;
import org.stjem.acoustic.export.PlainModel;
import org.stjem.acoustic.export.VoskFolder;
import org.stjem.acoustic.export.VoskSettings;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.options.OnnxExportArguments;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stjem acoustic export}. */
@Command(
    description = {
      "Writes a model in the form of another program, which then runs it without this one.",
      "--format=onnx: one file for ONNX Runtime and others, with normalisation, priors and"
          + " calibration inside; the outputs are logits, loglikes and log_px, see docs/onnx.md.",
      "--format=nnet3: a Kaldi network, or with --transition-model a complete acoustic model, whose"
          + " scores are the log-likelihoods of 'forward'.",
      "--format=vosk: a folder that Vosk loads. Only for a model whose features a stream of audio"
          + " can have: not normalised, or at some loss those of 'apply-cmvn-online'.",
      "A calibration of the model and its priors are written into the model.",
      "",
      "  stjem acoustic export --format=onnx exp/st-jem st-jem.onnx",
      "",
      "  stjem acoustic export --format=nnet3 --transition-model=exp/tri/final.mdl exp/st-jem \\",
      "    exp/st-jem-nnet3/final.mdl",
      "  nnet3-latgen-faster --acoustic-scale=0.1 exp/st-jem-nnet3/final.mdl \\",
      "    exp/tri/graph/HCLG.fst scp:feats.scp ark:lat.1",
      "",
      "  stjem acoustic export --format=vosk --transition-model=exp/tri/final.mdl \\",
      "    --graph=exp/tri/graph --lang=data/lang exp/st-jem exp/st-jem-vosk",
      ""
    },
    sortOptions = false)
final class ExportCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ExportCommand.class);

  /** A form that models are written in, and the options that matter to it. */
  private enum Format {
    ONNX("--input", "--log-posteriors"),
    NNET3("--transition-model", "--binary", "--output"),
    VOSK(
        "--transition-model",
        "--graph",
        "--lang",
        "--silence-phones",
        "--acoustic-scale",
        "--beam",
        "--max-active",
        "--min-active",
        "--lattice-beam",
        "--prune-interval",
        "--beam-delta");

    private final Set<String> options;

    Format(String... options) {
      this.options = Set.of(options);
    }

    /** The name used on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    static Format of(String name) {
      for (Format format : values()) {
        if (format.toString().equals(name)) {
          return format;
        }
      }
      throw new StjemException(
          "no format '"
              + name
              + "'; there are "
              + Arrays.stream(values()).map(Format::toString).collect(Collectors.joining(", ")));
    }
  }

  @Spec private CommandSpec spec;

  @Option(names = "--format", required = true, description = "onnx, nnet3 or vosk")
  private String format;

  @Mixin private final HeadArgument head = new HeadArgument();

  @Mixin private CalibrationArgument calibration;

  @Option(
      names = "--transition-model",
      paramLabel = "FINAL.MDL",
      description = "model whose transition-ids the graph has, to make a complete acoustic model")
  private String transitionModel;

  @Option(
      names = "--binary",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "nnet3: write the binary form, not text (default: ${DEFAULT-VALUE})")
  private boolean binary = true;

  @Option(
      names = "--output",
      paramLabel = "KIND",
      description =
          "nnet3 without --transition-model: what rows hold, logits, loglikes or log-posteriors"
              + " (default: logits)")
  private String output;

  @Option(
      names = "--graph",
      paramLabel = "GRAPH-DIR",
      description = "vosk: folder with HCLG.fst and words.txt")
  private Path graph;

  @Option(
      names = "--lang",
      paramLabel = "LANG-DIR",
      description =
          "vosk: folder with phones/silence.csl and phones/word_boundary.int, if the graph folder"
              + " has no phones; without word boundaries words have no exact times")
  private Path lang;

  @Option(
      names = "--silence-phones",
      paramLabel = "P:P:...",
      description =
          "vosk: numbers of the phones that end an utterance (default: those of"
              + " phones/silence.csl)")
  private String silencePhones;

  @Option(
      names = "--acoustic-scale",
      paramLabel = "FACTOR",
      description =
          "vosk: factor of the log-likelihoods; Vosk multiplies graph costs by 0.9, so 0.09 gives"
              + " the words that 'decode' finds with 0.1 (default: ${DEFAULT-VALUE})")
  private float acousticScale = 0.1f;

  @Mixin private final OnnxExportArguments onnx = new OnnxExportArguments();

  @Mixin private final DecoderArguments decoder = new DecoderArguments();

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "onnx, nnet3: file to write; vosk: folder to write, which must not be there")
  private String out;

  @Override
  public Integer call() {
    Format target = Format.of(format);
    refuseOptionsOfOthers(target);
    switch (target) {
      case ONNX ->
          OnnxExport.write(
              folder, head.name(), calibration.value(), onnx.options(), ByteNames.path(out));
      case NNET3 -> writeNnet3(plain());
      case VOSK -> writeVosk(plain());
    }
    LOG.info("Wrote {} of model {}", out, folder);
    return 0;
  }

  private PlainModel plain() {
    return PlainModel.read(folder, head.name(), calibration.value());
  }

  private void refuseOptionsOfOthers(Format target) {
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      String name = option.longestName();
      boolean ofOthers =
          Arrays.stream(Format.values()).anyMatch(other -> other.options.contains(name));
      if (ofOthers && !target.options.contains(name)) {
        throw new StjemException(name + " is of no use with --format=" + target);
      }
    }
  }

  private void writeNnet3(PlainModel model) {
    if (transitionModel == null) {
      OutputKind kind = output == null ? OutputKind.LOGITS : OutputKind.of(output);
      Nnet3Files.writeRaw(out, binary, model, kind);
    } else if (output == null) {
      Nnet3Files.writeAcousticModel(out, binary, model, transitionModel);
    } else {
      throw new StjemException(
          "--output is of no use with --transition-model: a complete acoustic model gives"
              + " loglikes");
    }
  }

  private void writeVosk(PlainModel model) {
    if (graph == null || transitionModel == null) {
      throw new StjemException("--format=vosk needs --graph and --transition-model");
    }
    if (!(acousticScale > 0) || Float.isInfinite(acousticScale)) {
      throw new StjemException("--acoustic-scale must be above 0, not " + acousticScale);
    }
    VoskFolder vosk =
        new VoskFolder(
            model,
            folder,
            new VoskSettings(
                transitionModel,
                graph,
                Optional.ofNullable(lang),
                Optional.ofNullable(silencePhones),
                decoder.options(),
                acousticScale));
    if (!vosk.hasWordBoundaries()) {
      LOG.warn("No phones/word_boundary.int: Vosk will give words without exact times");
    }
    if (vosk.normalisesFeatures()) {
      LOG.warn(
          "The model was trained on features normalised by earlier frames, but Vosk 0.3.45"
              + " subtracts the same mean from every frame: words will differ; a model trained with"
              + " --feature-normalisation=none has none of this");
    }
    vosk.write(ByteNames.path(out));
  }
}
