package org.stjem.acoustic.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.decode.DecoderOptions;
import org.stjem.acoustic.decode.Fst;
import org.stjem.acoustic.decode.TableDecoder;
import org.stjem.acoustic.decode.WordLattices;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.SymbolTable;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic decode}: log-likelihoods to words over a Kaldi decoding graph. */
@CommandLine.Command(
    description = {
      "Finds the best words for log-likelihoods, with the search and the options of Kaldi's"
          + " latgen-faster-mapped.",
      "",
      "Example:",
      "  stjem acoustic decode exp/tri/final.mdl exp/tri/graph/HCLG.fst exp/tri/graph/words.txt \\",
      "    ark:loglikes.ark ark,t:hyp.txt",
      "  stjem acoustic decode --sweep-dir=exp/sweep exp/tri/final.mdl exp/tri/graph/HCLG.fst \\",
      "    exp/tri/graph/words.txt ark:loglikes.ark hyp.txt",
      "  stjem acoustic best-wer exp/sweep data/test/text",
      "  stjem acoustic decode --acoustic-scale=0.0667 --ctm=hyp.ctm \\",
      "    --align-lexicon=data/lang/phones/align_lexicon.int exp/tri/final.mdl \\",
      "    exp/tri/graph/HCLG.fst exp/tri/graph/words.txt ark:loglikes.ark hyp.txt",
      "  stjem acoustic decode --conf-ctm=conf.ctm --inv-acoustic-scale=12 \\",
      "    --align-lexicon=data/lang/phones/align_lexicon.int --lattice-wspecifier=ark:lat.1 \\",
      "    exp/tri/final.mdl exp/tri/graph/HCLG.fst exp/tri/graph/words.txt ark:loglikes.ark hyp.txt",
      ""
    })
public final class DecodeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(DecodeCommand.class);
  private static final double FRAMES_PER_SECOND = 100;

  @Mixin private DecoderArguments decoder;

  @Mixin private DecodeOutputArguments written;

  @Mixin private LatticeArguments lattices;

  @Option(
      names = "--acoustic-scale",
      paramLabel = "FACTOR",
      description = "factor of the log-likelihoods (default: ${DEFAULT-VALUE})")
  private float acousticScale = 0.1f;

  @Option(
      names = "--word-ins-penalty",
      paramLabel = "WIP",
      description =
          "cost added per word when the best path is picked from the lattice (default:"
              + " ${DEFAULT-VALUE})")
  private double wordInsertionPenalty = 0.0;

  @Option(
      names = "--allow-partial",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "give words even if no final state was reached (default: ${DEFAULT-VALUE})")
  private boolean allowPartial = false;

  @Option(
      names = "--nj",
      paramLabel = "N",
      description = "threads; the output keeps the order of the input (default: ${DEFAULT-VALUE})")
  private int threads = 1;

  @Parameters(
      index = "0",
      paramLabel = "FINAL.MDL",
      description = "model whose transition-ids the graph has")
  private String model;

  @Parameters(
      index = "1",
      paramLabel = "HCLG.FST",
      description = "decoding graph, OpenFst vector or const")
  private String graph;

  @Parameters(index = "2", paramLabel = "WORDS.TXT", description = "symbol table of the words")
  private String words;

  @Parameters(
      index = "3",
      paramLabel = "LOGLIKES-RSPECIFIER",
      description = "log-likelihoods, one column per pdf")
  private String loglikes;

  @Parameters(
      index = "4",
      paramLabel = "WORDS-WSPECIFIER",
      description = "text table of the words; a bare file name or - is meant as ark,t:")
  private String hypotheses;

  @Override
  public Integer call() {
    if (threads < 1) {
      throw new StjemException("--nj must be 1 or more, not " + threads);
    }
    if (!(acousticScale > 0) || Float.isInfinite(acousticScale)) {
      throw new StjemException("--acoustic-scale must be above 0, not " + acousticScale);
    }
    if (written.ctm != null && written.alignLexicon == null) {
      throw new StjemException("--ctm needs --align-lexicon");
    }
    if (written.alignLexicon != null && written.ctm == null && lattices.confidenceCtm == null) {
      throw new StjemException("--align-lexicon goes with --ctm or --conf-ctm");
    }
    DecoderOptions options = decoder.options();
    TransitionModel transitions = TransitionModel.read(model);
    Fst fst = Fst.read(graph);
    SymbolTable symbols = SymbolTable.read(words);
    checkWords(fst, symbols);
    WordLattices wordLattices =
        lattices.wordLattices(
            acousticScale,
            wordInsertionPenalty,
            options.latticeBeam(),
            written.alignLexicon,
            transitions);
    TableDecoder.Scoring scoring = new TableDecoder.Scoring(acousticScale, wordInsertionPenalty);
    try (DecodeOutputs outputs =
        new DecodeOutputs(hypotheses, written, lattices, scoring, symbols, transitions)) {
      TableDecoder decoding =
          new TableDecoder(
              fst,
              transitions,
              options,
              acousticScale,
              allowPartial,
              outputs.scorings(),
              wordLattices);
      long start = System.nanoTime();
      try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(loglikes)) {
        decoding.decode(reader, threads, outputs::write);
      }
      double seconds = (System.nanoTime() - start) * 1e-9;
      report(decoding, outputs, seconds);
      if (decoding.done() == 0) {
        throw new StjemException("no utterance was decoded, failed for " + decoding.failed());
      }
      outputs.commit();
      return 0;
    }
  }

  private void checkWords(Fst fst, SymbolTable symbols) {
    try {
      for (int word : fst.words()) {
        symbols.symbol(word);
      }
    } catch (StjemException e) {
      throw new StjemException(
          "the graph " + graph + " and the words do not fit: " + e.getMessage(), e);
    }
  }

  private void report(TableDecoder decoding, DecodeOutputs outputs, double seconds) {
    if (decoding.frames() > 0) {
      log.info(
          String.format(
              Locale.ROOT,
              "Time taken %.4gs: real-time factor assuming 100 frames/sec is %.4g",
              seconds,
              seconds * FRAMES_PER_SECOND / decoding.frames()));
      log.info(
          String.format(
              Locale.ROOT,
              "Overall log-likelihood per frame is %.6g over %d frames.",
              -outputs.totalCost() / decoding.frames(),
              decoding.frames()));
    }
    log.info("Done {} utterances, failed for {}", decoding.done(), decoding.failed());
  }
}
