package org.stjem.acoustic.generate;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.align.Labels;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.ScoreField;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;

/** A model of windows as one of sequences of any length. Used by one thread at a time. */
public final class SequenceModel implements AutoCloseable {
  private final ModelDescription description;
  private final EnergyNetwork network;

  private SequenceModel(ModelDescription description, EnergyNetwork network) {
    this.description = description;
    this.network = network;
  }

  /**
   * Loads a model. The score of one with several heads is the weighted sum of theirs.
   *
   * @param device {@code auto}, {@code cpu} or {@code gpu0}
   * @throws StjemException if the folder holds no model, or one that gives no gradients
   */
  public static SequenceModel load(Path folder, String device) {
    return load(folder, device, Map.of());
  }

  /**
   * Loads a model.
   *
   * @param weights of heads by name, instead of those of the training
   * @throws StjemException as {@link #load(Path, String)}
   */
  public static SequenceModel load(Path folder, String device, Map<String, Double> weights) {
    EnergyNetwork network = TorchModels.loadWholeNetwork(folder, device);
    network.setHeads(network.heads().weighted(weights));
    return new SequenceModel(ModelFolder.describe(folder), network);
  }

  /** What the model is, of several heads the first. */
  public ModelDescription description() {
    return description;
  }

  /** The shape of a block of sequences. */
  public SequenceShape shape(List<Integer> frames) {
    return new SequenceShape(frames, description.featureDim());
  }

  /** The score Σₜ log p(x₍ₜ₋ₗ…ₜ₊ᵣ₎) of normalised sequences, up to a constant. */
  public ScoreField score(SequenceShape shape) {
    int[] none = new int[shape.totalFrames()];
    Arrays.fill(none, -1);
    return score(shape, none);
  }

  /**
   * The score Σₜ log p(x₍ₜ₋ₗ…ₜ₊ᵣ₎, yₜ) of normalised sequences, up to a constant.
   *
   * @param labels of all frames, sequence by sequence, as columns of the network; −1 for a frame
   *     without; again, where frames have labels of several heads
   */
  public ScoreField score(SequenceShape shape, int[]... labels) {
    return new WindowScore(
        network, shape, description.leftContext(), description.rightContext(), labels);
  }

  /**
   * Refuses labels that are not the model's, or too few.
   *
   * @throws EntryException if there are fewer than a window has frames, or one that the model lacks
   */
  public void checkLabels(int[] labels) {
    checkFrames(labels.length);
    Labels.requireBelow(description.numPdfs(), labels, labels.length);
  }

  /**
   * Refuses sequences that are shorter than a window.
   *
   * @throws EntryException if it is
   */
  public void checkFrames(int frames) {
    if (frames < description.windowFrames()) {
      throw new EntryException(
          "a sequence of "
              + frames
              + " frames is shorter than the model's window of "
              + description.windowFrames());
    }
  }

  /**
   * Features in units of the training data's mean and deviation.
   *
   * @param features {@code [frames, featureDim]}
   * @throws EntryException if the dimension is another, there are fewer frames than in a window, or
   *     a value is not finite
   */
  public float[] normalised(FloatMatrix features) {
    int dim = description.featureDim();
    if (features.cols() != dim) {
      throw new EntryException(
          "features have dimension " + features.cols() + ", the model expects " + dim);
    }
    checkFrames(features.rows());
    FiniteNumbers.requireFeatures(features, 0);
    float[] x = new float[features.data().length];
    for (int i = 0; i < x.length; i++) {
      x[i] =
          (features.data()[i] - description.inputMean()[i % dim])
              / description.inputStddev()[i % dim];
    }
    return x;
  }

  /**
   * Normalised values as features.
   *
   * @param x of a block
   * @param from where the sequence begins in it
   * @param frames of the sequence
   */
  public FloatMatrix features(float[] x, int from, int frames) {
    int dim = description.featureDim();
    FloatMatrix features = new FloatMatrix(frames, dim);
    for (int i = 0; i < features.data().length; i++) {
      features.data()[i] =
          x[from + i] * description.inputStddev()[i % dim] + description.inputMean()[i % dim];
    }
    return features;
  }

  @Override
  public void close() {
    network.close();
  }
}
