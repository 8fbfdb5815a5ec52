package org.stjem.acoustic.recognition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.stjem.acoustic.net.DomainModel;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Finds the words of a recording whose logits come bit by bit, one utterance after the other if
 * rules say where they end. Each starts at the start of the graph, and what is kept is that of the
 * utterance that goes on. Used by one thread.
 */
final class UtteranceSearch {
  /** Frames of an utterance after which it is asked again whether it is over. */
  private static final int INTERVAL = 10;

  private final Recognizer recognizer;
  private final String key;
  private final Optional<EndpointRules> rules;
  private final double beam;
  private final double frameShift;
  private final Optional<DomainModel> domains;

  /** Those of the utterance that goes on, and after it; none if nobody asks for them. */
  private final Deque<FloatMatrix> features = new ArrayDeque<>();

  private final List<HeardPath> ended = new ArrayList<>();

  /** Frames of the utterances that have ended. */
  private long before;

  private WordSearch search;

  /**
   * At the start of a recording.
   *
   * @param key its name
   * @param rules none if all of it is one utterance
   * @param beam up to which alternatives are looked at
   */
  UtteranceSearch(Recognizer recognizer, String key, Optional<EndpointRules> rules, double beam) {
    this.recognizer = recognizer;
    this.key = key;
    this.rules = rules;
    this.beam = beam;
    this.frameShift = recognizer.frameShift();
    this.domains = recognizer.domainModel();
    this.search = new WordSearch(recognizer);
  }

  /**
   * Takes the features of rows that come later, for those who ask a mixture for its domains.
   *
   * @param next {@code [frames, dim]}
   */
  void acceptFeatures(FloatMatrix next) {
    if (domains.isPresent() && next.rows() > 0) {
      features.add(next);
    }
  }

  /**
   * Takes the next rows. Where utterances end does not depend on how they are cut.
   *
   * @param rows logits {@code [frames, pdfs]}
   */
  void accept(FloatMatrix rows) {
    if (rules.isEmpty()) {
      search.accept(rows);
      return;
    }
    for (int from = 0; from < rows.rows(); ) {
      int count = Math.min(rows.rows() - from, INTERVAL - search.frames() % INTERVAL);
      search.accept(rows.rows(from, from + count));
      from += count;
      if (search.frames() % INTERVAL == 0 && search.isOver(rules.get(), frameShift)) {
        before += search.frames();
        ended.add(finish(before - search.frames(), before * frameShift));
        search = new WordSearch(recognizer);
      }
    }
  }

  /** Frames so far. */
  long frames() {
    return before + search.frames();
  }

  /** The first words of the utterance that goes on, as far as they are certain. */
  List<String> settled() {
    return search.settled();
  }

  /** The utterances that have ended since this was asked last. */
  List<HeardPath> takeEnded() {
    List<HeardPath> taken = List.copyOf(ended);
    ended.clear();
    return taken;
  }

  /**
   * Ends the recording.
   *
   * @param seconds its length
   * @return its last utterance
   */
  HeardPath finish(double seconds) {
    if (search.frames() == 0) {
      return new HeardPath(new Recognition(key, List.of(), seconds, true), 0, new int[0]);
    }
    return finish(before, seconds);
  }

  private HeardPath finish(long first, double seconds) {
    FloatMatrix responsibilities =
        domains.map(model -> model.domainPosteriors(taken(search.frames())).frames()).orElse(null);
    return search.finish(new WordSearch.Utterance(key, first, seconds, responsibilities), beam);
  }

  /** The first features that are kept, which go. */
  private FloatMatrix taken(int frames) {
    int dim = features.peek().cols();
    FloatMatrix taken = new FloatMatrix(frames, dim);
    int at = 0;
    while (at < frames) {
      FloatMatrix block = features.remove();
      int count = Math.min(block.rows(), frames - at);
      System.arraycopy(block.data(), 0, taken.data(), at * dim, count * dim);
      at += count;
      if (count < block.rows()) {
        features.addFirst(block.rows(count, block.rows()));
      }
    }
    return taken;
  }
}
