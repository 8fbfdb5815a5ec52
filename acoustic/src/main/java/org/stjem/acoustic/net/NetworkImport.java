package org.stjem.acoustic.net;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.stjem.acoustic.onnx.GraphInput;
import org.stjem.acoustic.onnx.OnnxFile;
import org.stjem.acoustic.onnx.OnnxPrecision;
import org.stjem.acoustic.onnx.OnnxSignature;
import org.stjem.frontend.io.StjemException;

/**
 * Makes a model folder of an ONNX file: of a network {@code [rows, frames · dim]} or {@code [rows,
 * frames, dim]} to {@code [rows, pdfs]} from elsewhere, or of a file that was exported here, which
 * says itself what its model is.
 *
 * <p>What a foreign network gives is taken for logits f(x)_y: log-posteriors do as well, and then
 * log p(x) is 0 in every frame, so that a mixture learns nothing from it. Probabilities do not.
 */
public final class NetworkImport {
  private NetworkImport() {}

  /**
   * What a foreign file may leave open.
   *
   * @param leftContext frames before the current one; null if it follows from the file
   * @param rightContext frames behind it, or null
   * @param featureDim dimension of a frame, or null
   * @param numPdfs number of pdfs, or null
   * @param output name of the logits; null for the one called logits, or the only one
   * @param frameShiftMs frame shift in milliseconds
   * @param featureNormalisation what was done to the features before, in words
   * @param featureOptions the frontend's options by their Kaldi names; empty if unknown
   * @param inputMean taken off every frame, length featureDim; null for none
   * @param inputStddev what every frame is divided by, length featureDim; null for none
   * @param classCounts frames of each pdf; empty if the priors are not known
   * @param given the options that were given, by name
   */
  @SuppressWarnings("ArrayRecordComponent") // read at once, never compared
  public record Options(
      Integer leftContext,
      Integer rightContext,
      Integer featureDim,
      Integer numPdfs,
      String output,
      double frameShiftMs,
      String featureNormalisation,
      Map<String, String> featureOptions,
      float[] inputMean,
      float[] inputStddev,
      double[] classCounts,
      Map<String, String> given) {}

  /**
   * Imports a file; nothing is left behind if that fails.
   *
   * @param folder a new one, or one that holds no model
   * @return how the rows of the model are computed
   * @throws StjemException if the file is damaged, no such network or contradicts the options,
   *     something that it does not say is not given, or the folder cannot be written
   */
  public static Computation run(Path onnx, Options options, Path folder) {
    ByteBuffer bytes = OnnxFile.read(onnx);
    ModelProto model = OnnxFile.model(onnx);
    Optional<OnnxMetadata> own = OnnxMetadata.read(onnx, OnnxFile.metadata(model));
    try {
      if (own.isPresent()) {
        refuseOptions(own.get(), options);
        return NetworkFolder.save(
            folder,
            described(own.get()),
            own.get().priors(),
            own.get().calibration(),
            Optional.empty(),
            bytes);
      }
      PriorSettings priors = PriorSettings.of(options.classCounts());
      return NetworkFolder.save(
          folder, describe(model, options), priors, Optional.empty(), Optional.empty(), bytes);
    } catch (StjemException e) {
      throw new StjemException(onnx + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StjemException("cannot write " + folder + ": " + StjemException.reason(e), e);
    }
  }

  private static void refuseOptions(OnnxMetadata metadata, Options options) {
    if (metadata.input() == GraphInput.FRAMES) {
      throw new StjemException(
          "the graph takes frames and splices them itself; export the model with --input=windows"
              + " to import it");
    }
    if (!options.given().isEmpty()) {
      throw new StjemException(
          "the file says itself what its model is; --"
              + options.given().keySet().iterator().next()
              + " is of no use");
    }
  }

  private static ModelDescription described(OnnxMetadata metadata) {
    ModelDescription it = metadata.description();
    float[] ones = new float[it.featureDim()];
    Arrays.fill(ones, 1);
    return new ModelDescription(
        ModelFolder.formatVersion(),
        it.objective(),
        ModelDescription.ONNX,
        List.of(),
        "",
        it.featureDim(),
        it.leftContext(),
        it.rightContext(),
        it.numPdfs(),
        it.frameShiftMs(),
        it.featureNormalisation(),
        it.featureOptions(),
        // The graph normalises.
        new float[it.featureDim()],
        ones,
        it.classCounts(),
        it.training(),
        it.seed(),
        it.revision(),
        it.precision(),
        metadata.calibration().isPresent() ? OnnxMetadata.TRAINED_LOGITS : OnnxSignature.LOGITS,
        null,
        List.of(),
        List.of(),
        null);
  }

  private static ModelDescription describe(ModelProto model, Options options) {
    OnnxSignature signature = OnnxSignature.of(model, options.output());
    Window window = Window.of(signature.input(), options);
    int pdfs = pdfs(signature, options);
    return new ModelDescription(
        ModelFolder.formatVersion(),
        "unknown",
        ModelDescription.ONNX,
        List.of(),
        "",
        window.dim(),
        window.left(),
        window.right(),
        pdfs,
        options.frameShiftMs(),
        options.featureNormalisation(),
        options.featureOptions(),
        vector("--input-mean", options.inputMean(), window.dim(), 0),
        positive(vector("--input-stddev", options.inputStddev(), window.dim(), 1)),
        options.classCounts(),
        options.given(),
        0,
        "unknown",
        OnnxPrecision.of(model),
        signature.output(),
        null,
        List.of(),
        List.of(),
        null);
  }

  private static int pdfs(OnnxSignature signature, Options options) {
    double[] counts = options.classCounts();
    long pdfs = signature.pdfs();
    if (pdfs < 0) {
      pdfs = counts.length;
      if (options.numPdfs() != null) {
        pdfs = options.numPdfs();
      }
      if (pdfs < 1) {
        throw new StjemException(
            "output '" + signature.output() + "' leaves the number of pdfs open; give --num-pdfs");
      }
    }
    if (options.numPdfs() != null && options.numPdfs() != pdfs) {
      throw new StjemException(
          "output '"
              + signature.output()
              + "' has "
              + pdfs
              + " pdfs, not the "
              + options.numPdfs()
              + " of --num-pdfs");
    }
    if (counts.length > 0 && counts.length != pdfs) {
      throw new StjemException(
          "--class-frame-counts has "
              + counts.length
              + " classes, output '"
              + signature.output()
              + "' "
              + pdfs
              + " pdfs");
    }
    if (counts.length > 0) {
      PriorSettings.of(counts).priors();
    }
    if (pdfs > DescriptionText.MOST_OUTPUTS) {
      throw new StjemException(
          "output '"
              + signature.output()
              + "' has "
              + pdfs
              + " pdfs, at most "
              + DescriptionText.MOST_OUTPUTS
              + " can be read");
    }
    return (int) pdfs;
  }

  private static float[] vector(String option, float[] values, int dim, float otherwise) {
    if (values == null) {
      float[] all = new float[dim];
      Arrays.fill(all, otherwise);
      return all;
    }
    if (values.length != dim) {
      throw new StjemException(
          option + " has " + values.length + " values for features of dimension " + dim);
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new StjemException(option + " has a value " + value + ", must be finite");
      }
    }
    return values;
  }

