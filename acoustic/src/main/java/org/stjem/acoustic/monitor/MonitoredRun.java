package org.stjem.acoustic.monitor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.DivergenceException;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.ExitGuard;
import org.stjem.acoustic.ebm.SafeTensors;
import org.stjem.acoustic.ebm.StoppedException;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.ebm.Trainer;
import org.stjem.acoustic.ebm.TrainerOptions;
import org.stjem.acoustic.ebm.TrainingData;
import org.stjem.acoustic.ebm.TrainingException;
import org.stjem.acoustic.ebm.TrainingListener;
import org.stjem.acoustic.ebm.TrainingStatus;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.frontend.io.StjemException;

/**
 * A training in a folder. It leaves {@code train.jsonl}, one JSON object per interval and epoch,
 * and {@code train.html}, its curves. While it runs there are {@code checkpoint.safetensors}, from
 * which the same run goes on after a kill, and {@code best.safetensors} where the best weights are
 * kept.
 */
public final class MonitoredRun implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(MonitoredRun.class);
  private static final String ACCURACY = "accuracy";

  /** The state of a run that has not ended. */
  static final String CHECKPOINT = "checkpoint.safetensors";

  private final RunSettings settings;
  private final Function<EnergyNetwork, CalibrationReport> heldOut;
  private final TrainingJournal journal;
  private final Path checkpoint;
  private final Path best;
  private double bestAccuracy = Double.NEGATIVE_INFINITY;

  /**
   * A run in {@code folder}, which exists.
   *
   * @param rowName what a training row is called, in the plural
   * @param heldOut measures the network on held-out rows after each epoch, or null; throws a {@link
   *     StjemException} if its logits are not finite
   * @throws TrainingException if the best weights are to be kept and there is nothing held out
   */
  public MonitoredRun(
      Path folder,
      RunSettings settings,
      String rowName,
      Function<EnergyNetwork, CalibrationReport> heldOut)
      throws IOException {
    if (settings.keep() == Keep.BEST && heldOut == null) {
      throw new TrainingException("to keep the best weights, held-out " + rowName + " are needed");
    }
    this.settings = settings;
    this.heldOut = heldOut;
    this.journal = new TrainingJournal(folder, rowName, InstantSource.system());
    this.checkpoint = folder.resolve(CHECKPOINT);
    this.best = folder.resolve("best.safetensors");
  }

  /**
   * Trains from the checkpoint or from the start to the end.
   *
   * @param header what the run is, the first line of the journal
   * @return the weights of the model
   * @throws DivergenceException if the training diverges for good
   * @throws StoppedException if the program is to end; the same run goes on from the checkpoint
   */
  public Map<String, Tensor> train(
      EnergyNetwork network, TrainingData data, TrainerOptions options, Object header)
      throws IOException {
    if (settings.restart()) {
      clear();
    }
    try (ExitGuard guard = ExitGuard.hold();
        Trainer trainer = new Trainer(network, data, options, this, InstantSource.system())) {
      if (trainer.resume(checkpoint)) {
        LOG.info("going on from step {} of {}", trainer.step(), checkpoint);
        journal.resumeFrom(trainer.step());
        if (Files.exists(best)) {
          bestAccuracy = Double.parseDouble(SafeTensors.read(best).metadata().get(ACCURACY));
        }
      } else {
        clear();
        journal.start(header);
      }
      long updates = trainer.totalSteps();
      LOG.info(
          "{} updates, warm-up over {}, a report every {}, a checkpoint every {}",
          updates,
          options.schedule().warmup(updates),
          settings.logEvery(updates),
          settings.checkpointEvery(updates));
      journal.writePage(true);
      try {
        trainer.run(
            checkpoint,
            settings.checkpointEvery(updates),
            settings.logEvery(updates),
            settings.onDivergence());
      } catch (StoppedException e) {
        // Straight to standard error: the log is closed while the virtual machine shuts down.
        System.err.println(
            "LOG (stjem) " + e.getMessage() + "; the same command goes on from " + checkpoint);
        throw e;
      }
      journal.ended();
      return settings.keep() == Keep.BEST
          ? SafeTensors.read(best).tensors()
          : trainer.evaluationWeights();
    }
  }

  /** Removes what a run that goes on would need; to be called when the model has been written. */
  public void clear() throws IOException {
    Files.deleteIfExists(checkpoint);
    Files.deleteIfExists(best);
  }

  @Override
  public void interval(TrainingStatus status) {
    journal.interval(status);
  }

  @Override
  public void epochEnded(int epoch, long step, EnergyNetwork network) throws IOException {
    if (heldOut == null) {
      return;
    }
    CalibrationReport report;
    try {
      report = heldOut.apply(network);
    } catch (StjemException e) {
      // The last update may have left parameters that are finite and logits that are not.
      throw new DivergenceException(step, "on what is held out, " + e.getMessage());
    }
    journal.heldOut(epoch, step, report);
    if (settings.keep() == Keep.BEST && report.accuracy() > bestAccuracy) {
      bestAccuracy = report.accuracy();
      Map<String, String> metadata =
          Map.of(ACCURACY, Double.toString(bestAccuracy), "epoch", Integer.toString(epoch));
      new SafeTensors(network.weights(), metadata).write(best);
    }
  }

  @Override
  public void diverged(DivergenceException reason) {
    journal.diverged(reason.step(), reason.getMessage());
  }

  @Override
  public void rolledBack(long step, DivergenceException reason) throws IOException {
    journal.rolledBack(reason.step(), step, reason.getMessage());
  }
}
