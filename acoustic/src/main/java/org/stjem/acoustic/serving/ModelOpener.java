package org.stjem.acoustic.serving;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ModelInfo;

/**
 * Reads models from their folders, tries them, and starts what computes their rows. What is no good
 * is logged and counted. Used by one thread at a time.
 */
final class ModelOpener {
  private static final Logger LOG = LoggerFactory.getLogger(ModelOpener.class);

  private final LoadedModel.Loader loader;
  private final TurnFactory turns;
  private final ServingMetrics metrics;

  /** Makes what computes a model's rows; it owns the model. */
  interface TurnFactory {
    Turn.Queue start(LoadedModel model, String name, ModelMetrics metrics);
  }

  ModelOpener(LoadedModel.Loader loader, TurnFactory turns, ServingMetrics metrics) {
    this.loader = loader;
    this.turns = turns;
    this.metrics = metrics;
  }

  /**
   * Opens a model that is not offered yet.
   *
   * @return it, with the one user that offers it
   * @throws StjemException if the folder holds no good model
   */
  ServedModel open(ModelSource source) {
    LoadedModel loaded = read(source, ServingMetrics.NEVER_OFFERED);
    return serve(source, loaded, ServingMetrics.NEVER_OFFERED);
  }

  /**
   * Opens a model that is offered already again.
   *
   * @param fingerprint of the one that is offered
   * @return it, with the one user that offers it; empty if the folder holds the same one still
   * @throws StjemException if the folder holds no good model
   */
  Optional<ServedModel> openIfChanged(ModelSource source, String fingerprint) {
    LoadedModel loaded = read(source, source.label());
    if (loaded.fingerprint().equals(fingerprint)) {
      loaded.model().close();
      return Optional.empty();
    }
    return Optional.of(serve(source, loaded, source.label()));
  }

  private LoadedModel read(ModelSource source, String counted) {
    LOG.info("event=model-loading model={} folder={}", source.label(), source.folder());
    try {
      return loader.load(source.folder());
    } catch (RuntimeException | OutOfMemoryError e) {
      throw broken(source, counted, e);
    }
  }

  private ServedModel serve(ModelSource source, LoadedModel loaded, String counted) {
    try {
      warmUp(loaded);
    } catch (RuntimeException | OutOfMemoryError e) {
      loaded.model().close();
      throw broken(source, counted, e);
    }
    ModelInfo.Builder info =
        ModelCard.of(loaded.model(), source.name(), source.version())
            .setFingerprint(loaded.fingerprint());
    loaded
        .audio()
        .ifPresent(
            audio ->
                info.setAudioSampleRateHz(audio.sampleRate())
                    .setAudioRowsAfterEnd(audio.rowsAfterEnd()));
    ModelMetrics modelMetrics =
        metrics.of(source.label(), loaded.model().description().frameShiftMs());
    Turn.Queue queue = turns.start(loaded, source.label(), modelMetrics);
    LOG.info(
        "event=model-loaded model={} pdfs={} fingerprint={} engine=\"{}\" precision={} rows=\"{}\""
            + " folder={}",
        source.label(),
        info.getNumPdfs(),
        loaded.fingerprint(),
        info.getEngine(),
        info.getPrecision(),
        loaded.model().computation().rowBits(),
        source.folder());
    return new ServedModel(loaded, info.build(), queue, modelMetrics);
  }

  /** So that the first stream does not pay for what the engine does once. */
  private static void warmUp(LoadedModel loaded) {
    int dim = loaded.model().description().featureDim();
    for (int frames : new int[] {1, 16}) {
      try {
        FloatMatrix scores = loaded.model().logits(new FloatMatrix(frames, dim));
        for (int t = 0; t < frames; t++) {
          FiniteNumbers.requireScores(scores.data(), t * scores.cols(), scores.cols(), t);
        }
      } catch (EntryException e) {
        throw new StjemException("the model cannot score silence: " + e.getMessage(), e);
      }
    }
  }

  private StjemException broken(ModelSource source, String counted, Throwable fault) {
    metrics.modelBroken(counted);
    String reason = fault instanceof StjemException ? fault.getMessage() : fault.toString();
    LOG.error(
        "event=model-broken model={} reason={}",
        source.label(),
        ClientText.quoted(reason, ClientText.MOST_OF_A_SENTENCE));
    return new StjemException("model '" + source.label() + "' was not loaded: " + reason, fault);
  }
}
