package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.eval.BinomialInterval;
import org.stjem.acoustic.eval.Calibration;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.acoustic.eval.FrameCalibration;
import org.stjem.acoustic.eval.ScoreKind;
import org.stjem.acoustic.eval.UtteranceClass;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.InputFeatures;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelHead;
import org.stjem.acoustic.net.Priors;
import org.stjem.acoustic.options.FeatureArguments;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic classify-utterances}. */
@Command(
    description = {
      "Names the class of whole utterances, such as their speaker: the one of the largest mean log"
          + " p(y | x) over the frames.",
      "With --reference it says how many are right, and how many frames are, with their expected"
          + " calibration error; --write gives a line for each utterance: its key, the class, its"
          + " mean log p(y | x) and the lead over the next, in nats.",
      "",
      "e.g.: stjem acoustic classify-utterances --head=speakers --reference=data/test/utt2spk"
          + " exp/st-jem scp:feats.scp",
      ""
    },
    sortOptions = false)
final class ClassifyUtterancesCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ClassifyUtterancesCommand.class);

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(index = "1", paramLabel = "FEATS-RSPECIFIER", description = "features")
  private String features;

  @Mixin private final HeadArgument head = new HeadArgument();

  @Option(
      names = "--reference",
      paramLabel = "FILE",
      description =
          "the class of each utterance, such as utt2spk, a table or a file; utterances of classes"
              + " that the head does not know are left out")
  private String reference;

  @Option(names = "--write", paramLabel = "WSPECIFIER", description = "the classes to write")
  private String written;

  @Option(
      names = "--max-failed",
      paramLabel = "SHARE",
      defaultValue = "0.01",
      description =
          "the share of the utterances that may be of a class that the head does not know (default:"
              + " ${DEFAULT-VALUE})")
  private double maxFailed;

  @Mixin private final FeatureArguments featureArguments = new FeatureArguments();

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  @Override
  public Integer call() {
    ModelDescription description = head.describe(folder);
    ModelHead labels = head.head(folder);
    Map<String, String> wanted = reference == null ? null : HeadArguments.utterances(reference);
    InputFeatures input = featureArguments.of(description, folder, features);
    UtteranceTally tally = new UtteranceTally(LOG, maxFailed);
    FrameCalibration frames = new FrameCalibration(Calibration.DEFAULT_BINS, ScoreKind.LOGITS);
    int right = 0;
    int utterances = 0;
    try (AcousticModel model = head.load(folder, inference.placement(1), "none");
        SequentialTableReader<FloatMatrix> reader =
            input.prepared(Tables.readFloatMatrices(features));
        TableWriter<List<String>> writer =
            written == null ? null : Tables.writeTokenVectors(written)) {
      while (reader.next()) {
        try {
          FloatMatrix logits = model.logits(reader.value());
          UtteranceClass found = UtteranceClass.of(Priors.logPosteriors(logits));
          if (wanted != null) {
            int label = label(labels, wanted.get(reader.key()));
            right += found.best() == label ? 1 : 0;
            int[] same = new int[logits.rows()];
            Arrays.fill(same, label);
            frames.add(logits, same);
            utterances++;
          }
          if (writer != null) {
            writer.write(
                reader.key(),
                List.of(
                    labels.label(found.best()),
                    String.format(Locale.ROOT, "%.4f", found.meanLogPosterior()),
                    String.format(Locale.ROOT, "%.4f", found.lead())));
          }
          tally.done();
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          tally.failed(reader.key(), e);
        }
      }
      tally.finish();
      if (writer != null) {
        writer.commit();
      }
    }
    if (wanted != null) {
      CalibrationReport report = frames.report();
      System.out.printf(
          Locale.ROOT,
          "%d of %d utterances right, %.2f %% %s; %.2f %% of %d frames, ECE %.2f %%%n",
          right,
          utterances,
          100.0 * right / utterances,
          interval(right, utterances),
          report.accuracy(),
          report.frames(),
          report.ece());
    }
    return 0;
  }

  private int label(ModelHead labels, String wanted) {
    if (wanted == null) {
      throw new EntryException(reference + " names no class of it");
    }
    return labels.column(wanted);
  }

  private static String interval(int right, int utterances) {
    BinomialInterval interval = BinomialInterval.of((double) right / utterances, utterances);
    return String.format(Locale.ROOT, "[%.2f, %.2f]", 100 * interval.low(), 100 * interval.high());
  }
}
