package org.stjem.acoustic.serving;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.net.Priors;
import org.stjem.proto.v1.ModelInfo;

/**
 * A model that streams are scored by. It lives until the catalogue has given it up and the last
 * stream that began with it has ended. Thread-safe.
 */
final class ServedModel {
  private final ModelDescription description;
  private final ModelInfo info;
  private final Priors priors;
  private final Optional<AudioFrontend> audio;
  private final Turn.Queue turns;
  private final ModelMetrics metrics;

  /** The streams, and the catalogue as long as it offers the model. */
  private int users = 1;

  /**
   * Offers a model.
   *
   * @param info what clients are told about it
   * @param turns where streams queue for what computes its rows
   */
  ServedModel(LoadedModel loaded, ModelInfo info, Turn.Queue turns, ModelMetrics metrics) {
    AcousticModel model = loaded.model();
    this.description = model.description();
    this.info = info;
    this.priors = priors(model.priorSettings(), info.getNumPdfs());
    this.audio = loaded.audio();
    this.turns = turns;
    this.metrics = metrics;
  }

  private static Priors priors(PriorSettings settings, int numPdfs) {
    if (settings.areKnown()) {
      return settings.priors();
    }
    // Flat; clients that ask for what needs priors are refused.
    double[] flat = new double[numPdfs];
    Arrays.fill(flat, 1);
    return Priors.ofCounts(flat);
  }

  ModelDescription description() {
    return description;
  }

  ModelInfo info() {
    return info;
  }

  Priors priors() {
    return priors;
  }

  Optional<AudioFrontend> audio() {
    return audio;
  }

  Turn.Queue turns() {
    return turns;
  }

  ModelMetrics metrics() {
    return metrics;
  }

  /** Keeps the model alive for one stream more; {@link #release} must follow. */
  synchronized void acquire() {
    if (users == 0) {
      throw new IllegalStateException("model " + info.getName() + " is gone");
    }
    users++;
  }

  /** Gives the model up for one stream, or for the catalogue. */
  synchronized void release() {
    users--;
    if (users == 0) {
      turns.stop();
    }
  }

  /** Streams that are being scored by a model the catalogue has given up. */
  synchronized int users() {
    return users;
  }

  /** Waits until the model is out of memory, after the last {@link #release}. */
  boolean awaitEnd(Duration limit) throws InterruptedException {
    return turns.awaitEnd(limit);
  }
}
