package org.stjem.acoustic.align;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.stjem.frontend.io.StjemException;

/**
 * Counts the utterances of a corpus that are used and those that are left out, and tells why
 * without repeating itself: the first of a kind at once, the others as a count at the end. Not
 * thread-safe.
 */
public final class UtteranceTally {
  private static final int NAMED = 3;

  private final Logger log;
  private final double maxFailed;
  private final Map<String, Kind> kinds = new LinkedHashMap<>();
  private String firstFailure;
  private String firstBadLabel;
  private int done;
  private int failed;
  private int badLabels;

  /** Failures that differ in their numbers alone. */
  private static final class Kind {
    private final String first;
    private final List<String> others = new ArrayList<>();
    private int count = 1;

    Kind(String first) {
      this.first = first;
    }
  }

  /**
   * Starts at zero.
   *
   * @param log gets the warnings and the counts
   * @param maxFailed the share of the utterances that may have a label out of range
   */
  public UtteranceTally(Logger log, double maxFailed) {
    this.log = log;
    this.maxFailed = maxFailed;
  }

  /** An utterance is used. */
  public void done() {
    done++;
  }

  /** An utterance is left out. */
  public void failed(String key, StjemException why) {
    failed++;
    String failure = "utterance " + key + ": " + why.getMessage();
    firstFailure = firstFailure == null ? failure : firstFailure;
    if (why instanceof LabelException) {
      badLabels++;
      firstBadLabel = firstBadLabel == null ? failure : firstBadLabel;
    }
    String pattern = pattern(key, why.getMessage());
    Kind kind = kinds.get(pattern);
    if (kind == null) {
      kinds.put(pattern, new Kind(key));
      log.warn("utterance {} is skipped: {}", key, why.getMessage());
      return;
    }
    kind.count++;
    if (kind.others.size() < NAMED) {
      kind.others.add(key);
    }
    log.debug("utterance {} is skipped: {}", key, why.getMessage());
  }

  /** What failures of one kind have in common: the message without the key and numbers. */
  private static String pattern(String key, String message) {
    // As a word of its own: a key of one letter stands in most messages.
    String withoutKey =
        message.replaceAll("(?<![^\\s'\":,(/])" + Pattern.quote(key) + "(?![^\\s'\":,.;)/])", "");
    return withoutKey.replaceAll("-?[0-9]+", "0");
  }

  /** Utterances left out so far. */
  public int failures() {
    return failed;
  }

  /**
   * Tells the counts, when all utterances have been seen.
   *
   * @throws StjemException if no utterance was used, or more had a label out of range than may have
   */
  public void finish() {
    for (Kind kind : kinds.values()) {
      int more = kind.count - 1;
      if (more > 0) {
        log.warn(
            "{} more {} skipped for the same reason as {}: {}{}",
            more,
            more == 1 ? "utterance is" : "utterances are",
            kind.first,
            String.join(", ", kind.others),
            more > NAMED ? " ..." : "");
      }
    }
    log.info("Done {} utterances, failed for {}", done, failed);
    int all = done + failed;
    if (badLabels > maxFailed * all) {
      throw new StjemException(
          badLabels
              + " of "
              + all
              + " utterances have a label out of range, more than --max-failed="
              + maxFailed
              + " allows; "
              + firstBadLabel);
    }
    if (done == 0) {
      throw new StjemException(
          all == 0
              ? "there are no utterances"
              : "no utterance could be used, " + all + " failed; " + firstFailure);
    }
  }
}
