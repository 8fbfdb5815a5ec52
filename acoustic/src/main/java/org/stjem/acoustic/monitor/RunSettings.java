package org.stjem.acoustic.monitor;

import org.stjem.acoustic.ebm.OnDivergence;
import org.stjem.acoustic.ebm.TrainingException;

/**
 * How a training is run; none of it changes what an undisturbed run learns.
 *
 * @param logEvery updates between two reports
 * @param checkpointEvery updates between two checkpoints
 * @param restart whether to ignore a checkpoint
 * @param onDivergence what to do when the loss leaves all bounds
 * @param keep which weights become the model
 */
public record RunSettings(
    int logEvery, int checkpointEvery, boolean restart, OnDivergence onDivergence, Keep keep) {
  public RunSettings {
    if (logEvery < 1 || checkpointEvery < 1) {
      throw new TrainingException(
          "log and checkpoint intervals must be positive, not "
              + logEvery
              + " and "
              + checkpointEvery);
    }
  }
}
