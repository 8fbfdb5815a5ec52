package org.stjem.combine;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.frontend.io.StjemException;

/** Whether two models can be added: the same pdfs, and the same features at the same rate. */
final class ModelAgreement {
  private ModelAgreement() {}

  /**
   * Checks two models. The frontend's options are compared where both models know them.
   *
   * @param firstName what to call the first model in the message
   * @param secondName what to call the second
   * @throws StjemException if they differ; names the property and both values
   */
  static void check(
      String firstName, ModelDescription first, String secondName, ModelDescription second) {
    Comparison comparison = new Comparison(firstName, secondName);
    comparison.same("number of pdfs", first.numPdfs(), second.numPdfs());
    comparison.same("feature dimension", first.featureDim(), second.featureDim());
    comparison.same("frame shift in ms", first.frameShiftMs(), second.frameShiftMs());
    comparison.same(
        "feature normalisation", first.featureNormalisation(), second.featureNormalisation());
    Map<String, String> options = first.featureOptions();
    Map<String, String> others = second.featureOptions();
    if (!options.isEmpty() && !others.isEmpty()) {
      TreeSet<String> names = new TreeSet<>(options.keySet());
      names.addAll(others.keySet());
      for (String name : names) {
        comparison.same("feature option --" + name, options.get(name), others.get(name));
      }
    }
  }

  private record Comparison(String firstName, String secondName) {
    void same(String property, Object first, Object second) {
      if (!Objects.equals(first, second)) {
        throw new StjemException(
            String.format(
                Locale.ROOT,
                "models differ in %s: %s has %s, %s has %s; they cannot be combined",
                property,
                firstName,
                Objects.requireNonNullElse(first, "none"),
                secondName,
                Objects.requireNonNullElse(second, "none")));
      }
    }
  }
}
