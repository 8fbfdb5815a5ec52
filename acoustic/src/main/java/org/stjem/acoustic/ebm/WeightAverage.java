package org.stjem.acoustic.ebm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An exponential moving average of a network's parameters and of its running statistics, which then
 * belong to the averaged parameters; its decay rises to the given one over the first updates,
 * min(decay, (1 + step) / (10 + step)), so that the random start is soon forgotten. State: one
 * float per parameter.
 */
final class WeightAverage implements AutoCloseable {
  private final double decay;
  private final NDManager manager;

  /** What shares the parameters' memory and no graph. */
  private final List<NDArray> parameters = new ArrayList<>();

  private final List<NDArray> averages = new ArrayList<>();

  WeightAverage(EnergyNetwork network, double decay) {
    this.decay = decay;
    this.manager = network.newManager();
    for (NDArray array : network.arrays().values()) {
      NDArray values = array.stopGradient();
      values.attach(manager);
      parameters.add(values);
      NDArray average = values.duplicate();
      average.attach(manager);
      averages.add(average);
    }
  }

  /**
   * Takes in the parameters after an update.
   *
   * @param step 1 for the first update
   */
  void update(long step) {
    float kept = (float) Math.min(decay, (1.0 + step) / (10.0 + step));
    for (int i = 0; i < parameters.size(); i++) {
      try (NDArray difference = parameters.get(i).sub(averages.get(i))) {
        averages.get(i).addi(difference.muli(1 - kept));
      }
    }
  }

  /** The averages by the parameters' names. */
  Map<String, Tensor> weights(EnergyNetwork network) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    int i = 0;
    for (Map.Entry<String, Tensor> entry : network.weights().entrySet()) {
      float[] values = averages.get(i++).toFloatArray();
      weights.put(entry.getKey(), new Tensor(entry.getValue().shape(), values));
    }
    return weights;
  }

  /** The averages, copied. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int i = 0; i < averages.size(); i++) {
      state.put("average." + i, Tensor.of(averages.get(i)));
    }
    return state;
  }

  /** Restores what {@link #state()} gave. */
  void restore(Map<String, Tensor> state) {
    for (int i = 0; i < averages.size(); i++) {
      state.get("average." + i).copyTo(averages.get(i));
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
