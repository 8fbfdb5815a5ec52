package org.stjem.acoustic.cli;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.tying.AlignmentConverter;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic convert-ali}: as Kaldi's convert-ali. */
@Command(
    description = {
      "Carries alignments over to another tree, as Kaldi's convert-ali: the same states of the same"
          + " phones in the same frames, with the transition-ids of the new model.",
      "",
      "  stjem acoustic convert-ali exp/mono/final.mdl exp/tri/0.mdl exp/tri/tree \\",
      "    'ark:gunzip -c exp/mono/ali.*.gz|' 'ark:|gzip -c >exp/tri/ali.1.gz'",
      ""
    })
final class ConvertAliCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ConvertAliCommand.class);

  @Parameters(index = "0", paramLabel = "OLD-MODEL", description = "model of the alignments")
  private String oldModel;

  @Parameters(index = "1", paramLabel = "NEW-MODEL", description = "model of what is written")
  private String newModel;

  @Parameters(index = "2", paramLabel = "NEW-TREE", description = "tree of the new model")
  private String newTree;

  @Parameters(
      index = "3",
      paramLabel = "ALI-RSPECIFIER",
      description = "transition-ids of the old model, one per frame")
  private String alignments;

  @Parameters(
      index = "4",
      paramLabel = "ALI-WSPECIFIER",
      description = "table to write: transition-ids of the new model")
  private String converted;

  @Override
  public Integer call() {
    AlignmentConverter converter =
        new AlignmentConverter(
            TransitionModel.read(oldModel),
            TransitionModel.read(newModel),
            ContextDependency.read(newTree));
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    try (SequentialTableReader<int[]> in = Tables.readIntVectors(alignments);
        TableWriter<int[]> out = Tables.writeIntVectors(converted)) {
      while (in.next()) {
        try {
          out.write(in.key(), converter.convert(in.value()));
          tally.done();
        } catch (EntryException e) {
          tally.failed(in.key(), e);
        }
      }
      tally.finish();
      out.commit();
    }
    return 0;
  }
}
