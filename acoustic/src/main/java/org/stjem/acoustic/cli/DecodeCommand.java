package org.stjem.acoustic.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.decode.BestPath;
import org.stjem.acoustic.decode.DecoderOptions;
import org.stjem.acoustic.decode.Fst;
import org.stjem.acoustic.decode.Sweep;
import org.stjem.acoustic.decode.TableDecoder;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.SymbolTable;
import org.stjem.frontend.kaldi.TableWriter;
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
      ""
    })
public final class DecodeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(DecodeCommand.class);
  private static final double FRAMES_PER_SECOND = 100;

  @Mixin private DecoderArguments decoder;

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

  @Option(
      names = "--costs-wspecifier",
      paramLabel = "WSPECIFIER",
      description = "text table to write: graph cost, and acoustic cost without its scale")
  private String costsWspecifier;

  @Option(
      names = "--alignment-wspecifier",
      paramLabel = "WSPECIFIER",
      description = "table to write: the transition-id of every frame")
  private String alignmentWspecifier;

  @Option(
      names = "--ctm",
      paramLabel = "WXFILENAME",
      description =
          "also write begin and duration of every word, counted from the utterance's begin, as"
              + " Kaldi's nbest-to-ctm; needs --align-lexicon")
  private String ctm;

  @Option(
      names = "--align-lexicon",
      paramLabel = "FILE",
      description = "phones/align_lexicon.int of the lang folder, which divides phones into words")
  private Path alignLexicon;

  @Option(
      names = "--frame-shift",
      paramLabel = "SECONDS",
      description = "time between two rows, for --ctm (default: ${DEFAULT-VALUE})")
  private double frameShift = 0.01;

  @Option(
      names = "--sweep-dir",
      paramLabel = "DIR",
      description =
          "also write DIR/penalty_WIP/LMWT.txt for every acoustic scale 1/LMWT and word insertion"
              + " penalty WIP, by rescoring the lattices")
  private Path sweepFolder;

  @Option(
      names = "--min-lmwt",
      paramLabel = "LMWT",
      description = "lowest LMWT of the sweep (default: ${DEFAULT-VALUE})")
  private int minLmwt = 7;

  @Option(
      names = "--max-lmwt",
      paramLabel = "LMWT",
      description = "highest LMWT of the sweep (default: ${DEFAULT-VALUE})")
  private int maxLmwt = 17;

  @Option(
      names = "--word-ins-penalties",
      paramLabel = "WIP,...",
      description = "penalties of the sweep (default: ${DEFAULT-VALUE})")
  private String sweepPenalties = "0.0,0.5,1.0";

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
    if ((ctm == null) != (alignLexicon == null)) {
      throw new StjemException("--ctm and --align-lexicon must be given together");
    }
    DecoderOptions options = decoder.options();
    TransitionModel transitions = TransitionModel.read(model);
    Fst fst = Fst.read(graph);
    SymbolTable symbols = SymbolTable.read(words);
    checkWords(fst, symbols);
    try (Outputs outputs = new Outputs(symbols, transitions)) {
      TableDecoder decoding =
          new TableDecoder(
              fst, transitions, options, acousticScale, allowPartial, outputs.scorings());
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

  private void report(TableDecoder decoding, Outputs outputs, double seconds) {
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
              -outputs.totalCost / decoding.frames(),
              decoding.frames()));
    }
    log.info("Done {} utterances, failed for {}", decoding.done(), decoding.failed());
  }

  /** The tables that one run writes. */
  private final class Outputs implements AutoCloseable {
    private final SymbolTable symbols;
    private final List<TableWriter<?>> writers = new ArrayList<>();
    private TableWriter<List<String>> wordsWriter;
    private TableWriter<List<String>> costsWriter;
    private TableWriter<int[]> alignmentWriter;
    private Sweep sweep;
    private CtmWriter ctmWriter;
    private double totalCost;

    Outputs(SymbolTable symbols, TransitionModel transitions) {
      this.symbols = symbols;
      try {
        wordsWriter =
            opened(
                Tables.writeTokenVectors(
                    Tables.isSpecifier(hypotheses) ? hypotheses : "ark,t:" + hypotheses));
        if (costsWspecifier != null) {
          costsWriter = opened(Tables.writeTokenVectors(costsWspecifier));
        }
        if (alignmentWspecifier != null) {
          alignmentWriter = opened(Tables.writeIntVectors(alignmentWspecifier));
        }
        if (ctm != null) {
          ctmWriter = new CtmWriter(ctm, alignLexicon, transitions, symbols, frameShift);
        }
        if (sweepFolder != null) {
          sweep = new Sweep(sweepFolder, minLmwt, maxLmwt, List.of(sweepPenalties.split(",", -1)));
        }
      } catch (StjemException e) {
        close();
        throw e;
      }
    }

    private <T> TableWriter<T> opened(TableWriter<T> writer) {
      writers.add(writer);
      return writer;
    }

    List<TableDecoder.Scoring> scorings() {
      List<TableDecoder.Scoring> scorings = new ArrayList<>();
      scorings.add(new TableDecoder.Scoring(acousticScale, wordInsertionPenalty));
      if (sweep != null) {
        scorings.addAll(sweep.scorings());
      }
      return scorings;
    }

    void write(TableDecoder.Result result) {
      BestPath best = result.paths().get(0);
      wordsWriter.write(result.key(), spell(best.words()));
      if (costsWriter != null) {
        costsWriter.write(
            result.key(), List.of(number(best.graphCost()), number(best.acousticCost())));
      }
      if (alignmentWriter != null) {
        alignmentWriter.write(result.key(), best.transitionIds());
      }
      if (ctmWriter != null) {
        ctmWriter.write(result.key(), best);
      }
      if (sweep != null) {
        List<List<String>> alternatives = new ArrayList<>();
        for (BestPath path : result.paths().subList(1, result.paths().size())) {
          alternatives.add(spell(path.words()));
        }
        sweep.write(result.key(), alternatives);
      }
      double cost = best.graphCost() + acousticScale * best.acousticCost();
      totalCost += cost;
      log.debug(
          "Log-like per frame for utterance {} is {} over {} frames.",
          result.key(),
          number(-cost / result.frames()),
          result.frames());
    }

    private List<String> spell(int[] ids) {
      List<String> spelled = new ArrayList<>(ids.length);
      for (int id : ids) {
        spelled.add(symbols.symbol(id));
      }
      return spelled;
    }

    void commit() {
      writers.forEach(TableWriter::commit);
      if (ctmWriter != null) {
        ctmWriter.commit();
      }
      if (sweep != null) {
        sweep.commit();
      }
    }

    @Override
    public void close() {
      writers.forEach(TableWriter::close);
      if (ctmWriter != null) {
        ctmWriter.close();
      }
      if (sweep != null) {
        sweep.close();
      }
    }
  }

  /** Seven significant digits, as Kaldi prints floats. */
  private static String number(double value) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(7));
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
