package org.stjem.acoustic.flatstart;

import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.forced.Transcripts;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/** The features and words of a corpus, of which one utterance is in memory at a time. */
public final class StartCorpus {
  private static final Logger LOG = LoggerFactory.getLogger(StartCorpus.class);

  /**
   * Mean log-Mel energies of the frames of an utterance that differ by less, in nats, are no
   * speech. Digital silence has 0, with dither 0.7; the quietest of the bundled recordings has 10.
   */
  private static final double LEAST_RANGE = 2;

  private final Supplier<SequentialTableReader<FloatMatrix>> features;
  private final String rspecifier;
  private final String text;
  private final Transcripts transcripts;
  private final Set<String> withoutText;

  /**
   * Looks at which utterances and words there are.
   *
   * @param lang language directory
   * @param features opens the features, normalised
   * @param rspecifier what they are called
   * @param text archive of the transcripts
   */
  public StartCorpus(
      Path lang,
      Supplier<SequentialTableReader<FloatMatrix>> features,
      String rspecifier,
      String text) {
    this.features = features;
    this.rspecifier = rspecifier;
    this.text = text;
    this.transcripts = Transcripts.read(lang);
    Set<String> unknown = new TreeSet<>();
    try (SequentialTableReader<List<String>> texts = Tables.readTokenVectors("ark:" + text)) {
      while (texts.next()) {
        transcripts.ids(texts.value());
        texts.value().stream()
            .filter(word -> transcripts.unknown(List.of(word)) > 0)
            .forEach(unknown::add);
      }
    }
    if (!unknown.isEmpty()) {
      LOG.warn(
          "words that {} has not become the unknown word ({}): {}",
          lang,
          unknown.size(),
          KeyDifference.listed(unknown));
    }
    try (SequentialTableReader<List<String>> texts = Tables.readTokenVectors("ark:" + text);
        SequentialTableReader<FloatMatrix> heard = open()) {
      KeyDifference difference = KeyDifference.of(texts, heard);
      withoutText = difference.second();
      if (!difference.first().isEmpty()) {
        LOG.warn(
            "transcripts without features are left out ({}): {}",
            difference.first().size(),
            KeyDifference.listed(difference.first()));
      }
    }
  }

  /** Opens the features. */
  SequentialTableReader<FloatMatrix> open() {
    return features.get();
  }

  /** Opens the transcripts, each of which can be asked for once. */
  ReadAhead<List<String>> openText() {
    return new ReadAhead<>(Tables.readTokenVectors("ark:" + text));
  }

  String rspecifier() {
    return rspecifier;
  }

  /**
   * The words of an utterance that can be aligned.
   *
   * @param texts {@linkplain #openText opened} for this pass
   * @param features its log-Mel energies {@code [frames, bins]}, normalised or not
   * @throws EntryException if there are none, or no sound
   */
  int[] words(ReadAhead<List<String>> texts, String key, FloatMatrix features) {
    if (withoutText.contains(key)) {
      throw new EntryException("it has no transcript of its own");
    }
    int[] ids = transcripts.ids(texts.take(key));
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
