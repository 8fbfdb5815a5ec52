package org.stjem.acoustic.serving;

import io.grpc.Status;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.StatefulMetric;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.DoubleSupplier;

/** What a server counts, for Prometheus. Thread-safe. */
final class ServingMetrics {
  /** In place of the name of a model that was never offered. */
  static final String NEVER_OFFERED = "other";

  private static final String MODEL = "model";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter streams;
  private final Counter limitedConnections;
  private final Counter modelFaults;
  private final Counter rows;
  private final Counter speech;
  private final Counter compute;
  private final Histogram batchRows;
  private final Histogram batchSeconds;
  private final Histogram queueSeconds;

  ServingMetrics() {
    streams =
        Counter.builder()
            .name("stjem_streams_total")
            .help("Streams that ended, by gRPC status; RESOURCE_EXHAUSTED are those refused.")
            .labelNames("status")
            .register(registry);
    limitedConnections =
        Counter.builder()
            .name("stjem_connections_limited_total")
            .help("Connections that were refused or closed, by the limit they were beyond.")
            .labelNames("limit")
            .register(registry);
    modelFaults =
        Counter.builder()
            .name("stjem_model_faults_total")
            .help("Attempts to load a model that failed.")
            .labelNames(MODEL)
            .register(registry);
    rows =
        Counter.builder()
            .name("stjem_rows_total")
            .help("Rows sent, one for each frame.")
            .labelNames(MODEL)
            .register(registry);
    speech =
        Counter.builder()
            .name("stjem_speech_seconds_total")
            .help("Duration of the frames whose rows were sent.")
            .labelNames(MODEL)
            .register(registry);
    compute =
        Counter.builder()
            .name("stjem_compute_seconds_total")
            .help(
                "Time the network took, summed over threads; divided by speech, the real-time factor.")
            .labelNames(MODEL)
            .register(registry);
    batchRows =
        Histogram.builder()
            .classicOnly()
            .name("stjem_batch_rows")
            .help("Rows that went through the network together.")
            .classicUpperBounds(1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 512, 1024)
            .labelNames(MODEL)
            .register(registry);
    batchSeconds =
        Histogram.builder()
            .classicOnly()
            .name("stjem_batch_seconds")
            .help("Time the network took for a batch.")
            .classicExponentialUpperBounds(0.0005, 2, 14)
            .labelNames(MODEL)
            .register(registry);
    queueSeconds =
        Histogram.builder()
            .classicOnly()
            .name("stjem_queue_seconds")
            .help("Time a stream's rows waited for their batch.")
            .classicExponentialUpperBounds(0.0005, 2, 14)
            .labelNames(MODEL)
            .register(registry);
  }

  /** What is to be served over HTTP. */
  PrometheusRegistry registry() {
    return registry;
  }

  /** Adds a number that is asked for when it is read. */
  void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  void streamEnded(Status.Code code) {
    streams.labelValues(code.name()).inc();
  }

  void connectionLimited(String limit) {
    limitedConnections.labelValues(limit).inc();
  }

  /**
   * A model could not be loaded.
   *
   * @param model name and version; {@link #NEVER_OFFERED} for one that is not offered, since such
   *     names are anybody's
   */
  void modelBroken(String model) {
    modelFaults.labelValues(model).inc();
  }

  /** Forgets a model that is offered no more; what still computes with it counts for itself. */
  void remove(String model) {
    for (StatefulMetric<?, ?> metric :
        List.of(modelFaults, rows, speech, compute, batchRows, batchSeconds, queueSeconds)) {
      metric.remove(model);
    }
  }

  /**
   * The part that is counted by model.
   *
   * @param model name and version
   * @param frameShiftMs duration of a frame
   */
  ModelMetrics of(String model, double frameShiftMs) {
    return new ModelMetrics(
        rows.labelValues(model),
        speech.labelValues(model),
        frameShiftMs / 1000,
        compute.labelValues(model),
        batchRows.labelValues(model),
        batchSeconds.labelValues(model),
        queueSeconds.labelValues(model));
  }
}
