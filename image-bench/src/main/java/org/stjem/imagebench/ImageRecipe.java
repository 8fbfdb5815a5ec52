package org.stjem.imagebench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.stjem.acoustic.ebm.TrainerOptions;
import org.stjem.acoustic.monitor.RunSettings;

/**
 * What a training run makes and how.
 *
 * @param trainer objective, schedule, sampler and seed
 * @param depth layers of the network
 * @param width its widening factor
 * @param batchNorm whether it normalises activations over the batch
 * @param labelsPerClass training pictures of each class, 0 for all
 * @param heldOut training pictures kept aside to measure progress on
 * @param pixelNoise standard deviation of the noise added to training pictures
 * @param options every option of the run by name, for the record
 * @param device {@code auto}, {@code cpu} or {@code gpu0}
 * @param revision git revision of the program
 * @param run how the training is run and watched
 * @param init folder of the model whose weights it starts from, or null
 */
public record ImageRecipe(
    TrainerOptions trainer,
    int depth,
    int width,
    boolean batchNorm,
    int labelsPerClass,
    int heldOut,
    double pixelNoise,
    Map<String, String> options,
    String device,
    String revision,
    RunSettings run,
    Path init) {
  public ImageRecipe {
    WideResNet.requireValid(depth, width);
  }

  /** The same, with more to note among the options. */
  public ImageRecipe with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(options);
    all.putAll(more);
    return new ImageRecipe(
        trainer,
        depth,
        width,
        batchNorm,
        labelsPerClass,
        heldOut,
        pixelNoise,
        all,
        device,
        revision,
        run,
        init);
  }
}
