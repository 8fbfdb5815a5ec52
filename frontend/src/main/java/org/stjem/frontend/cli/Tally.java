package org.stjem.frontend.cli;

import org.slf4j.Logger;
import org.stjem.frontend.io.StjemException;

/** Counts the utterances of a command that were done and those that failed. */
final class Tally {
  private final Logger log;
  private long done;
  private long failed;

  /** Starts at zero; {@code log} gets the warnings and the last line. */
  Tally(Logger log) {
    this.log = log;
  }

  void done() {
    done++;
  }

  /** Warns why an utterance is left out; {@code reason} names it. */
  void failed(String reason) {
    log.warn("{}", reason);
    failed++;
  }

  /**
   * Logs the counts.
   *
   * @return the command's exit status, 0
   * @throws StjemException if no utterance was done
   */
  int finish() {
    log.info("Done {} utterances, failed for {}", done, failed);
    if (done == 0) {
      throw new StjemException("no utterance was done, failed for " + failed);
    }
    return 0;
  }
}
