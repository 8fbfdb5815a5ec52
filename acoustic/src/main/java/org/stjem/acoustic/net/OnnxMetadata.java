package org.stjem.acoustic.net;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.onnx.GraphInput;
import org.stjem.frontend.io.StjemException;

/**
 * What an exported ONNX file says of its model, in the {@code metadata_props} of the format, so
 * that the file alone makes a model folder again. Keys and values:
 *
 * <ul>
 *   <li>{@code stjem.format}: version of these keys, {@code 1}
 *   <li>{@code stjem.input}: {@code frames}, features with their context, or {@code windows},
 *       spliced features; both before the model's own normalisation
 *   <li>{@code stjem.model}: {@code model.json} of the folder, see {@link ModelDescription}
 *   <li>{@code stjem.priors}: the priors in output {@code loglikes}, as {@code priors.json} with
 *       its counts; missing if they are not known, when there is no such output
 *   <li>{@code stjem.calibration}: {@code calibration.json} of the outputs; missing if they are not
 *       calibrated. Output {@value #TRAINED_LOGITS} is there with it
 *   <li>{@code stjem.members}: of a mixture, its models, weights and log Z, in words
 * </ul>
 *
 * @param input what the graph takes
 * @param description of the model that was exported
 * @param priors of the outputs
 * @param calibration of the outputs
 * @param members of a mixture, in words; empty for one model
 */
public record OnnxMetadata(
    GraphInput input,
    ModelDescription description,
    PriorSettings priors,
    Optional<PosteriorScaling> calibration,
    String members) {
  /** The output of a calibrated model that holds its logits as they were trained. */
  public static final String TRAINED_LOGITS = "trained_logits";

  private static final String FORMAT_KEY = "stjem.format";
  private static final String INPUT_KEY = "stjem.input";
  private static final String MODEL_KEY = "stjem.model";
  private static final String PRIORS_KEY = "stjem.priors";
  private static final String CALIBRATION_KEY = "stjem.calibration";
  private static final String MEMBERS_KEY = "stjem.members";
  private static final String FORMAT = "1";

  /** The text by key, in a fixed order. */
  public Map<String, String> text() {
    Map<String, String> text = new LinkedHashMap<>();
    text.put(FORMAT_KEY, FORMAT);
    text.put(INPUT_KEY, input.toString());
    text.put(MODEL_KEY, DescriptionText.of(description));
    if (priors.areKnown()) {
      text.put(PRIORS_KEY, priors.json(true));
    }
    calibration.ifPresent(scaling -> text.put(CALIBRATION_KEY, scaling.json()));
    if (!members.isEmpty()) {
      text.put(MEMBERS_KEY, members);
    }
    return text;
  }

  /**
   * Reads what {@link #text} gave.
   *
   * @param file that holds it, for messages
   * @return empty if the file is not one that was exported here
   * @throws StjemException if it is, but what it says is damaged; names the key
   */
  public static Optional<OnnxMetadata> read(Path file, Map<String, String> text) {
    if (!text.containsKey(FORMAT_KEY)) {
      return Optional.empty();
    }
    if (!FORMAT.equals(text.get(FORMAT_KEY))) {
      throw new StjemException(
          at(file, FORMAT_KEY)
              + " is "
              + text.get(FORMAT_KEY)
              + ", this program reads version "
              + FORMAT);
    }
    String input = text.getOrDefault(INPUT_KEY, "missing");
    if (!input.equals(GraphInput.FRAMES.toString())
        && !input.equals(GraphInput.WINDOWS.toString())) {
      throw new StjemException(
          at(file, INPUT_KEY) + " is " + input + "; there are frames and windows");
    }
    ModelDescription description =
        DescriptionText.parse(at(file, MODEL_KEY), text.getOrDefault(MODEL_KEY, ""));
    PriorSettings priors =
        text.containsKey(PRIORS_KEY)
            ? PriorSettings.parse(
                at(file, PRIORS_KEY),
                text.get(PRIORS_KEY),
                description.classCounts(),
                description.numPdfs())
            : PriorSettings.of(new double[0]);
    return Optional.of(
        new OnnxMetadata(
            GraphInput.valueOf(input.toUpperCase(Locale.ROOT)),
            description,
            priors,
            Optional.ofNullable(text.get(CALIBRATION_KEY))
                .map(json -> PosteriorScaling.parse(at(file, CALIBRATION_KEY), json)),
            text.getOrDefault(MEMBERS_KEY, "")));
  }

  private static String at(Path file, String key) {
    return file + ": " + key;
  }
}
