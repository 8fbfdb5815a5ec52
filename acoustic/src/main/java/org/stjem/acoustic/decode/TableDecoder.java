package org.stjem.acoustic.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.OrderedWorkers;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Decodes a table of log-likelihoods, utterance by utterance, on one or more threads, and hands the
 * results on in the order of the table. An utterance that cannot be decoded is warned about and
 * counted, the others are decoded all the same.
 */
public final class TableDecoder {
  private static final Logger log = LoggerFactory.getLogger(TableDecoder.class);

  private final Fst graph;
  private final int[] pdfs;
  private final int numPdfs;
  private final DecoderOptions options;
  private final float acousticScale;
  private final boolean allowPartial;
  private final List<Scoring> scorings;
  private final WordLattices wordLattices;

  private long frames;
  private int done;
  private int failed;

  /**
   * A way to weigh the costs of a path.
   *
   * @param acousticScale factor of the acoustic cost
   * @param wordInsertionPenalty cost per word
   */
  public record Scoring(double acousticScale, double wordInsertionPenalty) {}

  /**
   * What was found for one utterance.
   *
   * @param key of the utterance
   * @param frames number of frames
   * @param paths the best path for each {@link Scoring}
   * @param lattice what was made of the lattice, or null if that was not asked for
   */
  public record Result(String key, int frames, List<BestPath> paths, WordLattices.Result lattice) {}

  private record Item(String key, FloatMatrix loglikes) {}

  /** A result, or null if there is none, and what to warn about. */
  private record Outcome(Result result, List<String> warnings) {}

  /**
   * Prepares to decode.
   *
   * @param graph the decoding graph, whose input labels are transition-ids
   * @param model tells the transition-ids' pdfs, which are the columns of the log-likelihoods
   * @param options pruning
   * @param acousticScale factor of the log-likelihoods in the search
   * @param allowPartial whether to give the best path so far if no final state was reached
   * @param scorings the best path is found for each of these
   * @param wordLattices makes more of the lattices; may be null
   * @throws StjemException if graph and model do not fit
   */
  public TableDecoder(
      Fst graph,
      TransitionModel model,
      DecoderOptions options,
      float acousticScale,
      boolean allowPartial,
      List<Scoring> scorings,
      WordLattices wordLattices) {
    this.graph = graph;
    this.pdfs = new int[model.numTransitionIds() + 1];
    for (int id = 1; id < pdfs.length; id++) {
      pdfs[id] = model.pdf(id);
    }
    this.numPdfs = model.numPdfs();
    this.options = options;
    this.acousticScale = acousticScale;
    this.allowPartial = allowPartial;
    this.scorings = List.copyOf(scorings);
    this.wordLattices = wordLattices;
    LatticeDecoder.check(graph, pdfs);
  }

  /**
   * Decodes all of {@code loglikes}. Memory does not grow with the table: each thread holds at most
   * two utterances.
   *
   * @param sink receives the results of the utterances that could be decoded, in order
   * @throws StjemException if the first utterance has another number of columns than the model has
   *     pdfs, or the table cannot be read further
   */
  public void decode(
      SequentialTableReader<FloatMatrix> loglikes, int threads, Consumer<Result> sink) {
    try (OrderedWorkers<Item, Outcome> workers =
        new OrderedWorkers<>(threads, this::worker, outcome -> take(outcome, sink))) {
      boolean first = true;
      while (loglikes.next()) {
        FloatMatrix matrix;
        try {
          matrix = loglikes.value();
        } catch (EntryException e) {
          fail(e.getMessage());
          continue;
        }
        if (matrix.cols() != numPdfs && matrix.rows() > 0) {
          String mismatch =
              "the log-likelihoods of "
                  + loglikes.key()
                  + " have "
                  + matrix.cols()
                  + " columns, but the model has "
                  + numPdfs
                  + " pdfs";
          if (first) {
            throw new StjemException(mismatch + "; nothing was decoded");
          }
          fail(mismatch);
          continue;
        }
        first &= matrix.rows() == 0;
        workers.submit(new Item(loglikes.key(), matrix));
      }
      workers.finish();
    }
  }

  /** Utterances decoded. */
  public int done() {
    return done;
  }

  /** Utterances that could not be decoded. */
  public int failed() {
    return failed;
  }

  /** Frames of the utterances decoded. */
  public long frames() {
    return frames;
  }

  private Function<Item, Outcome> worker() {
    LatticeDecoder decoder = new LatticeDecoder(graph, pdfs, options);
    return item -> decode(decoder, item);
  }

  private Outcome decode(LatticeDecoder decoder, Item item) {
    Lattice lattice;
    try {
      lattice = decoder.decode(item.loglikes, acousticScale);
    } catch (StjemException e) {
      return failed("not decoding utterance " + item.key + ": " + e.getMessage());
    }
    List<String> warnings = new ArrayList<>();
    if (!lattice.reachedFinal()) {
      if (!allowPartial) {
        return failed(
            "not producing output for utterance "
                + item.key
                + " since no final-state reached and --allow-partial=false");
      }
      warnings.add(
          "outputting partial output for utterance " + item.key + " since no final-state reached");
    }
    List<BestPath> paths = new ArrayList<>();
    for (Scoring scoring : scorings) {
      paths.add(lattice.bestPath(scoring.acousticScale, scoring.wordInsertionPenalty));
    }
    WordLattices.Result made = null;
    if (wordLattices != null) {
      made = wordLattices.of(item.key, lattice);
      warnings.addAll(made.warnings());
    }
    return new Outcome(new Result(item.key, item.loglikes.rows(), paths, made), warnings);
  }

  private static Outcome failed(String fault) {
    return new Outcome(null, List.of(fault));
  }

  private void take(Outcome outcome, Consumer<Result> sink) {
    if (outcome.result == null) {
      fail(outcome.warnings.get(0));
      return;
    }
    outcome.warnings.forEach(log::warn);
    done++;
    frames += outcome.result.frames;
    sink.accept(outcome.result);
  }

  private void fail(String fault) {
    log.warn(fault);
    failed++;
  }
}
