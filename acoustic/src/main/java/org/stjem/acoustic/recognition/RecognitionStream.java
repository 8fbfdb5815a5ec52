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
import org.stjem.acoustic.net.LogitStream;
import org.stjem.acoustic.serving.FeatureStream;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * One recording on its way to words. Features, scores and search go on with every piece of audio;
 * the result does not depend on the pieces. Words that were {@linkplain #settled settled} are the
 * first of the result. Used by one thread.
 */
public final class RecognitionStream {
  private static final Logger LOG = LoggerFactory.getLogger(RecognitionStream.class);

  /** Frames that go through the network at once after the end. */
  private static final int BLOCK = 200;

  private static final double MS_PER_SECOND = 1000;

  private final Recognizer recognizer;
  private final String key;
  private final FeatureStream features;
  private final LogitStream scores;
  private final OnlineDecoder decoder;
  private final List<FloatMatrix> logits = new ArrayList<>();
  private long samples;

  RecognitionStream(Recognizer recognizer, String key, FeatureStream features) {
    this.recognizer = recognizer;
    this.key = key;
    this.features = features;
    this.scores = recognizer.model().stream();
    DecodingGraph graph = recognizer.graph();
    this.decoder =
        new OnlineDecoder(
            graph.fst(),
            graph.pdfs(),
            recognizer.settings().pruning(),
            recognizer.settings().acousticScale());
  }

  /**
   * Takes the next samples.
   *
   * @param next at 16-bit scale and the recognizer's rate
   * @throws StjemException if they cannot be scored, or no path survives
   */
  public void accept(float[] next) {
    samples += next.length;
    search(scores.accept(features.accept(next)));
  }

  private void search(FloatMatrix rows) {
    if (rows.rows() == 0) {
      return;
    }
    if (recognizer.needsLogits()) {
      logits.add(rows);
    }
    FloatMatrix loglikes = new FloatMatrix(rows.rows(), rows.cols());
    for (int at = 0; at < rows.data().length; at += rows.cols()) {
      recognizer.scorer().score(rows.data(), at, loglikes.data(), at, rows.cols());
    }
    decoder.accept(loglikes);
  }

  /** The first words of the result, as far as they are certain. */
  public List<String> settled() {
    return Arrays.stream(decoder.settledWords()).mapToObj(recognizer.graph()::word).toList();
  }

  /** Seconds of audio taken. */
  public double seconds() {
    return (double) samples / recognizer.sampleRate();
  }

  /**
   * Ends the recording.
   *
   * @throws StjemException if it was too short for a frame, or no path survives
   */
  public Recognition finish() {
    FloatMatrix owed = features.finish(BLOCK);
    while (owed.rows() > 0) {
      search(scores.accept(owed));
      owed = features.finish(BLOCK);
    }
    search(scores.finish());
    if (decoder.frames() == 0) {
      throw new StjemException(
          samples + " samples are too short for a frame of features; there is nothing to hear");
    }
    return recognition(decoder.finish());
  }

  private Recognition recognition(OnlineDecoder.Result result) {
    Recognizer.Settings settings = recognizer.settings();
    LatticeDeterminizer.Determinized lattice =
        LatticeDeterminizer.determinize(
            result.lattice().stateLattice(),
            settings.acousticScale(),
            settings.pruning().latticeBeam());
    MinimumBayesRisk posteriors =
        new MinimumBayesRisk(
            lattice.lattice(),
            new MinimumBayesRisk.Options(settings.acousticScale(), 1, 0, false),
            result.path().words());
    double shift = recognizer.model().description().frameShiftMs() / MS_PER_SECOND;
    List<RecognizedWord> words = words(result, posteriors, shift);
    if (settings.confidence().isPresent() && !words.isEmpty()) {
      words = judged(words, settings.confidence().get(), shift);
    }
    return new Recognition(key, words, seconds(), result.lattice().reachedFinal());
  }

  private List<RecognizedWord> words(
      OnlineDecoder.Result result, MinimumBayesRisk posteriors, double shift) {
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
      List<RecognizedWord> words, ConfidenceModel confidence, double shift) {
    List<CtmTable.Word> lines =
        words.stream()
            .map(
                w ->
                    new CtmTable.Word(
                        "1", w.begin(), w.end() - w.begin(), w.word(), w.confidence()))
            .toList();
    FeatureExtractor extractor =
        new FeatureExtractor(shift, recognizer.graph().phoneCounts().orElse(null), null);
    List<Map<String, Double>> known =
        extractor.features(lines, new FeatureExtractor.Frames(allLogits(), null, null));
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
