package org.stjem.acoustic.flatstart;

import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.forced.Transcripts;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/** The features and words of a corpus. */
public final class StartCorpus {
  private static final Logger LOG = LoggerFactory.getLogger(StartCorpus.class);

  /**
   * Mean log-Mel energies of the frames of an utterance that differ by less, in nats, are no
   * speech. Digital silence has 0, with dither 0.7; the quietest of the bundled recordings has 10.
   */
  private static final double LEAST_RANGE = 2;

  /** So many names are listed, of words or utterances; the others are counted. */
  private static final int MOST_NAMES = 10;

  private final Supplier<SequentialTableReader<FloatMatrix>> features;
  private final String rspecifier;
  private final Map<String, int[]> words = new HashMap<>();
  private final Set<String> unknown = new TreeSet<>();

  /**
   * Reads the words.
   *
   * @param lang language directory
   * @param features opens the features, normalised
   * @param rspecifier what they are called
   * @param text rspecifier of the transcripts
   */
  public StartCorpus(
      Path lang,
      Supplier<SequentialTableReader<FloatMatrix>> features,
      String rspecifier,
      String text) {
    this.features = features;
    this.rspecifier = rspecifier;
    Transcripts transcripts = Transcripts.read(lang);
    try (SequentialTableReader<List<String>> texts = Tables.readTokenVectors(text)) {
      while (texts.next()) {
        words.put(texts.key(), transcripts.ids(texts.value()));
        texts.value().stream()
            .filter(word -> transcripts.unknown(List.of(word)) > 0)
            .forEach(unknown::add);
      }
    }
    if (!unknown.isEmpty()) {
      LOG.warn("words that {} has not become the unknown word: {}", lang, listed(unknown));
    }
  }

  /** Names the transcripts that have no features, of which {@code seen} are the keys. */
  void reportUnheard(Set<String> seen) {
    Set<String> unheard = new TreeSet<>(words.keySet());
    unheard.removeAll(seen);
    if (!unheard.isEmpty()) {
      LOG.warn("transcripts without features are left out: {}", listed(unheard));
    }
  }

  private static String listed(Set<String> names) {
    String first = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  SequentialTableReader<FloatMatrix> open() {
    return features.get();
  }

  String rspecifier() {
    return rspecifier;
  }

  /**
   * The words of an utterance that can be aligned.
   *
   * @param features its log-Mel energies {@code [frames, bins]}, normalised or not
   * @throws EntryException if there are none, or no sound
   */
  int[] words(String key, FloatMatrix features) {
    int[] ids = words.get(key);
    if (ids == null) {
      throw new EntryException("it has no transcript");
    }
    if (ids.length == 0) {
      throw new EntryException("its transcript is empty");
    }
    DoubleSummaryStatistics energies =
        IntStream.range(0, features.rows())
            .mapToDouble(t -> meanOfFrame(features, t))
            .summaryStatistics();
    if (features.rows() > 1 && energies.getMax() - energies.getMin() < LEAST_RANGE) {
      throw new EntryException("it is silent: the energy of its frames hardly changes");
    }
    return ids;
  }

  private static double meanOfFrame(FloatMatrix features, int t) {
    return IntStream.range(0, features.cols())
        .mapToDouble(d -> features.get(t, d))
        .average()
        .orElse(0);
  }
}
