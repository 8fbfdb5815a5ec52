package org.stjem.acoustic.net;

import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;

/**
 * The features of a table on their way to one model: normalised where that is to be done, and
 * watched whether they fit the model. Used by one thread at a time.
 */
public final class InputFeatures {
  private static final Logger LOG = LoggerFactory.getLogger(InputFeatures.class);

  /** What to do about features that do not fit the model. */
  public enum OnMismatch {
    /** Say so once. */
    WARN,
    /** Throw. */
    FAIL,
    /** Nothing. */
    IGNORE
  }

  private final String model;
  private final String words;
  private final FeatureMatch match;
  private final Optional<FeatureNormalisation> normalisation;
  private OnMismatch onMismatch;

  /**
   * At the start of a table.
   *
   * @param model what the model is called, for messages
   * @param words what was done to its training features
   * @param match of the features with the model's
   * @param normalisation what is to be done to the features; empty for nothing
   */
  public InputFeatures(
      String model,
      String words,
      FeatureMatch match,
      Optional<FeatureNormalisation> normalisation,
      OnMismatch onMismatch) {
    this.model = model;
    this.words = words;
    this.match = match;
    this.normalisation = normalisation;
    this.onMismatch = onMismatch;
  }

  /**
   * The features of the next utterance as the model takes them.
   *
   * @param features {@code [frames, dim]}
   * @throws StjemException if the features so far do not fit and that is a fault
   */
  public FloatMatrix prepare(FloatMatrix features) {
    FloatMatrix prepared =
        normalisation.isPresent() && features.rows() > 0
            ? normalisation.get().apply(features)
            : features;
    if (onMismatch != OnMismatch.IGNORE) {
      match.add(prepared);
      if (match.isMismatch()) {
        if (onMismatch == OnMismatch.FAIL) {
          throw new StjemException(sentence());
        }
        LOG.warn("{}", sentence());
        onMismatch = OnMismatch.IGNORE;
      }
    }
    return prepared;
  }

  /**
   * The table with each utterance's features {@linkplain #prepare prepared} when first asked for.
   */
  public SequentialTableReader<FloatMatrix> prepared(SequentialTableReader<FloatMatrix> table) {
    return new SequentialTableReader<>() {
      private FloatMatrix value;

      @Override
      public boolean next() {
        value = null;
        return table.next();
      }

      @Override
      public String key() {
        return table.key();
      }

      @Override
      public FloatMatrix value() {
        if (value == null) {
          value = prepare(table.value());
        }
        return value;
      }

      @Override
      public void close() {
        table.close();
      }
    };
  }

  private String sentence() {
    String advice;
    if (words.equals(FeatureNormalisation.NONE)) {
      advice = "give it features as make-fbank writes them, without apply-cmvn";
    } else if (normalisation.isPresent()) {
      advice =
          "they have been normalised so here; were they normalised already, or made otherwise?";
    } else {
      advice = "normalise them so, e.g. with --apply-normalisation where they are raw";
    }
    return String.format(
        Locale.ROOT,
        "the features are not like those that model %s was trained on: over %d utterances half of"
            + " the dimensions have a mean %.1f or more standard deviations from the model's (at"
            + " most %.1f is usual); its features were normalised by '%s': %s"
            + " (--on-feature-mismatch=ignore if they are meant)",
        model,
        match.utterances(),
        match.distance(),
        match.limit(),
        words,
        advice);
  }
}
