package org.stjem.acoustic.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A network over spliced frames. When it is made it tries whether a frame's logits have the same
 * bits whatever frames are computed with it, and says so in {@link #computation}.
 */
class FrameModel implements AcousticModel {
  /** Rows that go through the network at once: bounds memory, and keeps weights in cache. */
  static final int BLOCK = 256;

  private final ModelDescription description;
  private final PriorSettings priors;
  private final LogitNetwork network;
  private final Splice splice;
  private final Computation computation;

  /**
   * Where each thread puts the windows of a block, for the engine to read them there. One made anew
   * for each block would stay until a garbage collection, outside of the heap and beyond its limit.
   */
  private final ThreadLocal<ByteBuffer> windowMemory;

  /**
   * Takes the network over.
   *
   * @param network of the windows and pdfs of the description
   */
  FrameModel(ModelDescription description, PriorSettings priors, LogitNetwork network) {
    this.description = description;
    this.priors = priors;
    this.network = network;
    this.splice = Splice.of(description);
    this.windowMemory =
        ThreadLocal.withInitial(
            () ->
                ByteBuffer.allocateDirect(BLOCK * splice.size() * Float.BYTES)
                    .order(ByteOrder.nativeOrder()));
    this.computation =
        new Computation(network.engine(), description.precision(), RowBitsCheck.of(network));
  }

  @Override
  public ModelDescription description() {
    return description;
  }

  @Override
  public PriorSettings priorSettings() {
    return priors;
  }

  @Override
  public Computation computation() {
    return computation;
  }

  @Override
  public FloatMatrix logits(FloatMatrix features) {
    checkUtterance(description, features);
    if (features.rows() == 0) {
      return new FloatMatrix(0, description.numPdfs());
    }
    FloatMatrix logits = logitsOfPadded(splice.padded(features));
    requireFinite(logits);
    return logits;
  }

  /** How windows are made of frames. */
  final Splice splice() {
    return splice;
  }

  /** Refuses features that the model cannot score, of a whole utterance as it was read. */
  static void checkUtterance(ModelDescription description, FloatMatrix features) {
    check(description, features);
    FiniteNumbers.requireFeatures(features, 0);
  }

  /** Refuses logits {@code [frames, numPdfs]} that would spoil what is computed of them. */
  static void requireFinite(FloatMatrix logits) {
    for (int frame = 0; frame < logits.rows(); frame++) {
      FiniteNumbers.requireScores(logits.data(), frame * logits.cols(), logits.cols(), frame);
    }
  }

  private static void check(ModelDescription description, FloatMatrix features) {
    if (features.cols() != description.featureDim()) {
      throw new EntryException(
          "features have dimension "
              + features.cols()
              + ", the model expects "
              + description.featureDim());
    }
  }

  @Override
  public FloatMatrix logitsOfPadded(FloatMatrix features) {
    return logitsOfPadded(List.of(features)).get(0);
  }

  @Override
  public List<FloatMatrix> logitsOfPadded(List<FloatMatrix> stretches) {
    List<FloatMatrix> logits = new ArrayList<>();
    for (FloatMatrix stretch : stretches) {
      check(description, stretch);
      logits.add(new FloatMatrix(rows(stretch), description.numPdfs()));
    }
    infer(
        normalised(stretches),
        logits.stream().map(FloatMatrix::rows).toList(),
        (stretch, from, count, block) -> {
          FloatMatrix target = logits.get(stretch);
          block.get(target.data(), from * target.cols(), count * target.cols());
        });
    return logits;
  }

  @Override
  public List<String> readRows(List<FloatMatrix> stretches, RowReader reader) {
    stretches.forEach(stretch -> check(description, stretch));
    // One row at a time from the engine's memory, so that it is still in the fastest cache when
    // the reader is done with it.
    float[] row = new float[description.numPdfs()];
    infer(
        normalised(stretches),
        stretches.stream().map(this::rows).toList(),
        (stretch, from, count, block) -> {
          for (int i = 0; i < count; i++) {
            block.get(row);
            reader.read(stretch, row, 0);
          }
        });
    return List.of();
  }

  private int rows(FloatMatrix stretch) {
    return Math.max(0, stretch.rows() - description.leftContext() - description.rightContext());
  }

  private List<float[]> normalised(List<FloatMatrix> stretches) {
    List<float[]> normalised = new ArrayList<>();
    for (FloatMatrix stretch : stretches) {
      float[] data = stretch.data().clone();
      splice.normalise(data);
      normalised.add(data);
    }
    return normalised;
  }

  /** Takes rows of a stretch out of the engine's memory, which is lent. */
  private interface BlockReader {
    /**
     * Takes the next rows.
     *
     * @param from index of the first of them in the stretch
     * @param block relative reads give the rows, {@code [count, numPdfs]}, and no more may be read
     */
    void read(int stretch, int from, int count, FloatBuffer block);
  }

  /** Rows of a stretch that go through the network in one block. */
  private record Slice(int stretch, int from, int count) {}

  /** Runs the network over the windows of all stretches, whose frames are normalised. */
  private void infer(List<float[]> normalised, List<Integer> rows, BlockReader reader) {
    int total = rows.stream().mapToInt(Integer::intValue).sum();
    ByteBuffer memory = windowMemory.get();
    int stretch = 0;
    int from = 0;
    for (int first = 0; first < total; first += BLOCK) {
      int count = Math.min(BLOCK, total - first);
      FloatBuffer windows = memory.asFloatBuffer();
      List<Slice> slices = new ArrayList<>();
      for (int filled = 0; filled < count; ) {
        int some = Math.min(count - filled, rows.get(stretch) - from);
        splice.copyWindows(normalised.get(stretch), from, some, windows, filled);
        slices.add(new Slice(stretch, from, some));
        filled += some;
        from += some;
        if (from == rows.get(stretch)) {
          stretch++;
          from = 0;
        }
      }
      network.logits(
          memory,
          count,
          block -> {
            for (Slice slice : slices) {
              reader.read(slice.stretch(), slice.from(), slice.count(), block);
            }
          });
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
