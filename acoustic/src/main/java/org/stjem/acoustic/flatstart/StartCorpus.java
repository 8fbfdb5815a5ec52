package org.stjem.acoustic.flatstart;

import java.nio.file.Path;
import java.util.Arrays;
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

  /** Bands of neighbouring bins, wide enough that the energy of steady noise hardly varies. */
  private static final int BANDS = 4;

  /**
   * Standard deviation over time of the log-energy in a band, in nats, below which an utterance is
   * no speech. Digital silence with dither and white noise have 0.22 to 0.25; the flattest of 2 700
   * digits that begin and end within the word has 0.35, the flattest sentence of AN4 2.2.
   */
  private static final double LEAST_DEVIATION = 0.3;

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
    if (features.rows() > 1 && deviation(features) < LEAST_DEVIATION) {
      throw new EntryException("it is silent: its spectrum hardly changes");
    }
    return ids;
  }

  /** Of the log-energy over time, the mean over all bands. */
  private static double deviation(FloatMatrix features) {
    int bands = Math.min(BANDS, features.cols());
    double sum = 0;
    for (int band = 0; band < bands; band++) {
      int from = band * features.cols() / bands;
      int to = (band + 1) * features.cols() / bands;
      double[] energies =
          IntStream.range(0, features.rows())
              .mapToDouble(t -> meanOfBins(features, t, from, to))
              .toArray();
      double mean = Arrays.stream(energies).average().orElse(0);
      double variance =
          Arrays.stream(energies).map(e -> (e - mean) * (e - mean)).average().orElse(0);
      sum += Math.sqrt(variance);
    }
    return sum / bands;
  }

  private static double meanOfBins(FloatMatrix features, int t, int from, int to) {
    return IntStream.range(from, to).mapToDouble(d -> features.get(t, d)).average().orElse(0);
  }
}
