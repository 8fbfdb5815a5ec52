package org.stjem.acoustic.serving;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.Priors;
import org.stjem.proto.v1.ModelInfo;

/**
 * A model that streams are scored by. It lives until the catalogue has given it up and the last
 * stream that began with it has ended. Thread-safe.
 */
final class ServedModel {
  private final AcousticModel model;
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
    this.model = loaded.model();
    this.description = model.description();
    double[] counts = description.classCounts();
    if (counts.length == 0) {
      // Flat; clients that ask for what needs priors are refused.
      counts = new double[info.getNumPdfs()];
      Arrays.fill(counts, 1);
    }
    this.info = info;
    this.priors = Priors.ofCounts(counts);
    this.audio = loaded.audio();
    this.turns = turns;
    this.metrics = metrics;
  }

  ModelDescription description() {
    return description;
  }

  /** See {@link AcousticModel#missing}. */
  List<String> missing() {
    return model.missing();
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
