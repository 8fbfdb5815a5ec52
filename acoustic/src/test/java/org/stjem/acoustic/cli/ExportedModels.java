package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;

/** Small models with weights that are easy to tell apart, made without the tensor engine. */
final class ExportedModels {
  private ExportedModels() {}

  /** Three features, the frame before spliced on, two hidden units. */
  static ModelDescription description(
      String architecture, String activation, String normalisation, double... classCounts) {
    return new ModelDescription(
        ModelFolder.formatVersion(),
        "baseline",
        architecture,
        List.of(2),
        activation,
        3,
        1,
        0,
        classCounts.length,
        10,
        normalisation,
        Map.of("num-mel-bins", "3"),
        new float[] {1, -0.5f, 0},
        new float[] {2, 0.25f, 1},
        classCounts,
        Map.of(),
        1,
        "test");
  }

  /** Saves a model whose weights are multiples of an eighth. */
  static Path save(Path folder, ModelDescription description) throws IOException {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    int pdfs = description.numPdfs();
    weights.put("01Linear_weight", new Tensor(new long[] {2, 6}, counting(12)));
    weights.put("01Linear_bias", Tensor.of(counting(2)));
    weights.put("03Linear_weight", new Tensor(new long[] {pdfs, 2}, counting(2 * pdfs)));
    weights.put("03Linear_bias", Tensor.of(counting(pdfs)));
    ModelFolder.save(folder, description, weights);
    return folder;
  }

  /** 1/8, 2/8 and so on. */
  static float[] counting(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (i + 1) / 8f;
    }
    return values;
  }
}
