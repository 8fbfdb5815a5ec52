package org.stjem.acoustic.recognition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.stjem.acoustic.confidence.ConfidenceModel;
import org.stjem.acoustic.decode.DecoderOptions;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.DomainModel;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.net.RowScorer;
import org.stjem.acoustic.serving.AudioFrontend;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** A model and a decoding graph that make words of audio. Thread-safe; does not own the model. */
public final class Recognizer {
  private static final Set<String> FEATURES_OF_RANKS =
      Set.of("density-rank", "utterance-density-rank");
  private static final Set<String> FEATURES_OF_LOGITS =
      Set.of(
          "frame-posterior",
          "frame-entropy",
          "log-density",
          "density-rank",
          "utterance-density-rank");
  private static final String DOMAIN_POSTERIOR = "domain-posterior";

  private static final double MS_PER_SECOND = 1000;

  /** Alternatives beyond this are less probable than the word by a factor of 400. */
  private static final double QUICK_BEAM = 6;

  private final AcousticModel model;
  private final AudioFrontend frontend;
  private final DecodingGraph graph;
  private final Settings settings;
  private final RowScorer scorer;

  /**
   * How words are found and judged.
   *
   * @param pruning of the search
   * @param acousticScale factor of the log-likelihoods
   * @param confidence makes probabilities of what is known about a word; otherwise they are the
   *     lattice's posteriors
   */
  public record Settings(
      DecoderOptions pruning, float acousticScale, Optional<ConfidenceModel> confidence) {}

  /**
   * Puts the parts together.
   *
   * @param name of the model, for messages
   * @throws StjemException if they do not fit together
   */
  public Recognizer(
      String name,
      AcousticModel model,
      AudioFrontend frontend,
      DecodingGraph graph,
      Settings settings) {
    int numPdfs = model.description().numPdfs();
    if (numPdfs != graph.numPdfs()) {
      throw new StjemException(
          "model "
              + name
              + " has "
              + numPdfs
              + " pdfs, the transition model of graph "
              + graph.folder()
              + " has "
              + graph.numPdfs());
    }
    if (graph.fst().maxInputLabel() > graph.transitions().numTransitionIds()) {
      throw new StjemException(
          "graph "
              + graph.folder()
              + " and its transition model do not fit: the graph has transition-id "
              + graph.fst().maxInputLabel()
              + ", the model has "
              + graph.transitions().numTransitionIds());
    }
    settings.confidence.ifPresent(confidence -> checkFeatures(confidence, model));
    this.model = model;
    this.frontend = frontend;
    this.graph = graph;
    this.settings = settings;
    PriorSettings priors = model.priorSettings();
    try {
      this.scorer = priors.priors().scorer(OutputKind.LOGLIKES, priors.scale());
    } catch (StjemException e) {
      throw new StjemException("model " + name + ": " + e.getMessage(), e);
    }
  }

  private static void checkFeatures(ConfidenceModel confidence, AcousticModel model) {
    for (String feature : confidence.features()) {
      if (FEATURES_OF_RANKS.contains(feature) && confidence.trainDensity() == null) {
        throw new StjemException(
            "the confidence model needs the feature "
                + feature
                + " and has no training frames to rank by; fit it with --train-log-density");
      }
      if (feature.equals(DOMAIN_POSTERIOR) && !(model instanceof DomainModel)) {
        throw new StjemException(
            "the confidence model needs the feature "
                + feature
                + ", which a mixture alone has; fit one with --leave-out="
                + feature);
      }
    }
  }

  /** Responsibilities of a mixture's models, if the confidence model asks for them. */
  Optional<DomainModel> domainModel() {
    return settings.confidence.isPresent()
            && settings.confidence.get().features().contains(DOMAIN_POSTERIOR)
            && model instanceof DomainModel mixture
        ? Optional.of(mixture)
        : Optional.empty();
  }

  /** The model, which somebody else owns. */
  public AcousticModel model() {
    return model;
  }

  /** The graph that is searched. */
  public DecodingGraph graph() {
    return graph;
  }

  Settings settings() {
    return settings;
  }

  /**
   * What the search takes.
   *
   * @param logits {@code [frames, pdfs]}
   */
  public FloatMatrix loglikes(FloatMatrix logits) {
    FloatMatrix loglikes = new FloatMatrix(logits.rows(), logits.cols());
    for (int at = 0; at < logits.data().length; at += logits.cols()) {
      scorer.score(logits.data(), at, loglikes.data(), at, logits.cols());
    }
    return loglikes;
  }

  /**
   * The words of scores that are there already, quickly: with fewer alternatives than a stream
   * gives.
   *
   * @param key name of the recording
   * @param features {@code [frames, dim]}
   * @param logits theirs, {@code [frames, pdfs]}, at least one frame
   * @param seconds length of the recording
   * @param endpoints where utterances end; none if all is one
   * @return the utterances that have ended, and the one that goes on
   * @throws StjemException if no path survives
   */
  public List<HeardPath> hear(
      String key,
      FloatMatrix features,
      FloatMatrix logits,
      double seconds,
      Optional<EndpointRules> endpoints) {
    UtteranceSearch search =
        new UtteranceSearch(
            this, key, endpoints, Math.min(QUICK_BEAM, settings.pruning.latticeBeam()));
    search.acceptFeatures(features);
    search.accept(logits);
    List<HeardPath> heard = new ArrayList<>(search.takeEnded());
    heard.add(search.finish(seconds));
    return heard;
  }

  /** Whether the logits are asked for after the search. */
  boolean needsLogits() {
    return settings.confidence.isPresent()
        && settings.confidence.get().features().stream().anyMatch(FEATURES_OF_LOGITS::contains);
  }

  /** What makes features of audio. */
  public AudioFrontend frontend() {
    return frontend;
  }

  /** Samples per second of the audio. */
  public int sampleRate() {
    return frontend.sampleRate();
  }

  /** Whether words are known only after the end of the recording. */
  public boolean wordsAfterEnd() {
    return frontend.rowsAfterEnd();
  }

  /** Seconds from frame to frame. */
  double frameShift() {
    return model.description().frameShiftMs() / MS_PER_SECOND;
  }

  /**
   * A recording at its start, which is one utterance.
   *
   * @param key its name
   */
  public RecognitionStream open(String key) {
    return open(key, Optional.empty());
  }

  /**
   * A recording at its start.
   *
   * @param key its name
   * @param endpoints where its utterances end; none if all of it is one
   */
  public RecognitionStream open(String key, Optional<EndpointRules> endpoints) {
    return new RecognitionStream(this, key, frontend.stream(key), endpoints);
  }
}
