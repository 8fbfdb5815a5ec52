package org.stjem.acoustic.ebm;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A network f with one logit per class, f(x)_y = −E(x, y), over rows x of a fixed shape. It owns
 * its parameters and the manager they live in.
 */
public final class EnergyNetwork implements AutoCloseable {
  private final NDManager manager;
  private final Block block;
  private final ParameterStore store;
  private final Shape rowShape;
  private final int classes;
  private final List<Parameter> trainable;
  private Heads heads;

  /**
   * Initialises {@code block}: weights and biases uniform in ±1/√fanIn, drawn from {@code random};
   * batch normalisation as the identity.
   *
   * @param block maps {@code [rows, rowShape…]} to {@code [rows, classes]}
   * @param rowShape shape of one row x
   */
  public EnergyNetwork(Device device, Block block, Shape rowShape, SeededRandom random) {
    this.manager = NDManager.newBaseManager(device, "PyTorch");
    this.block = block;
    this.rowShape = rowShape;
    block.initialize(manager, DataType.FLOAT32, batchShape(1));
    this.store = new ParameterStore(manager, false);
    Shape[] output = block.getOutputShapes(new Shape[] {batchShape(1)});
    this.classes = (int) output[0].get(1);
    this.heads = Heads.one(classes);
    // Asked before anything is frozen: what needs no gradient now are running statistics.
    this.trainable =
        block.getParameters().values().stream().filter(Parameter::requiresGradient).toList();
    long fanIn = 1;
    for (Parameter parameter : block.getParameters().values()) {
      Shape shape = parameter.getArray().getShape();
      if (shape.dimension() > 1) {
        fanIn = shape.size() / shape.get(0);
      }
      float[] values = new float[(int) shape.size()];
      initialise(parameter.getType(), values, fanIn, random);
      new Tensor(shape.getShape(), values).copyTo(parameter.getArray());
    }
  }

  private static void initialise(
      Parameter.Type type, float[] values, long fanIn, SeededRandom random) {
    switch (type) {
      case GAMMA, RUNNING_VAR -> Arrays.fill(values, 1);
      case BETA, RUNNING_MEAN -> Arrays.fill(values, 0);
      default -> {
        float bound = (float) (1 / Math.sqrt(fanIn));
        for (int i = 0; i < values.length; i++) {
          values[i] = random.nextFloat(-bound, bound);
        }
      }
    }
  }

  private Shape batchShape(long rows) {
    return new Shape(rows).addAll(rowShape);
  }

  /** Number of logits. */
  public int classes() {
    return classes;
  }

  /** What the columns of the logits are; one head unless {@link #setHeads} said otherwise. */
  public Heads heads() {
    return heads;
  }

  /**
   * Says what the columns of the logits are.
   *
   * @throws TrainingException if the heads have more or fewer
   */
  public void setHeads(Heads others) {
    if (others.columns() != classes) {
      throw new TrainingException(
          "the heads have " + others.columns() + " columns, the network has " + classes);
    }
    heads = others;
  }

  /** Number of values in one row x. */
  public int rowSize() {
    return (int) rowShape.size();
  }

  /** Where its parameters are. */
  public Device device() {
    return manager.getDevice();
  }

  /** Where arrays of this network's device are made; the caller closes what it opens. */
  public NDManager newManager() {
    return manager.newSubManager();
  }

  /** How many arrays there are in the network's manager and in those opened from it. */
  int managedArrays() {
    return manager.getManagedArrays().size();
  }

  /** Rows given flat as an array {@code [rows, rowShape…]} in {@code scope}. */
  public NDArray rows(NDManager scope, float[] values, int rows) {
    return scope.create(values, batchShape(rows));
  }

  /**
   * Logits of some rows.
   *
   * @param x {@code [rows, rowShape…]}
   * @param training whether layers such as dropout act as in training, and batch normalisation
   *     takes the batch's statistics and learns from them
   * @return {@code [rows, classes]}, differentiable where the parameters or x require it
   */
  public NDArray logits(NDArray x, boolean training) {
    return block.forward(store, new NDList(x), training).singletonOrThrow();
  }

  /** Logits of rows given flat, without gradients: {@code [rows, classes]} row by row. */
  public float[] logits(float[] values, int rows) {
    float[] logits = new float[rows * classes];
    try (ExitGuard guard = ExitGuard.hold();
        NDManager scope = newManager()) {
      lend(logits(rows(scope, values, rows), false), engineMemory -> engineMemory.get(logits));
    } catch (EngineException e) {
      throw EngineFaults.translate(e);
    }
    return logits;
  }

  /**
   * Lends the logits of rows, without gradients, where the tensor engine holds them. On a CPU the
   * engine reads the rows where they are, so nothing is copied on the way in or out.
   *
   * @param values begins with the rows, one after another, in the machine's byte order; direct, and
   *     left alone until this returns
   * @param reader is given {@code [rows, classes]} row by row; must not keep the buffer
   */
  public void logits(ByteBuffer values, int rows, Consumer<FloatBuffer> reader) {
    ByteBuffer taken =
        values.slice(0, rows * rowSize() * Float.BYTES).order(ByteOrder.nativeOrder());
    try (NDManager scope = newManager()) {
      lend(logits(scope.create(taken, batchShape(rows), DataType.FLOAT32), false), reader);
    } catch (EngineException e) {
      throw EngineFaults.translate(e);
    }
  }

