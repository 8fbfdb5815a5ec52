package org.stjem.acoustic.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.decode.AlignLexicon;
import org.stjem.acoustic.decode.BestPath;
import org.stjem.acoustic.decode.Sweep;
import org.stjem.acoustic.decode.TableDecoder;
import org.stjem.acoustic.lattice.CompactLattice;
import org.stjem.acoustic.lattice.CompactLatticeWriter;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SymbolTable;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;

/** The tables that one run of {@link DecodeCommand} writes. */
final class DecodeOutputs implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DecodeCommand.class);

  private final TableDecoder.Scoring scoring;
  private final LatticeArguments lattices;
  private final SymbolTable symbols;
  private final TransitionModel transitions;
  private final List<TableWriter<?>> writers = new ArrayList<>();
  private TableWriter<List<String>> wordsWriter;
  private TableWriter<List<String>> costsWriter;
  private TableWriter<int[]> alignmentWriter;
  private Sweep sweep;
  private TableWriter<CompactLattice> latticeWriter;
  private CtmFile ctmFile;
  private CtmFile confidenceCtmFile;
  private AlignLexicon lexicon;
  private double totalCost;

  /**
   * Opens the tables.
   *
   * @param hypotheses table or file of the words
   * @param scoring by which the words are picked
   */
  DecodeOutputs(
      String hypotheses,
      DecodeOutputArguments arguments,
      LatticeArguments lattices,
      TableDecoder.Scoring scoring,
      SymbolTable symbols,
      TransitionModel transitions) {
    this.scoring = scoring;
    this.lattices = lattices;
    this.symbols = symbols;
    this.transitions = transitions;
    try {
      wordsWriter =
          opened(
              Tables.writeTokenVectors(
                  Tables.isSpecifier(hypotheses) ? hypotheses : "ark,t:" + hypotheses));
      if (arguments.costsWspecifier != null) {
        costsWriter = opened(Tables.writeTokenVectors(arguments.costsWspecifier));
      }
      if (arguments.alignmentWspecifier != null) {
        alignmentWriter = opened(Tables.writeIntVectors(arguments.alignmentWspecifier));
      }
      if (arguments.ctm != null) {
        lexicon = AlignLexicon.read(arguments.alignLexicon);
        ctmFile = new CtmFile(arguments.ctm, symbols, arguments.frameShift);
      }
      if (lattices.latticeWspecifier != null) {
        latticeWriter =
            opened(Tables.write(lattices.latticeWspecifier, new CompactLatticeWriter()));
      }
      if (lattices.confidenceCtm != null) {
        confidenceCtmFile = new CtmFile(lattices.confidenceCtm, symbols, arguments.frameShift);
      }
      sweep = arguments.sweep();
    } catch (StjemException e) {
      close();
      throw e;
    }
  }

  private <T> TableWriter<T> opened(TableWriter<T> writer) {
    writers.add(writer);
    return writer;
  }

  /** Sum of the scaled costs of the best paths written. */
  double totalCost() {
    return totalCost;
  }

  /** By which best paths are to be found for each utterance. */
  List<TableDecoder.Scoring> scorings() {
    List<TableDecoder.Scoring> scorings = new ArrayList<>();
    scorings.add(scoring);
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
    if (ctmFile != null) {
      writeTimes(result.key(), best);
    }
    if (latticeWriter != null) {
      latticeWriter.write(result.key(), result.lattice().lattice());
    }
    if (confidenceCtmFile != null) {
      confidenceCtmFile.write(result.key(), result.lattice().words(), lattices.confidenceDigits);
    }
    if (sweep != null) {
      List<List<String>> alternatives = new ArrayList<>();
      for (BestPath path : result.paths().subList(1, result.paths().size())) {
        alternatives.add(spell(path.words()));
      }
      sweep.write(result.key(), alternatives);
    }
    double cost = best.graphCost() + scoring.acousticScale() * best.acousticCost();
    totalCost += cost;
    log.debug(
        "Log-like per frame for utterance {} is {} over {} frames.",
        result.key(),
        number(-cost / result.frames()),
        result.frames());
  }

  private void writeTimes(String key, BestPath best) {
    List<AlignLexicon.WordTime> times;
    try {
      times = lexicon.times(best, transitions);
    } catch (StjemException e) {
      log.warn("no word times for utterance {}: {}", key, e.getMessage());
      return;
    }
    ctmFile.write(key, times);
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
    if (ctmFile != null) {
      ctmFile.commit();
    }
    if (confidenceCtmFile != null) {
      confidenceCtmFile.commit();
    }
    if (sweep != null) {
      sweep.commit();
    }
  }

  @Override
  public void close() {
    writers.forEach(TableWriter::close);
    if (ctmFile != null) {
      ctmFile.close();
    }
    if (confidenceCtmFile != null) {
      confidenceCtmFile.close();
    }
    if (sweep != null) {
      sweep.close();
    }
  }

  /** Seven significant digits, as Kaldi prints floats. */
  private static String number(double value) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(7));
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
