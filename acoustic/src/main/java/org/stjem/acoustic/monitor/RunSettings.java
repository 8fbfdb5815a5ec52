package org.stjem.acoustic.monitor;

import org.stjem.acoustic.ebm.OnDivergence;
import org.stjem.acoustic.ebm.TrainingException;

/**
 * How a training is run; none of it changes what an undisturbed run learns.
 *
 * @param logEvery updates between two reports, or {@link #BY_LENGTH}
 * @param checkpointEvery updates between two checkpoints, or {@link #BY_LENGTH}
 * @param restart whether to ignore a checkpoint
 * @param onDivergence what to do when the loss leaves all bounds
 * @param keep which weights become the model
 */
public record RunSettings(
    int logEvery, int checkpointEvery, boolean restart, OnDivergence onDivergence, Keep keep) {
  /** Stands for a share of the run. */
  public static final int BY_LENGTH = 0;

  private static final int REPORTS = 50;
  private static final int LONGEST_REPORT = 500;
  private static final int CHECKPOINTS = 10;
  private static final int LONGEST_CHECKPOINT = 2000;

  public RunSettings {
    if (logEvery < 0 || checkpointEvery < 0) {
      throw new TrainingException(
          "log and checkpoint intervals cannot be negative, not "
              + logEvery
              + " and "
              + checkpointEvery);
    }
  }

  /** Updates between two reports of a run of so many. */
  int logEvery(long updates) {
    return logEvery == BY_LENGTH ? share(updates, REPORTS, LONGEST_REPORT) : logEvery;
  }

  /** Updates between two checkpoints of a run of so many. */
  int checkpointEvery(long updates) {
    return checkpointEvery == BY_LENGTH
        ? share(updates, CHECKPOINTS, LONGEST_CHECKPOINT)
        : checkpointEvery;
  }

  private static int share(long updates, int parts, int longest) {
    return (int) Math.max(1, Math.min(longest, updates / parts));
  }
}
