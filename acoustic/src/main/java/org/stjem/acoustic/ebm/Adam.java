package org.stjem.acoustic.ebm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam (Kingma and Ba 2015) with decoupled weight decay. Its moments can be saved and restored,
 * which DJL's own optimiser does not offer. State: two floats per parameter.
 */
public final class Adam implements AutoCloseable {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final List<NDArray> parameters = new ArrayList<>();
  private final List<NDArray> first = new ArrayList<>();
  private final List<NDArray> second = new ArrayList<>();
  private final NDManager manager;
  private final double weightDecay;

  /** Starts with zero moments; parameters of more than one dimension decay. */
  public Adam(EnergyNetwork network, double weightDecay) {
    this.manager = network.newManager();
    this.weightDecay = weightDecay;
    for (Parameter parameter : network.parameters()) {
      NDArray array = parameter.getArray();
      parameters.add(array);
      first.add(manager.zeros(array.getShape()));
      second.add(manager.zeros(array.getShape()));
    }
  }

  /**
   * Moves each parameter along its gradient and clears the gradient.
   *
   * @param step 1 for the first update
   */
  public void update(long step, double learningRate) {
    // The moments are kept as M = m / (1 − β1) and V = v / (1 − β2), which saves two passes over
    // memory for each parameter.
    double bias = Math.sqrt((1 - Math.pow(BETA2, step)) / (1 - BETA2));
    double rate = learningRate * (1 - BETA1) / (1 - Math.pow(BETA1, step)) * bias;
    try (NDManager scope = manager.newSubManager()) {
      // Arrays, because the engine makes one of each Java number, which takes longer than to use
      // it.
      NDArray beta1 = scope.create((float) BETA1);
      NDArray beta2 = scope.create((float) BETA2);
      NDArray epsilon = scope.create((float) (EPSILON * bias));
      NDArray factor = scope.create((float) rate);
      NDArray kept = scope.create((float) (1 - learningRate * weightDecay));
      for (int i = 0; i < parameters.size(); i++) {
        try (NDManager own = scope.newSubManager()) {
          NDArray gradient = parameters.get(i).getGradient();
          gradient.attach(own);
          NDArray m = first.get(i).muli(beta1).addi(gradient);
          NDArray square = gradient.mul(gradient);
          square.attach(own);
          NDArray root = second.get(i).muli(beta2).addi(square).sqrt();
          root.attach(own);
          NDArray quotient = m.div(root.addi(epsilon));
          quotient.attach(own);
          if (weightDecay > 0 && parameters.get(i).getShape().dimension() > 1) {
            parameters.get(i).muli(kept);
          }
          parameters.get(i).subi(quotient.muli(factor));
          gradient.subi(gradient);
        }
      }
    }
  }

  /** Euclidean norm of all gradients. */
  public double gradientNorm() {
    double sum = 0;
    for (NDArray parameter : parameters) {
      try (NDArray gradient = parameter.getGradient();
          NDArray norm = gradient.norm()) {
        double value = norm.getFloat();
        sum += value * value;
      }
    }
    return Math.sqrt(sum);
  }

  /** The moments, copied. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      state.put("adam.m." + i, Tensor.of(first.get(i)));
      state.put("adam.v." + i, Tensor.of(second.get(i)));
    }
    return state;
  }

  /** Restores what {@link #state()} gave and clears the gradients. */
  public void restore(Map<String, Tensor> state) {
    for (int i = 0; i < parameters.size(); i++) {
      state.get("adam.m." + i).copyTo(first.get(i));
      state.get("adam.v." + i).copyTo(second.get(i));
      try (NDArray gradient = parameters.get(i).getGradient()) {
        // Not by subtraction, which would keep what is not finite.
        gradient.set(new NDIndex("..."), 0f);
      }
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
