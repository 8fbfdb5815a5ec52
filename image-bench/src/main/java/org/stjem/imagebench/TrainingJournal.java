package org.stjem.imagebench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.TrainingListener;
import org.stjem.acoustic.ebm.TrainingStatus;
import org.stjem.acoustic.eval.CalibrationReport;

/**
 * Tells of a training run: a line per interval and epoch to the log, and the same as a JSON object
 * to a file.
 */
final class TrainingJournal implements TrainingListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingJournal.class);

  private final Gson gson = new GsonBuilder().serializeSpecialFloatingPointValues().create();
  private final Writer lines;
  private final CifarImages heldOut;

  /**
   * Appends to {@code file}.
   *
   * @param heldOut pictures to measure the network on after each epoch; may be none
   */
  TrainingJournal(Path file, CifarImages heldOut) throws IOException {
    this.lines =
        Files.newBufferedWriter(
            file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    this.heldOut = heldOut;
  }

  /** Appends {@code value} as one JSON line. */
  void write(Object value) {
    try {
      lines.write(gson.toJson(value) + "\n");
      lines.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void interval(TrainingStatus s) {
    LOG.info(
        String.format(
            Locale.ROOT,
            "step %d/%d epoch %d rate %.2g loss %.4f ce %.4f column %.4f s(data) %.2f s(samples)"
                + " %.2f neg-mass %.3f grad %.3g acc %.1f%% %.0f images/s left %.0f min",
            s.step(),
            s.totalSteps(),
            s.epoch(),
            s.learningRate(),
            s.loss(),
            s.crossEntropy(),
            s.columnExcess(),
            s.dataScore(),
            s.sampleScore(),
            s.negativeMass(),
            s.gradientNorm(),
            100 * s.accuracy(),
            s.rowsPerSecond(),
            s.secondsLeft() / 60));
    write(s);
  }

  @Override
  public void epochEnded(int epoch, EnergyNetwork network) {
    if (heldOut.size() == 0) {
      return;
    }
    CalibrationReport report = ImageCalibration.measure(network, heldOut);
    LOG.info(
        String.format(
            Locale.ROOT,
            "epoch %d held-out accuracy %.2f %% ECE %.2f %% over %d images",
            epoch,
            report.accuracy(),
            report.ece(),
            report.frames()));
    write(Map.of("epoch", epoch, "heldOut", report));
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
