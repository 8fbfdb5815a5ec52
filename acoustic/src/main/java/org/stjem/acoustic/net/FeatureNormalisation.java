package org.stjem.acoustic.net;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.stjem.frontend.cmvn.Cmvn;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.cmvn.OnlineCmvn;
import org.stjem.frontend.cmvn.OnlineCmvnOptions;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.options.KaldiOptions;
import picocli.CommandLine;

/**
 * What is done to features before a model, by the words of its description: {@code none}, {@code
 * per-utterance mean}, {@code per-utterance mean and variance}, or {@code online} followed by
 * options of {@link OnlineCmvnOptions} if they are not the defaults. The global statistics for the
 * last are those in {@code global_cmvn.stats} in the model folder.
 */
public final class FeatureNormalisation {
  /** The words for features as the extractor makes them. */
  public static final String NONE = "none";

  /** The words that have a meaning, for help and messages. */
  public static final String WORDS =
      "none, per-utterance mean, per-utterance mean and variance, or online with options of"
          + " apply-cmvn-online; others, such as per-speaker mean, are noted for people to read";

  private static final String ONLINE = "online";
  private static final String PER_SPEAKER = "per-speaker ";
  private static final String PER_UTTERANCE = "per-utterance ";
  private static final String MEAN = PER_UTTERANCE + "mean";
  private static final String MEAN_AND_VARIANCE = MEAN + " and variance";

  private final boolean wholeUtterance;
  private final boolean variances;
  private final OnlineCmvnOptions online;
  private final CmvnStats global;

  private FeatureNormalisation(
      boolean wholeUtterance, boolean variances, OnlineCmvnOptions online, CmvnStats global) {
    this.wholeUtterance = wholeUtterance;
    this.variances = variances;
    this.online = online;
    this.global = global;
  }

  /**
   * That of a model.
   *
   * @param folder where statistics are looked for
   * @throws StjemException if the words have no meaning here, or statistics are missing or do not
   *     fit
   */
  public static FeatureNormalisation of(ModelDescription description, Path folder) {
    String words = description.featureNormalisation();
    if (!isOnline(words)) {
      return of(words);
    }
    OnlineCmvnOptions options = new OnlineCmvnOptions();
    List<String> parts = Arrays.asList(words.strip().split("\\s+"));
    parse(options, parts.subList(1, parts.size()));
    CmvnStats global =
        CmvnStats.of(
            KaldiObjects.readDoubleMatrix(ByteNames.of(folder.resolve(ModelFolder.GLOBAL_STATS))));
    // Made once here, so that options or statistics that do not fit are found before an utterance.
    new OnlineCmvn(options, global);
    return new FeatureNormalisation(false, false, options, global);
  }

  /**
   * That of a model for sounds each of which is all that its speaker says: a mean or variance of
   * the speaker is that of the utterance.
   *
   * @throws StjemException as {@link #of(ModelDescription, Path)} does
   */
  public static FeatureNormalisation ofLoneUtterances(ModelDescription description, Path folder) {
    String words = description.featureNormalisation();
    return words.startsWith(PER_SPEAKER)
        ? of(PER_UTTERANCE + words.substring(PER_SPEAKER.length()))
        : of(description, folder);
  }

  /**
   * One that needs no statistics.
   *
   * @throws StjemException if the words are of another, or have no meaning here
   */
  public static FeatureNormalisation of(String words) {
    return switch (words) {
      case NONE -> new FeatureNormalisation(false, false, null, null);
      case MEAN -> new FeatureNormalisation(true, false, null, null);
      case MEAN_AND_VARIANCE -> new FeatureNormalisation(true, true, null, null);
      default -> throw new StjemException("the model's feature normalisation is '" + words + "'");
    };
  }

  /** Whether the words are of normalisation frame by frame, which needs global statistics. */
  public static boolean isOnline(String words) {
    return words.equals(ONLINE) || words.startsWith(ONLINE + " ");
  }

  /** Sets options from the command line's form of them. */
  public static void parse(Object options, List<String> arguments) {
    try {
      KaldiOptions.parser(options).parseArgs(arguments.toArray(new String[0]));
    } catch (CommandLine.ParameterException e) {
      throw new StjemException("the model's feature options: " + e.getMessage(), e);
    }
  }

  /** Whether nothing is done. */
  public boolean isNone() {
    return !wholeUtterance && online == null;
  }

  /** Whether the first features are known only when the whole utterance is. */
  public boolean needsWholeUtterance() {
    return wholeUtterance;
  }

  /** Whether the variance over the utterance is normalised as well as the mean. */
  public boolean variances() {
    return variances;
  }

  /** At the start of an utterance, the state of normalisation frame by frame. */
  public OnlineCmvn newOnline() {
    return new OnlineCmvn(online, global);
  }

  /**
   * Features of a whole utterance, normalised.
   *
   * @param features {@code [frames, dim]}, at least one frame
   */
  public FloatMatrix apply(FloatMatrix features) {
    if (online != null) {
      return newOnline().accept(features);
    }
    if (!wholeUtterance) {
      return features;
    }
    CmvnStats stats = new CmvnStats(features.cols());
    stats.accumulate(features);
    return Cmvn.normalising(stats, variances).apply(features);
  }
}