  private static void lend(NDArray array, Consumer<FloatBuffer> reader) {
    reader.accept(array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer());
  }

  /**
   * ∇ₓ of the score that each row has: f(x)_y for a row of label y, s(x) = LSE_c f(x)_c for a row
   * of label −1; of several heads see {@link Heads}. The parameters should be frozen, or they
   * gather gradients.
   *
   * @param x rows given flat
   * @param labels one for each row
   * @return the gradient, shaped as x
   */
  public float[] scoreGradient(float[] x, int[] labels) {
    return scoreGradient(
        x, batchShape(labels.length), rows -> rows, new float[labels.length], labels);
  }

  /**
   * ∇ₓ of the sum of the scores that rows made of x have. The parameters should be frozen.
   *
   * @param x values of which rows are made, such as frames that stand in several rows
   * @param shape of x
   * @param maker makes {@code [rows, rowShape…]} of x by operations of the engine, which it
   *     differentiates
   * @param scores gets the score of each row
   * @param labels of each row, as in {@link #scoreGradient(float[], int[])}; again, where rows have
   *     labels of several heads
   * @return the gradient, shaped as x
   */
  public float[] scoreGradient(
      float[] x, Shape shape, UnaryOperator<NDArray> maker, float[] scores, int[]... labels) {
    try (ExitGuard guard = ExitGuard.hold();
        NDManager scope = newManager()) {
      NDArray input = scope.create(x, shape);
      input.setRequiresGradient(true);
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        NDArray logits = logits(maker.apply(input), false);
        NDArray found = heads.scores(scope, logits, labels);
        collector.backward(found.sum());
        System.arraycopy(found.toFloatArray(), 0, scores, 0, scores.length);
      }
      return input.getGradient().toFloatArray();
    } catch (EngineException e) {
      throw EngineFaults.translate(e);
    }
  }

  /**
   * The same where the rows are on the device; the gradient stays there.
   *
   * @param x {@code [rows, rowShape…]}, in a manager of its own that holds the result as well; asks
   *     for gradients afterwards
   * @param labels one for each row
   */
  NDArray scoreGradient(NDArray x, int[] labels) {
    differentiateScore(x.getManager(), x, labels);
    return x.getGradient();
  }

  /**
   * Logits of some rows and the norms of ∇ₓ s, in one pass. The parameters should be frozen.
   *
   * @param x rows given flat
   */
  public DensityScores densityScores(float[] x, int rows) {
    int[] unconditional = new int[rows];
    Arrays.fill(unconditional, -1);
    try (ExitGuard guard = ExitGuard.hold();
        NDManager scope = newManager()) {
      NDArray input = rows(scope, x, rows);
      NDArray logits = differentiateScore(scope, input, unconditional);
      float[] gradient = input.getGradient().toFloatArray();
      float[] norms = new float[rows];
      for (int row = 0; row < rows; row++) {
        double square = 0;
        for (int i = row * rowSize(); i < (row + 1) * rowSize(); i++) {
          square += (double) gradient[i] * gradient[i];
        }
        norms[row] = (float) Math.sqrt(square);
      }
      return new DensityScores(logits.toFloatArray(), norms);
    } catch (EngineException e) {
      throw EngineFaults.translate(e);
    }
  }

  /** Gives {@code input} the gradient of its rows' scores; returns the logits. */
  private NDArray differentiateScore(NDManager scope, NDArray input, int[] labels) {
    input.setRequiresGradient(true);
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      NDArray logits = logits(input, false);
      collector.backward(heads.scores(scope, logits, labels).sum());
      return logits;
    }
  }

  /** The trainable parameters in a fixed order, which running statistics are not. */
  public List<Parameter> parameters() {
    return trainable;
  }

  /** Parameters and running statistics by name; not copied. */
  Map<String, NDArray> arrays() {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    for (Pair<String, Parameter> entry : block.getParameters()) {
      arrays.put(entry.getKey(), entry.getValue().getArray());
    }
    return arrays;
  }

  /** Switches the computation of parameter gradients on or off. */
  public void setTrainable(boolean trainable) {
    for (Parameter parameter : parameters()) {
      parameter.freeze(!trainable);
    }
  }

  /** Whether all parameters and running statistics are finite numbers. */
  boolean isFinite() {
    for (NDArray array : arrays().values()) {
      try (NDArray sum = array.sum()) {
        if (!Float.isFinite(sum.getFloat())) {
          return false;
        }
      }
    }
    return true;
  }

  /** The parameters and running statistics by name, copied. */
  public Map<String, Tensor> weights() {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    arrays().forEach((name, array) -> weights.put(name, Tensor.of(array)));
    return weights;
  }

  /**
   * Replaces the parameters and running statistics.
   *
   * @throws TrainingException if a name is missing or a shape differs
   */
  public void setWeights(Map<String, Tensor> weights) {
    arrays()
        .forEach(
            (name, array) -> {
              Tensor tensor = weights.get(name);
              if (tensor == null) {
                throw new TrainingException("weights have no tensor " + name);
              }
              if (!new Shape(tensor.shape()).equals(array.getShape())) {
                throw new TrainingException(
                    "tensor "
                        + name
                        + " has shape "
                        + new Shape(tensor.shape())
                        + ", the network needs "
                        + array.getShape());
              }
              tensor.copyTo(array);
            });
  }

  @Override
  public void close() {
    manager.close();
  }
}
