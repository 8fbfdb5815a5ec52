package org.stjem.acoustic.monitor;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.TrainingStatus;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;

/**
 * Tells of a training run: a line per interval and epoch to the log, the same as JSON objects in
 * {@code train.jsonl}, and a page of curves, {@code train.html}. A resumed run goes on with both
 * where the checkpoint was written.
 */
final class TrainingJournal {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingJournal.class);
  private static final String STEP = "step";

  /** Wall time of the training so far, over all its processes. */
  static final String RUN_SECONDS = "runSeconds";

  private final String title;
  private final String rowName;
  private final InstantSource clock;
  private final Path page;
  private final JsonLines lines;
  private final long opened;
  private double earlierSeconds;
  private final DensityWatch density = new DensityWatch();
  private boolean pageFailed;
  private long pageWritten = Long.MIN_VALUE / 2;

  /**
   * Opens or goes on with the journal in {@code folder}.
   *
   * @param rowName what a training row is called, in the plural
   */
  TrainingJournal(Path folder, String rowName, InstantSource clock) throws IOException {
    this.title = "Training of " + folder.toAbsolutePath().normalize().getFileName();
    this.rowName = rowName;
    this.clock = clock;
    this.opened = clock.millis();
    this.page = folder.resolve("train.html");
    this.lines = new JsonLines(folder.resolve(FinishedRun.JOURNAL));
  }

  /** Starts anew, with {@code header} as the first line. */
  void start(Object header) throws IOException {
    lines.retain(line -> false);
    lines.add(header);
  }

  /** Forgets what came after {@code step}, because it will come again. */
  void goOnFrom(long step) throws IOException {
    lines.retain(line -> !line.has(STEP) || line.get(STEP).getAsLong() <= step);
  }

  /** Goes on after an earlier process, whose time counts. */
  void resumeFrom(long step) throws IOException {
    goOnFrom(step);
    for (JsonObject line : lines.objects()) {
      if (line.has(RUN_SECONDS)) {
        earlierSeconds = line.get(RUN_SECONDS).getAsDouble();
      }
    }
  }

  void interval(TrainingStatus s) {
    LOG.info("{}", text(s));
    density.after(s).ifPresent(LOG::warn);
    JsonObject line = lines.objectOf(s);
    // The time of the processor, unlike that on the wall, does not depend on who else uses it.
    ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .ifPresent(time -> line.addProperty("cpuSeconds", time.toMillis() / 1000.0));
    line.addProperty(RUN_SECONDS, earlierSeconds + (clock.millis() - opened) / 1000.0);
    add(line);
    boolean last = s.step() == s.totalSteps();
    // Drawing takes about a second, so at most a thirtieth of the time goes there.
    if (last || clock.millis() - pageWritten >= TrainingPage.REFRESH_SECONDS * 1000L) {
      writePage(!last);
    }
  }

  /** One line, without the terms that the objective does not have. */
  private String text(TrainingStatus s) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "step %d/%d epoch %d rate %.2g",
            s.step(),
            s.totalSteps(),
            s.epoch(),
            s.learningRate()));
    append(text, " loss %.4f", s.loss());
    append(text, " ce %.4f", s.crossEntropy());
    append(text, " column %.4f", s.columnExcess());
    append(text, " s(data) %.2f", s.dataScore());
    append(text, " s(samples) %.2f", s.sampleScore());
    append(text, " neg-mass %.3f", s.negativeMass());
    append(text, " grad %.3g", s.gradientNorm());
    append(text, " acc %.1f%%", 100 * s.accuracy());
    append(text, " %.0f " + rowName + "/s", s.rowsPerSecond());
    return text.append(" left ").append(clock(s.secondsLeft())).toString();
  }

  private static void append(StringBuilder text, String format, double value) {
    if (!Double.isNaN(value)) {
      text.append(String.format(Locale.ROOT, format, value));
    }
  }

  void heldOut(int epoch, long step, CalibrationReport report) {
    LOG.info(
        String.format(
            Locale.ROOT,
            "epoch %d held-out accuracy %.2f %% ECE %.2f %% over %d %s",
            epoch,
            report.accuracy(),
            report.ece(),
            report.frames(),
            rowName));
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("epoch", epoch);
    line.put(STEP, step);
    line.put("heldOut", report);
    add(line);
  }

  void diverged(long step, String reason) {
    LOG.warn("{}", reason);
    JsonObject line = new JsonObject();
    line.addProperty("divergedAt", step);
    line.addProperty("reason", reason);
    add(line);
    writePage(false);
  }

  void rolledBack(long from, long to, String reason) throws IOException {
    LOG.warn("{}; back to step {}, at half the learning rate and with other samples", reason, to);
    goOnFrom(to);
    JsonObject line = new JsonObject();
    line.addProperty("divergedAt", from);
    line.addProperty("rolledBackTo", to);
    line.addProperty("reason", reason);
    add(line);
  }

  /** After the last update: writes the page, and says so if the density is of no use. */
  void ended() {
    DensityFit.of(lines.objects()).sentence().ifPresent(LOG::warn);
    writePage(false);
  }

  /** Writes the page of curves. The training does not depend on it, so its faults are warnings. */
  void writePage(boolean running) {
    pageWritten = clock.millis();
    try {
      AtomicFile.writeString(page, new TrainingPage(title, lines.objects(), running).html());
    } catch (IOException | RuntimeException e) {
      if (!pageFailed) {
        pageFailed = true;
        LOG.warn("{} cannot be written; the training goes on without it: {}", page, reason(e));
      }
    }
  }

  private static String reason(Exception fault) {
    return fault instanceof IOException io ? StjemException.reason(io) : fault.toString();
  }

  private void add(Object value) {
    try {
      lines.add(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Hours, minutes and seconds. */
  static String clock(double seconds) {
    Duration left = Duration.ofSeconds(Math.round(seconds));
    return String.format(
        Locale.ROOT, "%d:%02d:%02d", left.toHours(), left.toMinutesPart(), left.toSecondsPart());
  }
}
