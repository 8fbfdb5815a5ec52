package org.stjem.acoustic.net;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A model folder of a network of nine numbers. */
public final class TinyModel {
  /** Dimension of its features. */
  public static final int DIM = 2;

  private TinyModel() {}

  /** Writes the folder. */
  public static void save(Path folder) throws IOException {
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "baseline",
            "mlp",
            List.of(),
            "silu",
            DIM,
            0,
            0,
            3,
            10,
            "none",
            Map.of(),
            new float[DIM],
            new float[] {1, 1},
            new double[] {1, 2, 3},
            Map.of(),
            5,
            "unknown");
    ModelFolder.save(folder, description, ModelWeights.fresh(description));
  }
}
