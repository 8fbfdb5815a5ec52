package org.stjem.imagebench;

import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.acoustic.ebm.TrainingException;
import org.stjem.acoustic.eval.Calibration;
import org.stjem.acoustic.eval.CalibrationReport;

/** Measures how often a network is right about pictures, and how well it knows. */
final class ImageCalibration {
  private static final int BLOCK = 100;

  private ImageCalibration() {}

  /**
   * Accuracy, calibration error and log-likelihood on {@code images} as they are.
   *
   * @throws TrainingException if logits are not finite
   */
  static CalibrationReport measure(EnergyNetwork network, CifarImages images) {
    Calibration calibration = new Calibration(Calibration.DEFAULT_BINS);
    for (int first = 0; first < images.size(); first += BLOCK) {
      int count = Math.min(BLOCK, images.size() - first);
      float[] rows = new float[count * CifarImages.SIZE];
      for (int i = 0; i < count; i++) {
        images.copy(first + i, rows, i * CifarImages.SIZE);
      }
      add(calibration, network.logits(rows, count), images, first);
    }
    return calibration.report();
  }

  /**
   * Adds some images, from {@code first} on, by their logits.
   *
   * @throws TrainingException if logits are not finite
   */
  static void add(Calibration calibration, float[] logits, CifarImages images, int first) {
    int classes = images.classes();
    for (int i = 0; i < logits.length / classes; i++) {
      add(calibration, logits, i * classes, classes, images.label(first + i));
    }
  }

  private static void add(
      Calibration calibration, float[] logits, int offset, int classes, int label) {
    double sum = LogSumExp.of(logits, offset, classes);
    if (!Double.isFinite(sum)) {
      throw new TrainingException("the network's logits are not finite");
    }
    double[] posteriors = new double[classes];
    for (int c = 0; c < classes; c++) {
      posteriors[c] = Math.min(1, Math.exp(logits[offset + c] - sum));
    }
    calibration.add(posteriors, label);
  }
}
