package org.stjem.acoustic.decode;

import java.util.Arrays;
import java.util.List;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Decodes one utterance whose log-likelihoods come bit by bit, and says on the way which words are
 * settled: those on the way to a token through which the best ways to all tokens within the beam
 * lead. Whatever comes, the result begins with them: tokens beyond the beam that min-active would
 * follow still are given up then. The result does not depend on how the utterance was cut. Used by
 * one thread.
 */
public final class OnlineDecoder {
  /** Frames after which it is tried again whether more is settled. */
  private static final int INTERVAL = 10;

  private final Fst graph;
  private final int[] pdfs;
  private final float acousticScale;
  private final float beam;
  private final LatticeDecoder search;
  private final Traceback traceback;

  private float[] loglikes = new float[0];
  private int frames;
  private int cols;

  private int[] settledWords = new int[0];
  private int[] settledIds = new int[0];
  private double settledGraphCost;

  /**
   * What was found.
   *
   * @param lattice the alternatives
   * @param path the best path, which begins with the settled words
   */
  public record Result(Lattice lattice, BestPath path) {}

  /**
   * At the start of an utterance.
   *
   * @param graph the decoding graph, whose input labels are transition-ids
   * @param pdfs column of the log-likelihoods per transition-id; entry 0 is not used
   * @param acousticScale factor of the log-likelihoods
   * @throws StjemException if the graph has input labels beyond the transition-ids
   */
  public OnlineDecoder(Fst graph, int[] pdfs, DecoderOptions options, float acousticScale) {
    this.graph = graph;
    this.pdfs = pdfs;
    this.acousticScale = acousticScale;
    this.beam = options.beam();
    this.search = new LatticeDecoder(graph, pdfs, options);
    this.traceback = new Traceback(search.tokens());
    search.begin(acousticScale);
    traceback.begin(graph.start);
  }

  /**
   * Takes the next frames.
   *
   * @param next log-likelihoods {@code [frames, pdfs]}, unscaled
   * @throws StjemException if a log-likelihood is NaN or +infinity, or no path survives
   */
  public void accept(FloatMatrix next) {
    if (next.rows() == 0) {
      return;
    }
    LatticeDecoder.check(next, frames);
    keep(next);
    for (int row = 0; row < next.rows(); row++) {
      search.consume(next, row);
      if ((search.tokens().lists() - 1) % INTERVAL == 0) {
        settle();
      }
    }
  }

  private void keep(FloatMatrix next) {
    cols = next.cols();
    int used = frames * cols;
    int needed = Math.addExact(used, next.data().length);
    if (needed > loglikes.length) {
      loglikes = Arrays.copyOf(loglikes, Math.max(needed, needed + needed / 2));
    }
    System.arraycopy(next.data(), 0, loglikes, used, next.data().length);
    frames += next.rows();
  }

  private void settle() {
    List<Integer> arcs = traceback.settle(beam, graph::outputLabel);
    settledWords = joined(settledWords, words(arcs));
    settledIds = joined(settledIds, transitionIds(arcs));
    for (int arc : arcs) {
      settledGraphCost += graph.cost(arc);
    }
  }

  /** Frames so far. */
  public int frames() {
    return frames;
  }

  /** Ids of the words that will not change any more. */
  public int[] settledWords() {
    return settledWords.clone();
  }

  /** Ids of the words of the best path so far. */
  public int[] bestWords() {
    return joined(settledWords, words(traceback.arcsToBest()));
  }

  /**
   * Frames at the end of the best path so far whose transition-ids are such.
   *
   * @param wanted by transition-id
   */
  public int trailingFrames(boolean[] wanted) {
    int count = traceback.trailingFrames(arc -> wanted[graph.inputLabel(arc)]);
    if (count < frames - traceback.settledFrames()) {
      return count;
    }
    int frame = settledIds.length - 1;
    while (frame >= 0 && wanted[settledIds[frame]]) {
      frame--;
    }
    return count + settledIds.length - 1 - frame;
  }

  /**
   * By how much the best path that ends in a final state, with the cost of that, costs more than
   * the best path; infinite if none does.
   */
  public double finalRelativeCost() {
    return search.finalRelativeCost();
  }

  /**
   * Ends the utterance.
   *
   * @throws StjemException if there were no frames
   */
  public Result finish() {
    FloatMatrix all = new FloatMatrix(frames, cols, Arrays.copyOf(loglikes, frames * cols));
    Lattice lattice = search.finish(all);
    int settledFrames = traceback.settledFrames();
    BestPath rest = lattice.bestPath(acousticScale, 0, traceback.settledToken(), settledFrames);
    double acousticCost = rest.acousticCost();
    for (int frame = 0; frame < settledFrames; frame++) {
      acousticCost -= all.get(frame, pdfs[settledIds[frame]]);
    }
    BestPath path =
        new BestPath(
            joined(settledWords, rest.words()),
            joined(settledIds, rest.transitionIds()),
            settledGraphCost + rest.graphCost(),
            acousticCost);
    return new Result(lattice, path);
  }

  private int[] words(List<Integer> arcs) {
    return arcs.stream().mapToInt(graph::outputLabel).filter(word -> word != 0).toArray();
  }

  private int[] transitionIds(List<Integer> arcs) {
    return arcs.stream().mapToInt(graph::inputLabel).filter(id -> id != 0).toArray();
  }

  private static int[] joined(int[] one, int[] other) {
    int[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
