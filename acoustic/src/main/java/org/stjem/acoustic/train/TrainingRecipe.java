package org.stjem.acoustic.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.ebm.TrainerOptions;
import org.stjem.acoustic.ebm.TrainingException;
import org.stjem.acoustic.monitor.RunSettings;

/**
 * What a training run makes and how.
 *
 * @param trainer objective, schedule, sampler and seed
 * @param architecture {@code mlp} or {@code cnn}
 * @param filters of a convolutional network; empty for a perceptron
 * @param hiddenLayers units of each hidden layer
 * @param activation {@code silu} or {@code relu}
 * @param dropout share of the values of each hidden layer that are left out in training
 * @param leftContext frames spliced before the current one
 * @param rightContext frames spliced after it
 * @param frameShiftMs frame shift in milliseconds
 * @param featureNormalisation what was done to the features, in words
 * @param featureOptions the frontend's options
 * @param options every option of the run by name, for the record
 * @param device {@code auto}, {@code cpu} or {@code gpu0}
 * @param revision git revision of the program
 * @param run how the training is run and watched
 * @param init folder of the model whose weights and normalisation it starts from, or null
 * @param heads what the heads of the network are called and weigh
 */
public record TrainingRecipe(
    TrainerOptions trainer,
    String architecture,
    List<Integer> filters,
    List<Integer> hiddenLayers,
    String activation,
    double dropout,
    int leftContext,
    int rightContext,
    double frameShiftMs,
    String featureNormalisation,
    Map<String, String> featureOptions,
    Map<String, String> options,
    String device,
    String revision,
    RunSettings run,
    Path init,
    TrainedHeads heads) {
  public TrainingRecipe {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new TrainingException("the dropout cannot be " + dropout);
    }
  }

  /** The same, starting from the weights of another model, or from none if null. */
  public TrainingRecipe from(Path model) {
    return with(options, model);
  }

  /** The same, with more to note among the options. */
  public TrainingRecipe with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(options);
    all.putAll(more);
    return with(all, init);
  }

  private TrainingRecipe with(Map<String, String> noted, Path start) {
    return new TrainingRecipe(
        trainer,
        architecture,
        filters,
        hiddenLayers,
        activation,
        dropout,
        leftContext,
        rightContext,
        frameShiftMs,
        featureNormalisation,
        featureOptions,
        noted,
        device,
        revision,
        run,
        start,
        heads);
  }
}
