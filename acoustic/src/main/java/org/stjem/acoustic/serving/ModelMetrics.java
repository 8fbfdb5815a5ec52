package org.stjem.acoustic.serving;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;

/** What is counted of one model; see {@link ServingMetrics}. Thread-safe. */
record ModelMetrics(
    CounterDataPoint rows,
    CounterDataPoint speech,
    double frameSeconds,
    CounterDataPoint compute,
    DistributionDataPoint batchRows,
    DistributionDataPoint batchSeconds,
    DistributionDataPoint queueSeconds) {
  private static final double NANOSECOND = 1e-9;

  /** A stream waited so many nanoseconds for its batch. */
  void waited(long nanoseconds) {
    queueSeconds.observe(nanoseconds * NANOSECOND);
  }

  /** The network took so many nanoseconds for a batch of so many rows. */
  void computed(int count, long nanoseconds) {
    compute.inc(nanoseconds * NANOSECOND);
    batchRows.observe(count);
    batchSeconds.observe(nanoseconds * NANOSECOND);
  }

  /** So many rows were sent. */
  void sent(int count) {
    rows.inc(count);
    speech.inc(count * frameSeconds);
  }
}
