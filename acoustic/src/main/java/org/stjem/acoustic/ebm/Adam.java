package org.stjem.acoustic.ebm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import java.nio.FloatBuffer;
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
    float rate = (float) (learningRate * (1 - BETA1) / (1 - Math.pow(BETA1, step)) * bias);
    float epsilon = (float) (EPSILON * bias);
    for (int i = 0; i < parameters.size(); i++) {
      NDArray parameter = parameters.get(i);
      try (NDManager scope = manager.newSubManager()) {
        NDArray gradient = parameter.getGradient();
        gradient.attach(scope);
        NDArray m = first.get(i).muli((float) BETA1).addi(gradient);
        NDArray square = gradient.mul(gradient);
        square.attach(scope);
        NDArray root = second.get(i).muli((float) BETA2).addi(square).sqrt();
        root.attach(scope);
        NDArray quotient = m.div(root.addi(epsilon));
        quotient.attach(scope);
        if (weightDecay > 0 && parameter.getShape().dimension() > 1) {
          parameter.muli((float) (1 - learningRate * weightDecay));
        }
        parameter.subi(quotient.muli(rate));
        gradient.subi(gradient);
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
      long[] shape = parameters.get(i).getShape().getShape();
      state.put("adam.m." + i, new Tensor(shape, first.get(i).toFloatArray()));
      state.put("adam.v." + i, new Tensor(shape, second.get(i).toFloatArray()));
    }
    return state;
  }

  /** Restores what {@link #state()} gave. */
  public void restore(Map<String, Tensor> state) {
    for (int i = 0; i < parameters.size(); i++) {
      first.get(i).set(FloatBuffer.wrap(state.get("adam.m." + i).values()));
      second.get(i).set(FloatBuffer.wrap(state.get("adam.v." + i).values()));
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
