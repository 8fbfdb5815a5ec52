package org.stjem.acoustic.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.TrainingListener;
import org.stjem.acoustic.ebm.TrainingStatus;
import org.stjem.acoustic.eval.CalibrationReport;

/** Tells of a training run: one line per interval to the log, one JSON object to a file. */
public final class TrainingJournal implements TrainingListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingJournal.class);

  private final Gson gson = new GsonBuilder().serializeSpecialFloatingPointValues().create();
  private final Writer lines;
  private final Function<EnergyNetwork, CalibrationReport> atEpochEnd;

  /**
   * Appends to {@code file}.
   *
   * @param atEpochEnd evaluates the network after each epoch, or null
   */
  public TrainingJournal(Path file, Function<EnergyNetwork, CalibrationReport> atEpochEnd)
      throws IOException {
    this.lines =
        Files.newBufferedWriter(
            file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    this.atEpochEnd = atEpochEnd;
  }

  @Override
  public void interval(TrainingStatus s) {
    LOG.info(
        String.format(
            Locale.ROOT,
            "step %d/%d epoch %d rate %.2g loss %.4f ce %.4f column %.4f s(data) %.2f s(samples)"
                + " %.2f neg-mass %.3f grad %.3g acc %.1f%% %.0f frames/s left %s",
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
            clock(s.secondsLeft())));
    write(s);
  }

  /** Appends {@code value} as one JSON line. */
  public void write(Object value) {
    try {
      lines.write(gson.toJson(value) + "\n");
      lines.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void epochEnded(int epoch, EnergyNetwork network) {
    if (atEpochEnd == null) {
      return;
    }
    CalibrationReport report = atEpochEnd.apply(network);
    LOG.info(
        String.format(
            Locale.ROOT,
            "epoch %d held-out accuracy %.2f %% ECE %.2f %% over %d frames",
            epoch,
            report.accuracy(),
            report.ece(),
            report.frames()));
    write(Map.of("epoch", epoch, "heldOut", report));
  }

  private static String clock(double seconds) {
    Duration left = Duration.ofSeconds(Math.round(seconds));
    return String.format(
        Locale.ROOT, "%d:%02d:%02d", left.toHours(), left.toMinutesPart(), left.toSecondsPart());
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
