package org.stjem.imagebench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.DensityScores;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Rows;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.TrainingException;
import org.stjem.acoustic.eval.Calibration;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.acoustic.eval.OutlierScores;
import org.stjem.acoustic.eval.OutlierTable;

/**
 * Measures a model on test images and how well it tells them from others: uniform noise, images of
 * one colour, means of two test images, and what is given. One pass over each set; besides the sets
 * it holds one batch.
 */
public final class ImageEvaluation {
  private static final Logger LOG = LoggerFactory.getLogger(ImageEvaluation.class);
  private static final int LOG_EVERY = 1000;
  private static final long FIRST_STREAM = 5;

  private final EnergyNetwork network;
  private final int batchSize;
  private final long seed;

  /**
   * An evaluation of {@code network}, whose parameters are frozen.
   *
   * @param batchSize images that go through the network together
   * @param seed of the made-up images
   */
  public ImageEvaluation(EnergyNetwork network, int batchSize, long seed) {
    if (batchSize < 1) {
      throw new ImageBenchException("the batch size cannot be " + batchSize);
    }
    this.network = network;
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /**
   * What was found.
   *
   * @param report accuracy and calibration on the test images
   * @param outliers how the other sets were told from them
   */
  public record Outcome(CalibrationReport report, OutlierTable outliers) {}

  private interface BatchListener {
    void batch(int first, DensityScores scores);
  }

  /**
   * Measures everything.
   *
   * @param others further sets by name, in the table's order
   * @throws TrainingException if an image has no finite gradient of log p(x)
   */
  public Outcome run(CifarImages test, Map<String, ? extends Rows> others) {
    Calibration calibration = new Calibration(Calibration.DEFAULT_BINS);
    OutlierScores inside = new OutlierScores();
    forEachBatch(
        "test images",
        test,
        FIRST_STREAM,
        (first, scores) -> {
          ImageCalibration.add(calibration, scores.logits(), test, first);
          inside.add(scores.logits(), scores.logDensities(), scores.gradientNorms());
        });
    Map<String, Rows> sets = new LinkedHashMap<>();
    sets.put("uniform noise", OutlierImages.uniformNoise(test.size()));
    sets.put("constant", OutlierImages.constant(test.size()));
    sets.put("interpolated", OutlierImages.interpolations(test, test.size()));
    sets.putAll(others);
    OutlierTable table = new OutlierTable();
    long stream = FIRST_STREAM;
    for (Map.Entry<String, Rows> set : sets.entrySet()) {
      OutlierScores outside = new OutlierScores();
      forEachBatch(
          set.getKey(),
          set.getValue(),
          ++stream,
          (first, scores) ->
              outside.add(scores.logits(), scores.logDensities(), scores.gradientNorms()));
      table.add(inside.against(set.getKey(), outside));
    }
    return new Outcome(calibration.report(), table);
  }

  private void forEachBatch(String name, Rows rows, long stream, BatchListener listener) {
    SeededRandom random = new SeededRandom(seed, stream);
    for (int first = 0; first < rows.size(); first += batchSize) {
      int count = Math.min(batchSize, rows.size() - first);
      float[] x = new float[count * CifarImages.SIZE];
      for (int i = 0; i < count; i++) {
        rows.copyRow(first + i, x, i * CifarImages.SIZE, random);
      }
      DensityScores scores = network.densityScores(x, count);
      for (int i = 0; i < count; i++) {
        if (!Float.isFinite(scores.gradientNorms()[i])) {
          throw new TrainingException(
              name + ": image " + (first + i) + " has no finite gradient of log p(x)");
        }
      }
      listener.batch(first, scores);
      int done = first + count;
      if (done / LOG_EVERY > first / LOG_EVERY || done == rows.size()) {
        LOG.info("{}: {} of {}", name, done, rows.size());
      }
    }
  }
}
