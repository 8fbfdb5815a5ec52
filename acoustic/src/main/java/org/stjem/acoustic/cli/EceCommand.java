package org.stjem.acoustic.cli;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.eval.Calibration;
import org.stjem.acoustic.eval.CalibrationPage;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.acoustic.eval.FrameCalibration;
import org.stjem.acoustic.eval.ReliabilityDiagram;
import org.stjem.acoustic.eval.ScoreKind;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.FileNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.KeyOrder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic ece}: expected calibration error of frame posteriors. */
@Command(
    description = {
      "Expected calibration error of frame posteriors against an alignment, in percent, with"
          + " accuracy, mean confidence, negative log-likelihood and Brier score.",
      "The confidence of a frame is its largest posterior; it is right when that pdf is the aligned"
          + " one. Frames are grouped by confidence into bins of equal width or equal mass; the"
          + " classwise error takes the posteriors of every pdf instead, and the mean over pdfs.",
      "Utterances whose lengths differ by fewer than 5 frames are cut to the shorter one, others"
          + " are skipped, and so are those with posteriors or log-posteriors that do not sum to 1.",
      "",
      "  stjem acoustic ece --transition-model=final.mdl scp:logits.scp \"ark:gunzip -c"
          + " ali.*.gz|\"",
      ""
    })
final class EceCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(EceCommand.class);

  /** What all utterances belong to if they are not told apart. */
  private static final String WHOLE = "";

  @Option(
      names = "--num-bins",
      defaultValue = "" + Calibration.DEFAULT_BINS,
      description = "number of confidence bins (default ${DEFAULT-VALUE})")
  private int numBins;

  @Option(
      names = "--input",
      defaultValue = "logits",
      description =
          "what the scores are: logits, log-posteriors, posteriors, or loglikes, which need"
              + " --class-frame-counts (default ${DEFAULT-VALUE})")
  private ScoreKind input;

  @Option(
      names = "--class-frame-counts",
      paramLabel = "FILE",
      description = "with --input=loglikes: vector of frame counts, the prior to add back")
  private String classFrameCounts;

  @Option(
      names = "--prior-scale",
      defaultValue = "1.0",
      description =
          "with --input=loglikes: the scale under which the log prior was subtracted (default"
              + " ${DEFAULT-VALUE})")
  private double priorScale;

  @Mixin private AlignedFrames aligned;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "write a reliability diagram, as FILE.png or FILE.svg")
  private Path plot;

  @Option(
      names = "--html",
      paramLabel = "FILE.html",
      description = "write a page with all measures, the diagram and the bins")
  private Path html;

  @Option(
      names = "--title",
      defaultValue = "model",
      description = "title of diagram and page (default ${DEFAULT-VALUE})")
  private String title;

  @Option(names = "--json", paramLabel = "FILE", description = "write all measures and the bins")
  private Path json;

  @Option(
      names = "--by-set",
      arity = "0..1",
      paramLabel = "BOOL",
      defaultValue = "false",
      fallbackValue = "true",
      description =
          "keys are SET/UTTERANCE, and each set is measured by itself: --json names a folder for"
              + " SET.json (default ${DEFAULT-VALUE})")
  private boolean bySet;

  @Parameters(
      index = "0",
      paramLabel = "SCORES-RSPECIFIER",
      description = "matrices [frames, pdfs]")
  private String scoresRspecifier;

  @Parameters(
      index = "1",
      paramLabel = "ALI-RSPECIFIER",
      description = "integer vectors, one value per frame")
  private String alignmentRspecifier;

  @Override
  public Integer call() throws IOException {
    if (bySet && (plot != null || html != null)) {
      throw new StjemException("--by-set goes with --json, not with --plot and --html");
    }
    // Faulty options are told before anything is read.
    calibration();
    Map<String, FrameCalibration> sets = new TreeMap<>(KeyOrder::compare);
    aligned.read(
        scoresRspecifier,
        alignmentRspecifier,
        (key, scores, pdfs) -> {
          String name = setOf(key);
          FrameCalibration set = sets.containsKey(name) ? sets.get(name) : calibration();
          set.add(scores, pdfs);
          sets.put(name, set);
        },
        LOG);
    for (Map.Entry<String, FrameCalibration> set : sets.entrySet()) {
      publish(set.getKey(), set.getValue().report());
    }
    return 0;
  }

  private String setOf(String key) {
    if (!bySet) {
      return WHOLE;
    }
    int end = key.indexOf('/');
    if (end < 1) {
      throw new StjemException("the key is not of the form SET/UTTERANCE");
    }
    return key.substring(0, end);
  }

  private FrameCalibration calibration() {
    if (numBins < 1) {
      throw new StjemException("--num-bins is " + numBins + ", must be at least 1");
    }
    if (input != ScoreKind.LOGLIKES) {
      return new FrameCalibration(numBins, input);
    }
    if (classFrameCounts == null) {
      throw new StjemException(
          "--input=loglikes needs --class-frame-counts, to add the prior back");
    }
    return FrameCalibration.ofLogLikelihoods(
        numBins, KaldiObjects.readDoubleVector(classFrameCounts), priorScale);
  }

  private void publish(String set, CalibrationReport report) throws IOException {
    if (json != null) {
      Path file = json;
      if (bySet) {
        Files.createDirectories(json);
        file = json.resolve(FileNames.ofKey(set, ".json"));
      }
      AtomicFile.writeString(
          file,
          ByteText.json(new GsonBuilder().setPrettyPrinting().create().toJson(report)) + "\n");
    }
    if (plot != null) {
      ReliabilityDiagram.of(List.of(new ReliabilityDiagram.Panel(title, report)), 1)
          .write(plot, "reliability diagram of " + title);
    }
    if (html != null) {
      AtomicFile.writeString(html, CalibrationPage.html(title, report));
    }
    System.out.print(bySet ? set + ": " : "");
    System.out.printf(
        Locale.ROOT,
        "%%ECE %.2f [ %d bins, %d frames ]%n"
            + "accuracy %.2f %%, confidence %.2f %%, NLL %.4f nats per frame%n"
            + "equal mass %.2f %%, classwise %.4f %%, classwise equal mass %.4f %%, Brier %.4f%n",
        report.ece(),
        numBins,
        report.frames(),
        report.accuracy(),
        report.confidence(),
        report.nll(),
        report.eceEqualMass(),
        report.classwiseEce(),
        report.classwiseEceEqualMass(),
        report.brier());
  }
}
