package org.stjem.acoustic.ebm;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * SGLD whose steps are all made in the memory of the network's device: chains are copied there once
 * and back once, and the device draws the noise.
 */
final class DeviceChains {
  private DeviceChains() {}

  /**
   * Runs chains in place.
   *
   * @param x starts on entry, ends on return, row by row
   * @param labels the label whose logit each chain climbs, or −1 for s
   * @param stepSizes of each chain, in place of the sampler's
   * @param noises of each chain, in place of the sampler's
   * @param random draws the seed of the noise
   * @throws TrainingException if the tensor engine fails
   */
  static void run(
      Sgld sgld,
      EnergyNetwork network,
      float[] x,
      int[] labels,
      double[] stepSizes,
      double[] noises,
      SeededRandom random) {
    Engine.getEngine("PyTorch").setRandomSeed(random.nextInt());
    boolean noisy = Arrays.stream(noises).anyMatch(noise -> noise > 0);
    try (ExitGuard guard = ExitGuard.hold();
        NDManager scope = network.newManager()) {
      NDArray points = network.rows(scope, x, labels.length);
      NDArray rates = perRow(scope, points, stepSizes);
      NDArray deviations = perRow(scope, points, noises);
      for (int step = 0; step < sgld.steps(); step++) {
        try (NDManager own = scope.newSubManager()) {
          NDArray here = points;
          here.attach(own);
          NDArray moved =
              clamped(network.scoreGradient(here, labels), sgld.gradientClamp())
                  .mul(rates)
                  .add(here);
          if (noisy) {
            moved = moved.add(own.randomNormal(here.getShape()).mul(deviations));
          }
          points = clamped(moved, sgld.valueClamp()).stopGradient();
          points.attach(scope);
        }
      }
      float[] ends = points.toFloatArray();
      System.arraycopy(ends, 0, x, 0, x.length);
    } catch (EngineException e) {
      throw EngineFaults.translate(e);
    }
  }

  /** One value a row, shaped to be multiplied with rows. */
  private static NDArray perRow(NDManager scope, NDArray rows, double[] values) {
    float[] floats = new float[values.length];
    for (int row = 0; row < floats.length; row++) {
      floats[row] = (float) values[row];
    }
    long[] shape = new long[rows.getShape().dimension()];
    Arrays.fill(shape, 1);
    shape[0] = values.length;
    return scope.create(floats, new Shape(shape));
  }

  private static NDArray clamped(NDArray values, double bound) {
    return Double.isInfinite(bound) ? values : values.clip((float) -bound, (float) bound);
  }
}
