package org.stjem.acoustic.cli;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionCounts;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic train-transitions}. */
@Command(
    description = {
      "Estimates transition probabilities on alignments, as Kaldi's gmm-est does and the"
          + " train-transitions programs of its networks. What stands behind the transition model in"
          + " MODEL is not copied.",
      "",
      "  stjem acoustic train-transitions exp/tri/0.mdl 'ark:gunzip -c exp/tri/ali.*.gz|' \\",
      "    exp/tri/final.mdl",
      ""
    },
    sortOptions = false)
final class TrainTransitionsCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(TrainTransitionsCommand.class);

  @Option(
      names = "--transition-floor",
      paramLabel = "PROB",
      description = "least probability (default: ${DEFAULT-VALUE})")
  private float floor = 0.01f;

  @Option(
      names = "--transition-min-count",
      paramLabel = "COUNT",
      description =
          "states that fewer frames leave keep their probabilities (default: ${DEFAULT-VALUE})")
  private float minCount = 5;

  @Option(
      names = "--binary",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "write in binary (default: ${DEFAULT-VALUE})")
  private boolean binary = true;

  @Parameters(index = "0", paramLabel = "MODEL", description = "model of the alignments")
  private String model;

  @Parameters(
      index = "1",
      paramLabel = "ALI-RSPECIFIER",
      description = "transition-ids, one per frame")
  private String alignments;

  @Parameters(index = "2", paramLabel = "NEW-MODEL", description = "transition model to write")
  private String newModel;

  @Override
  public Integer call() {
    TransitionCounts counts = new TransitionCounts(TransitionModel.read(model));
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    try (SequentialTableReader<int[]> in = Tables.readIntVectors(alignments)) {
      while (in.next()) {
        try {
          counts.add(in.value());
          tally.done();
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          tally.failed(in.key(), e);
        }
      }
    }
    tally.finish();
    TransitionCounts.Estimate estimate = counts.estimate(floor, minCount);
    estimate.model().write(newModel, binary);
    LOG.info(
        "{} states with a choice of transitions, {} of them too rare to change; {} probabilities at"
            + " the floor",
        estimate.states(),
        estimate.skipped(),
        estimate.floored());
    return 0;
  }
}
