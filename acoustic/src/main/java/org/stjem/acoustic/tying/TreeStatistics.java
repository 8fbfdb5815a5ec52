package org.stjem.acoustic.tying;

import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.stjem.acoustic.decode.PhoneSpans;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.TransitionModel;
import org.stjem.frontend.kaldi.TreeNode;

/**
 * Statistics of the features of each state in each context that occurs (AccumulateTreeStats in
 * hmm/tree-accu.cc). Memory grows with the number of contexts, not of frames. Not thread-safe.
 */
public final class TreeStatistics {
  private final TransitionModel model;
  private final int width;
  private final int position;
  private final Set<Integer> contextIndependent;
  private final NavigableMap<ContextState, GaussianStatistics> states = new TreeMap<>();
  private int dim;

  /**
   * Without frames.
   *
   * @param model of the alignments
   * @param width number of phones that a pdf may depend on
   * @param position of the phone itself among those, counted from 0
   * @param contextIndependent phones whose neighbours do not count
   */
  public TreeStatistics(
      TransitionModel model, int width, int position, Set<Integer> contextIndependent) {
    this.model = model;
    this.width = width;
    this.position = position;
    this.contextIndependent = contextIndependent;
  }

  /**
   * Adds an utterance.
   *
   * @param features {@code [frames, dim]}
   * @param transitionIds one per frame
   * @throws EntryException if they do not fit; then nothing is added
   */
  public void add(FloatMatrix features, int... transitionIds) {
    if (features.rows() != transitionIds.length) {
      throw new EntryException(
          "it has "
              + features.rows()
              + " frames of features, but "
              + transitionIds.length
              + " of alignment");
    }
    if (dim != 0 && features.cols() != dim) {
      throw new EntryException(
          "its features have " + features.cols() + " columns, those before it " + dim);
    }
    PhoneSplit split = PhoneSplit.of(model, transitionIds);
    dim = features.cols();
    for (int i = 0; i < split.spans().size(); i++) {
      PhoneSpans.Span span = split.spans().get(i);
      int[] window = split.window(i, width, position);
      if (contextIndependent.contains(span.id())) {
        Arrays.fill(window, ContextState.ABSENT);
        window[position] = span.id();
      }
      for (int t = span.firstFrame(); t < span.firstFrame() + span.frames(); t++) {
        int pdfClass = model.topology().pdfClass(span.id(), model.hmmState(transitionIds[t]));
        states
            .computeIfAbsent(
                new ContextState(pdfClass, window), unused -> new GaussianStatistics(dim))
            .add(features, t);
      }
    }
  }

  /** Number of states in context that have occurred. */
  public int size() {
    return states.size();
  }

  /** The states in their order. */
  List<Observed> observed() {
    return states.entrySet().stream()
        .map(entry -> new Observed(entry.getKey(), entry.getValue()))
        .toList();
  }

  int width() {
    return width;
  }

  int position() {
    return position;
  }

  boolean isContextIndependent(int phone) {
    return contextIndependent.contains(phone);
  }

  /** Writes the statistics as Kaldi's {@code acc-tree-stats} does, in binary. */
  public void write(String wxfilename) {
    KaldiObjects.write(
        wxfilename,
        true,
        states,
        (out, binary, all) -> {
          out.writeBinaryHeader();
          out.writeText("BTS ");
          out.write(TreeNode.UNSIGNED_WIDTH);
          out.writeInt32(all.size());
          for (var entry : all.entrySet()) {
            entry.getKey().write(out);
            out.write('T');
            entry.getValue().write(out);
          }
        });
  }
}