  private static float[] positive(float[] stddev) {
    for (float value : stddev) {
      // Its inverse is multiplied by, and must be finite, too.
      if (!(value > 0) || Float.isInfinite(1 / value)) {
        throw new StjemException("--input-stddev has a value " + value + ", must be positive");
      }
    }
    return stddev;
  }

  /** The frames that a network sees. */
  private record Window(int left, int right, int dim) {
    /**
     * Of the input's shape, completed by the options and held against them.
     *
     * @param shape sizes, −1 where one is free
     */
    static Window of(long[] shape, Options options) {
      if (shape.length != 2 && shape.length != 3) {
        throw new StjemException(
            "its input has the shape "
                + Arrays.toString(shape)
                + "; networks of [rows, frames * dim] or [rows, frames, dim] can be imported");
      }
      Integer left = options.leftContext();
      Integer right = options.rightContext();
      for (Integer context : Arrays.asList(left, right)) {
        if (context != null && context < 0) {
          throw new StjemException("a context of " + context + " frames");
        }
      }
      long frames = left != null && right != null ? 1L + left + right : -1;
      long dim = options.featureDim() == null ? -1 : options.featureDim();
      if (options.featureDim() != null && dim < 1) {
        throw new StjemException("--feature-dim is " + dim + ", must be positive");
      }
      if (shape.length == 3) {
        frames = same("frames in a window", shape[1], frames);
        dim = same("dimension of a frame", shape[2], dim);
      } else if (shape[1] > 0) {
        if (shape[1] > DescriptionText.MOST_INPUTS) {
          throw new StjemException(
              "its input takes "
                  + shape[1]
                  + " values, at most "
                  + DescriptionText.MOST_INPUTS
                  + " can be read");
        }
        frames = frames < 0 && dim > 0 ? quotient(shape[1], dim) : frames;
        dim = dim < 0 && frames > 0 ? quotient(shape[1], frames) : dim;
        if (frames > 0 && frames * dim != shape[1]) {
          throw new StjemException(
              String.format(
                  Locale.ROOT,
                  "its input takes %d values, which are not %d frames of dimension %d",
                  shape[1],
                  frames,
                  dim));
        }
      }
      if (frames > 0 && left == null && right == null && frames == 1) {
        left = 0;
      }
      if (frames < 0 || (left == null && right == null)) {
        throw new StjemException(
            "it does not say which frames of a window come before the current one; give"
                + " --left-context and --right-context");
      }
      if (dim < 0) {
        throw new StjemException("it does not say the dimension of a frame; give --feature-dim");
      }
      long before = left != null ? left : frames - 1 - right;
      long behind = frames - 1 - before;
      if (before < 0 || behind < 0) {
        throw new StjemException(
            "its windows of " + frames + " frames are shorter than the context that is given");
      }
      return new Window(Math.toIntExact(before), Math.toIntExact(behind), Math.toIntExact(dim));
    }

    private static long same(String what, long ofFile, long given) {
      if (ofFile > 0 && given > 0 && ofFile != given) {
        throw new StjemException(
            "its input has " + ofFile + " for the " + what + ", the options say " + given);
      }
      return ofFile > 0 ? ofFile : given;
    }

    private static long quotient(long size, long part) {
      if (size % part != 0) {
        throw new StjemException(
            "its input takes " + size + " values, which cannot be divided by " + part);
      }
      return size / part;
    }
  }
}
