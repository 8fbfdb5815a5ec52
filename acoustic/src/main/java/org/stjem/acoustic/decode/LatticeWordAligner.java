package org.stjem.acoustic.decode;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.lattice.CompactLattice;
import org.stjem.acoustic.lattice.CompactLattice.Arc;
import org.stjem.acoustic.lattice.CompactLattice.Weight;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Makes a lattice whose arcs have the frames of their own word: what Kaldi's {@code
 * lattice-align-words-lexicon} does. In a determinized lattice the transition-ids of a word may lie
 * on the arcs before or after its own.
 *
 * <p>A state of the result is a state of the lattice with the words and transition-ids that were
 * passed on the way but belong to no arc yet. From there an arc takes a word, or silence, whose
 * phones are complete; or another arc of the lattice is passed, by an arc that has its costs alone.
 */
final class LatticeWordAligner {
  private static final int SILENCE = 0;
  private static final int[] NO_IDS = {};

  private final AlignLexicon lexicon;
  private final TransitionModel model;

  LatticeWordAligner(AlignLexicon lexicon, TransitionModel model) {
    this.lexicon = lexicon;
    this.model = model;
  }

  /** A state of the result; {@code state} is -1 behind the end of the lattice. */
  private record Place(int state, List<Integer> words, List<Integer> ids) {}

  /**
   * Aligns a lattice.
   *
   * @throws StjemException if no path's phones are those of its words
   */
  CompactLattice align(CompactLattice lattice) {
    CompactLattice aligned = new Alignment(lattice).run();
    if (aligned == null) {
      throw new StjemException("its phones are not the lexicon's for its words");
    }
    return aligned;
  }

  /** The work on one lattice. */
  private final class Alignment {
    private static final int END = -1;

    private final CompactLattice lattice;
    private final int[] firstArc;
    private final PhoneSpans spans;
    private final CompactLattice.Builder result = new CompactLattice.Builder();
    private final Map<Place, Integer> states = new HashMap<>();
    private final Deque<Place> queue = new ArrayDeque<>();

    Alignment(CompactLattice lattice) {
      this.lattice = lattice;
      this.firstArc = new int[lattice.numStates() + 1];
      boolean reordered = false;
      for (Arc arc : lattice.arcs()) {
        firstArc[arc.source() + 1]++;
        reordered |= PhoneSpans.isReordered(arc.weight().transitionIds(), model);
      }
      for (int state = 0; state < lattice.numStates(); state++) {
        firstArc[state + 1] += firstArc[state];
      }
      this.spans = new PhoneSpans(model, reordered);
    }

    CompactLattice run() {
      stateOf(new Place(0, List.of(), List.of()));
      while (!queue.isEmpty()) {
        Place place = queue.poll();
        int from = states.get(place);
        int[] ids = place.ids.stream().mapToInt(Integer::intValue).toArray();
        List<PhoneSpans.Span> phones = spans.of(ids, place.state == END);
        int word = place.words.isEmpty() ? SILENCE : place.words.get(0);
        take(from, place, ids, phones, SILENCE, place.words);
        if (word != SILENCE) {
          take(from, place, ids, phones, word, place.words.subList(1, place.words.size()));
        }
        if (place.state == END) {
          if (place.words.isEmpty() && place.ids.isEmpty()) {
            result.setFinal(from, new Weight(0, 0, NO_IDS));
          }
        } else if (lexicon.mayBegin(phones, word)) {
          pass(from, place);
        }
      }
      return result.build();
    }

    private int stateOf(Place place) {
      Integer known = states.get(place);
      if (known != null) {
        return known;
      }
      int state = result.addState();
      states.put(place, state);
      queue.add(place);
      return state;
    }

    /** Adds an arc for each of the pronunciations of {@code word} that the phones begin with. */
    private void take(
        int from,
        Place place,
        int[] ids,
        List<PhoneSpans.Span> phones,
        int word,
        List<Integer> wordsAfter) {
      for (int length : lexicon.lengths(phones, word)) {
        PhoneSpans.Span last = phones.get(length - 1);
        int end = last.firstFrame() + last.frames();
        int to =
            stateOf(new Place(place.state, wordsAfter, place.ids.subList(end, place.ids.size())));
        result.addArc(from, to, word, new Weight(0, 0, Arrays.copyOf(ids, end)));
      }
    }

    private void pass(int from, Place place) {
      for (int i = firstArc[place.state]; i < firstArc[place.state + 1]; i++) {
        Arc arc = lattice.arcs().get(i);
        List<Integer> words = place.words;
        if (arc.word() != SILENCE) {
          words = joined(words, arc.word());
        }
        pass(from, arc.target(), words, place.ids, arc.weight());
      }
      Weight end = lattice.finalWeight(place.state);
      if (end != null) {
        pass(from, END, place.words, place.ids, end);
      }
    }

    private void pass(int from, int target, List<Integer> words, List<Integer> ids, Weight weight) {
      int to = stateOf(new Place(target, words, joined(ids, weight.transitionIds())));
      result.addArc(
          from, to, SILENCE, new Weight(weight.graphCost(), weight.acousticCost(), NO_IDS));
    }

    private static List<Integer> joined(List<Integer> list, int... more) {
      Integer[] all = Arrays.copyOf(list.toArray(new Integer[0]), list.size() + more.length);
      for (int i = 0; i < more.length; i++) {
        all[list.size() + i] = more[i];
      }
      return List.of(all);
    }
  }
}
