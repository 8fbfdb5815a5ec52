package org.stjem.acoustic.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stjem.acoustic.ebm.DensityScores;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * An {@link EnergyNetwork} over spliced frames. On a CPU, with one thread per tensor operation, a
 * frame's logits have the same bits whatever frames are computed with it.
 */
final class FrameModel implements DensityModel {
  /** Rows that go through the network at once: bounds memory, and keeps weights in cache. */
  private static final int BLOCK = 256;

  private final ModelDescription description;
  private final PriorSettings priors;
  private final EnergyNetwork network;
  private final Splice splice;
  private final float[] zeros;

  /** Rows of zeros fill each block up to a multiple of this, for the sake of the bits. */
  private final int multiple;

  /**
   * Where each thread puts the windows of a block, for the engine to read them there. One made anew
   * for each block would stay until a garbage collection, outside of the heap and beyond its limit.
   */
  private final ThreadLocal<ByteBuffer> windowMemory;

  FrameModel(ModelDescription description, PriorSettings priors, EnergyNetwork network) {
    this.description = description;
    this.priors = priors;
    this.network = network;
    this.splice =
        new Splice(
            description.leftContext(),
            description.rightContext(),
            description.inputMean(),
            description.inputStddev());
    this.multiple = smallestMultiple();
    this.zeros = new float[(multiple - 1) * splice.size()];
    this.windowMemory =
        ThreadLocal.withInitial(
            () ->
                ByteBuffer.allocateDirect(BLOCK * splice.size() * Float.BYTES)
                    .order(ByteOrder.nativeOrder()));
  }

  /**
   * Rows that a block's rows must be a multiple of, so that a row has the same bits in any block:
   * 16 or {@link AcousticModel#BLOCK_ROWS}. MKL's matrix product adds in another order below 16
   * rows (AVX-512) or 56 (AVX2), so 16 are tried. And the activations of a layer must fill whole
   * strides of 64 of the engine's loops, since those left over have their sigmoid computed by other
   * code.
   */
  private int smallestMultiple() {
    if (description.hiddenLayers().stream().anyMatch(units -> 16 * units % 64 != 0)) {
      return BLOCK_ROWS;
    }
    int size = splice.size();
    SeededRandom random = new SeededRandom(1, 0);
    float[] windows = new float[BLOCK * size];
    for (int i = 0; i < windows.length; i++) {
      windows[i] = random.nextFloat(-2, 2);
    }
    float[] expected = network.logits(windows, BLOCK);
    for (int rows : new int[] {16, 48, 112}) {
      float[] last = Arrays.copyOfRange(windows, (BLOCK - rows) * size, BLOCK * size);
      int from = (BLOCK - rows) * description.numPdfs();
      if (Arrays.mismatch(
              network.logits(last, rows), Arrays.copyOfRange(expected, from, expected.length))
          >= 0) {
        return BLOCK_ROWS;
      }
    }
    return 16;
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
  public FloatMatrix logits(FloatMatrix features) {
    check(features);
    if (features.rows() == 0) {
      return new FloatMatrix(0, description.numPdfs());
    }
    return logitsOfPadded(padded(features));
  }

  /** The features with their first and last frame repeated over the context. */
  private FloatMatrix padded(FloatMatrix features) {
    int left = description.leftContext();
    int dim = features.cols();
    FloatMatrix padded = new FloatMatrix(left + features.rows() + description.rightContext(), dim);
    for (int frame = 0; frame < padded.rows(); frame++) {
      int source = Math.min(Math.max(frame - left, 0), features.rows() - 1);
      System.arraycopy(features.data(), source * dim, padded.data(), frame * dim, dim);
    }
    return padded;
  }

  @Override
  public DensityScores densityScores(FloatMatrix features) {
    check(features);
    int cols = description.numPdfs();
    float[] logits = new float[features.rows() * cols];
    float[] norms = new float[features.rows()];
    float[] padded = padded(features).data();
    splice.normalise(padded);
    for (int first = 0; first < norms.length; first += BLOCK) {
      int count = Math.min(BLOCK, norms.length - first);
      float[] windows = new float[count * splice.size()];
      splice.copyWindows(padded, first, count, FloatBuffer.wrap(windows), 0);
      DensityScores block = network.densityScores(windows, count);
      System.arraycopy(block.logits(), 0, logits, first * cols, count * cols);
      System.arraycopy(block.gradientNorms(), 0, norms, first, count);
    }
    return new DensityScores(logits, norms);
  }

  private void check(FloatMatrix features) {
    if (features.cols() != description.featureDim()) {
      throw new StjemException(
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
      check(stretch);
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
    stretches.forEach(this::check);
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
      int filledUp = (count + multiple - 1) / multiple * multiple;
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
      int used = count * splice.size();
      windows.put(used, zeros, 0, filledUp * splice.size() - used);
      network.logits(
          memory,
          filledUp,
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
