package org.stjem.acoustic.cli;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.PdfMap;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic ali-to-pdf}: transition-ids to pdf-ids, as Kaldi's ali-to-pdf. */
@Command(
    description = {
      "Makes pdf-ids of the transition-ids of alignments, as Kaldi's ali-to-pdf.",
      "",
      "  stjem acoustic ali-to-pdf final.mdl 'ark:gunzip -c ali.*.gz|' ark,t:-",
      ""
    })
final class AliToPdfCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(AliToPdfCommand.class);

  @Option(
      names = "--max-failed",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "share of the utterances that may hold no transition-ids of the model and are then left"
              + " out; more are an error (default: ${DEFAULT-VALUE})")
  private double maxFailed;

  @Parameters(index = "0", paramLabel = "MODEL", description = "model, such as final.mdl")
  private String model;

  @Parameters(
      index = "1",
      paramLabel = "ALI-RSPECIFIER",
      description = "transition-ids, one per frame")
  private String alignments;

  @Parameters(index = "2", paramLabel = "PDFS-WSPECIFIER", description = "pdf-ids, one per frame")
  private String pdfs;

  @Override
  public Integer call() {
    UtteranceTally tally = new UtteranceTally(LOG, maxFailed);
    PdfMap map = PdfMap.ofTransitionIds(TransitionModel.read(model));
    try (SequentialTableReader<int[]> in = Tables.readIntVectors(alignments);
        TableWriter<int[]> out = Tables.writeIntVectors(pdfs)) {
      while (in.next()) {
        try {
          out.write(in.key(), map.pdfs(in.value()));
          tally.done();
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          tally.failed(in.key(), e);
        }
      }
      tally.finish();
      out.commit();
    }
    return 0;
  }
}
