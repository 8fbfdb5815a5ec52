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
import org.stjem.acoustic.ebm.AnnealedSgld;
import org.stjem.acoustic.generate.Generated;
import org.stjem.acoustic.generate.Generator;
import org.stjem.acoustic.generate.Request;
import org.stjem.acoustic.generate.SequenceModel;
import org.stjem.acoustic.generate.SequenceStart;
import org.stjem.acoustic.options.AlignmentArgument;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.acoustic.options.ResolvedOptions;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.io.AtomicFolder;
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

  @Option(
      names = "--block",
      paramLabel = "N",
      defaultValue = "8",
      description = "sequences computed together (default: ${DEFAULT-VALUE})")
  private int blockSize;

  @Option(
      names = "--start",
      defaultValue = "mean",
      description =
          "where sequences start: uniform within the range, gaussian with the training data's mean"
              + " and variance, or mean (default: ${DEFAULT-VALUE})")
  private SequenceStart start;

  @Option(
      names = "--start-range",
      defaultValue = "3",
      description = "range of uniform starts in standard deviations (default: ${DEFAULT-VALUE})")
  private double startRange;

  @Mixin
  private final ChainArguments chains =
      new ChainArguments(
          new AnnealedSgld(100, 0.3, 0.1, 1, 0, Double.POSITIVE_INFINITY, 3), 1.5, 3);

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seeds starts and noise (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--real",
      paramLabel = "RSPECIFIER",
      description =
          "real speech to compare with, normalised as the model's features: the utterance of the"
              + " labels' key, without labels any")
  private String real;

  @Option(
      names = "--cmvn",
      paramLabel = "RSPECIFIER",
      description =
          "statistics whose mean the audio gets: a table by the labels' key, or a file with one"
              + " set for all; needed for audio where the model's features are normalised")
  private String cmvn;

  @Option(
      names = "--page-sequences",
      paramLabel = "N",
      defaultValue = "8",
      description = "sequences that index.html shows (default: ${DEFAULT-VALUE})")
  private int shown;

  @Mixin private final EngineArguments engine = new EngineArguments();

  @Override
  public Integer call() throws IOException {
    ServerOptions.require("--num-sequences", count, 1, 1_000_000);
    ServerOptions.require("--block", blockSize, 1, 10_000);
    ServerOptions.require("--page-sequences", shown, 0, 10_000);
    AnnealedSgld sgld = chains.sgld();
    String device = engine.configure();
    try (AtomicFolder target = AtomicFolder.create(out);
        SequenceModel model = SequenceModel.load(folder, device)) {
      generate(model, sgld, target.temporary());
      target.commit();
    }
    return 0;
  }

  private void generate(SequenceModel model, AnnealedSgld sgld, Path to) throws IOException {
    try (GenerationFolder output =
        new GenerationFolder(to, out, model, labels != null, real, cmvn, shown)) {
      List<Request> requests = requests(model);
      Generator generator = new Generator(model, sgld, chains::smoothing, start, startRange, seed);
      ChainProgress progress = new ChainProgress(LOG, requests.size(), sgld.steps());
      for (int first = 0; first < requests.size(); first += blockSize) {
        List<Request> block = requests.subList(first, Math.min(requests.size(), first + blockSize));
        progress.block(block.size());
        for (Generated made : generator.generate(block, progress::step)) {
          output.write(made);
        }
      }
      output.finish(ResolvedOptions.of(command, null), progress.cpuSeconds());
    }
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
