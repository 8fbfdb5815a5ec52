package org.stjem.acoustic.generate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.kaldi.FloatMatrix;

/** How generated log-Mel spectra compare with real ones and with each other, in dB. */
public final class SpectralStatistics {
  private static final double DECIBELS = 10 / Math.log(10);

  private double[] real;
  private double[] generated;
  private long realFrames;
  private long generatedFrames;
  private final Map<String, List<FloatMatrix>> samples = new LinkedHashMap<>();

  /** Takes a real utterance into account. */
  public void addReal(FloatMatrix features) {
    real = real == null ? new double[features.cols()] : real;
    addTo(real, features);
    realFrames += features.rows();
  }

  /** Takes a generated one into account, which is kept. */
  public void addGenerated(Generated made) {
    generated = generated == null ? new double[made.features().cols()] : generated;
    addTo(generated, made.features());
    generatedFrames += made.features().rows();
    samples.computeIfAbsent(made.source(), key -> new ArrayList<>()).add(made.features());
  }

  private static void addTo(double[] sums, FloatMatrix features) {
    for (int i = 0; i < features.data().length; i++) {
      sums[i % sums.length] += features.data()[i];
    }
  }

  /**
   * Log-spectral distance of the average spectra: the root of the mean over bins of the squared
   * difference; NaN without real ones.
   */
  public double averageDistance() {
    if (real == null || generated == null) {
      return Double.NaN;
    }
    double squares = 0;
    for (int bin = 0; bin < real.length; bin++) {
      double difference = real[bin] / realFrames - generated[bin] / generatedFrames;
      squares += difference * difference;
    }
    return DECIBELS * Math.sqrt(squares / real.length);
  }

  /** Mean distance between two samples of the same labels; NaN where no labels have two samples. */
  public double variety() {
    double sum = 0;
    int pairs = 0;
    for (List<FloatMatrix> group : samples.values()) {
      for (int i = 0; i < group.size(); i++) {
        for (int j = 0; j < i && group.get(i).rows() == group.get(j).rows(); j++) {
          sum += distance(group.get(i), group.get(j));
          pairs++;
        }
      }
    }
    return pairs == 0 ? Double.NaN : sum / pairs;
  }

  /** Root of the mean squared difference of all values of two matrices of one shape. */
  public static double distance(FloatMatrix one, FloatMatrix other) {
    double squares = 0;
    for (int i = 0; i < one.data().length; i++) {
      double difference = one.data()[i] - other.data()[i];
      squares += difference * difference;
    }
    return DECIBELS * Math.sqrt(squares / one.data().length);
  }
}
