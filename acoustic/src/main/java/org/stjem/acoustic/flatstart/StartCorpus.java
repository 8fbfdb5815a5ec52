package org.stjem.acoustic.flatstart;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.stjem.acoustic.forced.Transcripts;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/** The features and words of a corpus. */
public final class StartCorpus {
  private final Supplier<SequentialTableReader<FloatMatrix>> features;
  private final String rspecifier;
  private final Map<String, int[]> words = new HashMap<>();

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
      }
    }
  }

  SequentialTableReader<FloatMatrix> open() {
    return features.get();
  }

  String rspecifier() {
    return rspecifier;
  }

  /**
   * The words of an utterance.
   *
   * @throws EntryException if there are none
   */
  int[] words(String key) {
    int[] ids = words.get(key);
    if (ids == null) {
      throw new EntryException("it has no transcript");
    }
    return ids;
  }
}
