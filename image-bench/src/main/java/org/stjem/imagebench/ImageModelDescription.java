package org.stjem.imagebench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.acoustic.eval.Result;

/**
 * What an image model is and how it came about; the contents of {@code model.json}.
 *
 * @param formatVersion version of this record
 * @param architecture {@code wide-resnet}
 * @param depth layers
 * @param width widening factor
 * @param batchNorm whether activations are normalised over the batch; not in earlier files, of
 *     networks without
 * @param classNames names of the classes, by label
 * @param trainingImages how many pictures it was trained on
 * @param objective training objective
 * @param options every option of the run by name
 * @param seed seed of the run
 * @param revision git revision of the program
 */
public record ImageModelDescription(
    int formatVersion,
    String architecture,
    int depth,
    int width,
    boolean batchNorm,
    List<String> classNames,
    int trainingImages,
    String objective,
    Map<String, String> options,
    long seed,
    String revision) {

  /** What the architecture is called in results, such as {@code WRN-28-10}. */
  public String modelName() {
    return "WRN-" + depth + "-" + width + (batchNorm ? "-BN" : "");
  }

  /**
   * An option of the training run.
   *
   * @param missing its value in models that do not record it
   * @throws ImageBenchException if it is not a number
   */
  public double option(String name, double missing) {
    String value = options == null ? null : options.get(name);
    try {
      return value == null ? missing : Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new ImageBenchException(
          "model.json has the option " + name + " = '" + value + "', must be a number", e);
    }
  }

  /**
   * Requires the model to have as many classes as {@code images}.
   *
   * @param data where the images come from, for the message
   * @throws ImageBenchException if it has not
   */
  public void requireClasses(CifarImages images, Path data) {
    if (images.classes() != classNames.size()) {
      throw new ImageBenchException(
          data
              + " has "
              + images.classes()
              + " classes, the model was trained on "
              + classNames.size());
    }
  }

  /** What the model reached on a test set, as an entry of a results file. */
  public Result result(String testSet, CalibrationReport report) {
    return new Result(
        testSet,
        objective,
        modelName(),
        seed,
        null,
        report.ece(),
        report.accuracy(),
        report.nll(),
        report.brier(),
        null,
        null,
        report);
  }
}
