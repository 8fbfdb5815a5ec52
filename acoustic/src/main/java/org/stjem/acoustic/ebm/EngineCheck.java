package org.stjem.acoustic.ebm;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * That the tensor engine computes on a device.
 *
 * @param version of PyTorch
 * @param device where it computed
 * @param gpus how many GPUs it sees
 */
public record EngineCheck(String version, Device device, int gpus) {
  private static final int SIZE = 64;

  /** Entries are below this, so that float32, and TF32 as well, give the exact product. */
  private static final int RANGE = 7;

  /**
   * Multiplies two matrices of small integers.
   *
   * @throws TrainingException if the engine fails, or the product is not Java's
   */
  public static EngineCheck multiply(Device device) {
    Engine engine = Engine.getEngine("PyTorch");
    float[] left = integers(1);
    float[] right = integers(2);
    float[] product;
    try (NDManager manager = engine.newBaseManager(device)) {
      NDArray a = manager.create(left, new Shape(SIZE, SIZE));
      NDArray b = manager.create(right, new Shape(SIZE, SIZE));
      product = a.matMul(b).toFloatArray();
    } catch (EngineException e) {
      throw EngineFaults.translate(e);
    }
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) {
        float sum = 0;
        for (int i = 0; i < SIZE; i++) {
          sum += left[row * SIZE + i] * right[i * SIZE + column];
        }
        if (product[row * SIZE + column] != sum) {
          throw new TrainingException(
              "PyTorch "
                  + engine.getVersion()
                  + " multiplies wrongly on "
                  + name(device)
                  + ": "
                  + product[row * SIZE + column]
                  + " in row "
                  + row
                  + ", column "
                  + column
                  + ", not "
                  + sum);
        }
      }
    }
    return new EngineCheck(engine.getVersion(), device, engine.getGpuCount());
  }

  private static float[] integers(int seed) {
    SeededRandom random = new SeededRandom(seed, 0);
    float[] values = new float[SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(RANGE);
    }
    return values;
  }

  /** As {@code --device} names it. */
  private static String name(Device device) {
    return device.isGpu() ? "gpu" + device.getDeviceId() : device.getDeviceType();
  }

  /** One line for the user. */
  public String sentence() {
    return "PyTorch "
        + version
        + " computes on "
        + name(device)
        + "; it sees "
        + (gpus == 0 ? "no GPU" : gpus == 1 ? "one GPU" : gpus + " GPUs");
  }
}
