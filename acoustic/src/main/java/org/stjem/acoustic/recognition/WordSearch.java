package org.stjem.acoustic.recognition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.confidence.ConfidenceModel;
import org.stjem.acoustic.confidence.CtmTable;
import org.stjem.acoustic.confidence.FeatureExtractor;
import org.stjem.acoustic.decode.AlignLexicon;
import org.stjem.acoustic.decode.OnlineDecoder;
import org.stjem.acoustic.lattice.LatticeDeterminizer;
import org.stjem.acoustic.lattice.MinimumBayesRisk;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Finds the words of one utterance whose logits come bit by bit. Used by one thread. */
final class WordSearch {
  private static final Logger LOG = LoggerFactory.getLogger(WordSearch.class);

  private final Recognizer recognizer;
  private final OnlineDecoder decoder;
  private final List<FloatMatrix> logits = new ArrayList<>();

  /**
   * What is known of an utterance at its end.
   *
   * @param key name of the recording
   * @param before frames of the recording before the utterance
   * @param seconds from the begin of the recording to the end of the utterance
   * @param responsibilities of a mixture's models, {@code [frames, models]}; null if nobody asks
   */
  record Utterance(String key, long before, double seconds, FloatMatrix responsibilities) {}

  WordSearch(Recognizer recognizer) {
    this.recognizer = recognizer;
    DecodingGraph graph = recognizer.graph();
    this.decoder =
        new OnlineDecoder(
            graph.fst(),
            graph.pdfs(),
            recognizer.settings().pruning(),
            recognizer.settings().acousticScale());
  }

  /**
   * Takes the next rows.
   *
   * @param rows logits {@code [frames, pdfs]}
   */
  void accept(FloatMatrix rows) {
    if (rows.rows() == 0) {
      return;
    }
    if (recognizer.needsLogits()) {
      logits.add(rows);
    }
    decoder.accept(recognizer.loglikes(rows));
  }

  /** Frames so far. */
  int frames() {
    return decoder.frames();
  }

  /** The first words of the result, as far as they are certain. */
  List<String> settled() {
    return Arrays.stream(decoder.settledWords()).mapToObj(recognizer.graph()::word).toList();
  }

  /** Whether the utterance has ended. */
  boolean isOver(EndpointRules rules, double shift) {
    return rules.isOver(
        decoder.frames() * shift,
        decoder.trailingFrames(recognizer.graph().silentIds()) * shift,
        decoder.finalRelativeCost());
  }

  /**
   * Ends the utterance.
   *
   * @param beam up to which alternatives are looked at
   */
  HeardPath finish(Utterance utterance, double beam) {
    int settled = decoder.settledWords().length;
    OnlineDecoder.Result result = decoder.finish();
    Recognizer.Settings settings = recognizer.settings();
    LatticeDeterminizer.Determinized lattice =
        LatticeDeterminizer.determinize(
            result.lattice().stateLattice(), settings.acousticScale(), beam);
    MinimumBayesRisk posteriors =
        new MinimumBayesRisk(
            lattice.lattice(),
            new MinimumBayesRisk.Options(settings.acousticScale(), 1, 0, false),
            result.path().words());
    double shift = recognizer.frameShift();
    List<RecognizedWord> words = words(utterance.key, result, posteriors, shift);
    if (settings.confidence().isPresent() && !words.isEmpty()) {
      words = judged(words, settings.confidence().get(), shift, utterance.responsibilities);
    }
    if (utterance.before > 0) {
      words = words.stream().map(word -> word.later(utterance.before * shift)).toList();
    }
    return new HeardPath(
        new Recognition(utterance.key, words, utterance.seconds, result.lattice().reachedFinal()),
        settled,
        result.path().transitionIds());
  }

  private List<RecognizedWord> words(
      String key, OnlineDecoder.Result result, MinimumBayesRisk posteriors, double shift) {
    List<MinimumBayesRisk.Word> heard = posteriors.words();
    List<AlignLexicon.WordTime> times = null;
    if (recognizer.graph().knowsWordTimes()) {
      try {
        times = recognizer.graph().times(result.path());
      } catch (StjemException e) {
        LOG.warn("the word times of {} are rough: {}", key, e.getMessage());
      }
    }
    List<RecognizedWord> words = new ArrayList<>();
    for (int i = 0; i < heard.size(); i++) {
      MinimumBayesRisk.Word word = heard.get(i);
      double begin = times == null ? word.begin() : times.get(i).firstFrame();
      double end = times == null ? word.end() : times.get(i).firstFrame() + times.get(i).frames();
      words.add(
          new RecognizedWord(
              recognizer.graph().word(word.word()),
              begin * shift,
              end * shift,
              Math.min(1, word.confidence()),
              alternatives(posteriors.alternatives().get(i), word.word())));
    }
    return words;
  }

  private List<RecognizedWord.Alternative> alternatives(
      List<MinimumBayesRisk.Alternative> all, int chosen) {
    return all.stream()
        .filter(other -> other.word() != chosen)
        .map(
            other ->
                new RecognizedWord.Alternative(
                    other.word() == 0 ? "" : recognizer.graph().word(other.word()),
                    other.posterior()))
        .toList();
  }

  private List<RecognizedWord> judged(
      List<RecognizedWord> words,
      ConfidenceModel confidence,
      double shift,
      FloatMatrix responsibilities) {
    List<CtmTable.Word> lines =
        words.stream()
            .map(
                w ->
                    new CtmTable.Word(
                        "1", w.begin(), w.end() - w.begin(), w.word(), w.confidence()))
            .toList();
    FeatureExtractor extractor =
        new FeatureExtractor(
            shift, recognizer.graph().phoneCounts().orElse(null), confidence.ranks().orElse(null));
    List<Map<String, Double>> known =
        extractor.features(lines, new FeatureExtractor.Frames(allLogits(), null, responsibilities));
    List<RecognizedWord> judged = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      RecognizedWord word = words.get(i);
      judged.add(
          new RecognizedWord(
              word.word(),
              word.begin(),
              word.end(),
              confidence.probability(known.get(i)),
              word.alternatives()));
    }
    return judged;
  }

  /** All rows in one matrix, or null if they were not kept. */
  private FloatMatrix allLogits() {
    if (logits.isEmpty()) {
      return null;
    }
    int cols = logits.get(0).cols();
    FloatMatrix all = new FloatMatrix(decoder.frames(), cols);
    int at = 0;
    for (FloatMatrix block : logits) {
      System.arraycopy(block.data(), 0, all.data(), at, block.data().length);
      at += block.data().length;
    }
    return all;
  }
}
