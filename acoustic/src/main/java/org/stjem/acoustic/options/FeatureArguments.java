package org.stjem.acoustic.options;

import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.FeatureMatch;
import org.stjem.acoustic.net.FeatureNormalisation;
import org.stjem.acoustic.net.InputFeatures;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.frontend.data.FeatureScript;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Option;

/** What is done where features are not as the model wants them. */
public final class FeatureArguments {
  private static final Logger LOG = LoggerFactory.getLogger(FeatureArguments.class);

  @Option(
      names = "--apply-normalisation",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "normalise the features as the model's were (default: where feats.scp lists archives"
              + " raw_*.ark, as make-fbank and steps/make_fbank.sh call them)")
  private Boolean apply;

  @Option(
      names = "--on-feature-mismatch",
      paramLabel = "warn|fail|ignore",
      description =
          "what to do when the features' mean is far from that of the model's training features"
              + " (default: ${DEFAULT-VALUE})")
  private InputFeatures.OnMismatch onMismatch = InputFeatures.OnMismatch.WARN;

  /**
   * The way of a table's features to a model.
   *
   * @param folder of the model
   * @param rspecifier of the features
   * @throws StjemException if they are to be normalised in a way that needs more than the features
   */
  public InputFeatures of(ModelDescription model, Path folder, String rspecifier) {
    return of(
        folder.toString(),
        model.featureNormalisation(),
        new FeatureMatch(model.inputMean(), model.inputStddev()),
        rspecifier,
        () -> FeatureNormalisation.of(model, folder));
  }

  /**
   * The way of a table's features to a model that a server has.
   *
   * @param name of the model
   * @param words of its feature normalisation
   */
  public InputFeatures of(String name, String words, FeatureMatch match, String rspecifier) {
    return of(name, words, match, rspecifier, () -> FeatureNormalisation.of(words));
  }

  /** Makes the normalisation that a model's words name. */
  private interface Maker {
    FeatureNormalisation make();
  }

  private InputFeatures of(
      String name, String words, FeatureMatch match, String rspecifier, Maker maker) {
    return new InputFeatures(
        name, words, match, normalisation(words, rspecifier, maker), onMismatch);
  }

  private Optional<FeatureNormalisation> normalisation(
      String words, String rspecifier, Maker maker) {
    if (Boolean.FALSE.equals(apply) || words.equals(FeatureNormalisation.NONE)) {
      return Optional.empty();
    }
    Optional<FeatureScript> raw = FeatureScript.of(rspecifier).filter(FeatureScript::isRaw);
    if (apply == null && raw.isEmpty()) {
      return Optional.empty();
    }
    try {
      FeatureNormalisation made = maker.make();
      LOG.info(
          "the features {}are normalised as the model's were: {}",
          raw.map(script -> "of " + script + " are raw and ").orElse(""),
          words);
      return Optional.of(made);
    } catch (StjemException e) {
      if (apply != null) {
        throw new StjemException("--apply-normalisation cannot be done: " + e.getMessage(), e);
      }
      LOG.warn(
          "the features of {} are raw, but {}, which is not applied here; pipe them through"
              + " apply-cmvn",
          raw.get(),
          e.getMessage());
      return Optional.empty();
    }
  }
}
