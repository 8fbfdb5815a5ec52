package org.stjem.acoustic.net;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Windows of features, normalised as a network takes them: of more than it may hold an unbiased
 * sample, always the same. Memory: 4 bytes for each value of a window.
 */
public final class WindowSample {
  private static final long SEED = 1;

  private final ModelDescription model;
  private final Splice splice;
  private final int capacity;
  private final Random random = new Random(SEED);
  private final List<float[]> windows = new ArrayList<>();
  private long offered;

  /**
   * Holds nothing yet.
   *
   * @param capacity windows to keep at most, at least 1
   */
  public WindowSample(ModelDescription model, int capacity) {
    this.model = model;
    this.splice = Splice.of(model);
    this.capacity = capacity;
  }

  /**
   * Adds the windows of an utterance, or none if it throws.
   *
   * @param features {@code [frames, dim]}
   * @throws EntryException if there are none, their dimension is not the model's, or a value is not
   *     finite
   */
  public void add(FloatMatrix features) {
    if (features.rows() == 0) {
      throw new EntryException("no frames");
    }
    FrameModel.checkUtterance(model, features);
    float[] padded = splice.padded(features).data();
    splice.normalise(padded);
    int dim = features.cols();
    for (int frame = 0; frame < features.rows(); frame++) {
      offered++;
      long place = windows.size() < capacity ? windows.size() : random.nextLong(offered);
      if (place < capacity) {
        float[] window = Arrays.copyOfRange(padded, frame * dim, frame * dim + splice.size());
        if (place == windows.size()) {
          windows.add(window);
        } else {
          windows.set((int) place, window);
        }
      }
    }
  }

  /** Windows kept. */
  public int size() {
    return windows.size();
  }

  /** Puts windows one behind the other, from the first that is asked for. */
  void copy(int first, int count, FloatBuffer target) {
    for (int i = first; i < first + count; i++) {
      target.put(windows.get(i));
    }
  }
}
