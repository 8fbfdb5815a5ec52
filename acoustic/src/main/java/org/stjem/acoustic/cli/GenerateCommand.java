package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.PdfMap;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.generate.Request;
import org.stjem.acoustic.generate.SequenceModel;
import org.stjem.acoustic.options.AlignmentArgument;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stjem acoustic generate}. */
@Command(
    description = {
      "Makes speech of a model: sequences of frames all of whose overlapping windows are likely"
          + " under the model at once. SGLD climbs the sum over frames of log p(window, label), or"
          + " of log p(window) without labels, with steps and noise that shrink.",
      "OUT-DIR gets feats.ark, normalised as the model's features; labels.ark; wav/*.wav and"
          + " wav.scp, where the normalisation can be undone; index.html, a page of spectrograms,"
          + " the course of the energy and players; and generate.json, all options and measures.",
      "Sequences of one block are computed together; the block bounds the memory. The same seed"
          + " gives the same bytes.",
      "",
      "e.g.: stjem acoustic generate --labels=ark:ali.txt --real=scp:feats.scp --cmvn=ark:cmvn.ark"
          + " exp/st-jem exp/generated",
      ""
    },
    sortOptions = false)
public final class GenerateCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(GenerateCommand.class);

  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(index = "1", paramLabel = "OUT-DIR", description = "folder to write, new or empty")
  private Path out;

  @Option(
      names = "--labels",
      paramLabel = "RSPECIFIER",
      description =
          "labels of each frame of the sequences, which have as many frames (default: none)")
  private String labels;

  @Mixin private final AlignmentArgument alignment = new AlignmentArgument();

  @Option(
      names = "--frames",
      paramLabel = "T",
      defaultValue = "200",
      description = "frames of a sequence without labels (default: ${DEFAULT-VALUE})")
  private int frames;

  @Option(
      names = "--num-sequences",
      paramLabel = "N",
      defaultValue = "1",
      description = "sequences, with labels so many for each entry (default: ${DEFAULT-VALUE})")
  private int count;

  @Mixin private final GenerationArguments generation = new GenerationArguments();

  @Override
  public Integer call() throws IOException {
    ServerOptions.require("--num-sequences", count, 1, 1_000_000);
    generation.run(folder, out, command, labels != null, this::requests);
    return 0;
  }

  private List<Request> requests(SequenceModel model) {
    List<Request> requests = new ArrayList<>();
    if (labels == null) {
      try {
        model.checkFrames(frames);
      } catch (EntryException e) {
        throw new StjemException("--frames=" + frames + ": " + e.getMessage(), e);
      }
      for (int i = 1; i <= count; i++) {
        String key = "generated-" + i;
        requests.add(new Request(key, key, null, frames, i));
      }
      return requests;
    }
    PdfMap map = alignment.read();
    UtteranceTally tally = alignment.tally(LOG);
    try (SequentialTableReader<int[]> reader = Tables.readIntVectors(labels)) {
      while (reader.next()) {
        try {
          int[] pdfs = map.pdfs(reader.value());
          model.checkLabels(pdfs);
          for (int i = 1; i <= count; i++) {
            String key = count == 1 ? reader.key() : reader.key() + "-" + i;
            requests.add(new Request(key, reader.key(), pdfs, pdfs.length, requests.size() + 1L));
          }
          tally.done();
        } catch (EntryException e) {
          tally.failed(reader.key(), e);
        }
      }
    }
    tally.finish();
    return requests;
  }
}
