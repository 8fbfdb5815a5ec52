package org.stjem.frontend.cli;

import org.slf4j.Logger;

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

  /** Logs the counts and returns the command's exit status: 0 if at least one was done, else 1. */
  int finish() {
    log.info("Done {} utterances, failed for {}", done, failed);
    return done > 0 ? 0 : 1;
  }
}
