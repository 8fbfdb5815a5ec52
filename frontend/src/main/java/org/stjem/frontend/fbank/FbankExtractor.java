package org.stjem.frontend.fbank;

import java.util.Objects;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Computes filterbank features of one recording after the other, each given at once or in chunks:
 * however it is cut, the features are the same bit by bit.
 *
 * <pre>{@code
 * FbankExtractor extractor = new FbankExtractor(new FbankOptions());
 * while (more) {
 *   use(extractor.accept(chunk)); // [new frames, dim()]
 * }
 * use(extractor.finish());
 * }</pre>
 *
 * <p>Samples are at the scale of 16-bit integers and at the options' rate. What is kept between
 * chunks does not grow with the recording: the samples of a frame and a block. Not safe for use by
 * several threads at once; each stream has an extractor of its own.
 */
public final class FbankExtractor {
  private static final int BLOCK_SAMPLES = 4096;

  private final FbankOptions options;
  private final FrameComputer computer;
  private final int size;

  /** The latest samples; {@code kept[0]} is sample {@code keptFrom} of the recording. */
  private final float[] kept;

  private int keptCount;
  private long keptFrom;
  private long framesDone;

  /**
   * An extractor at the start of a recording, with VTLN warp factor 1 and seed 0.
   *
   * @param options copied
   * @throws org.stjem.frontend.io.StjemException if an option is out of range
   */
  public FbankExtractor(FbankOptions options) {
    options.check();
    this.options = options.copy();
    this.computer = new FrameComputer(this.options);
    this.size = options.windowSize();
    this.kept = new float[2 * size + BLOCK_SAMPLES];
  }

  /** The seed of an utterance's dither: always the same for its key and the run's seed. */
  public static long seedOf(long seed, String key) {
    return seed + 0x9E3779B97F4A7C15L * ByteText.shown(key).hashCode();
  }

  /** Values per frame. */
  public int dim() {
    return options.dim();
  }

  /**
   * Starts a recording, forgetting any that was not finished.
   *
   * @param vtlnWarp frequencies are divided by this factor; 1 for none
   * @param seed of the dither's noise
   * @throws org.stjem.frontend.io.StjemException if the warp does not fit the options
   */
  public void start(float vtlnWarp, long seed) {
    computer.warp(vtlnWarp);
    computer.seed(seed);
    keptCount = 0;
    keptFrom = 0;
    framesDone = 0;
  }

  /** Takes the next samples and gives the frames that they complete, {@code [frames, dim()]}. */
  public FloatMatrix accept(float[] samples) {
    return accept(samples, 0, samples.length);
  }

  /**
   * Takes the next samples and gives the frames that they complete.
   *
   * @param samples an array that holds them
   * @param from index of the first
   * @param to index behind the last
   * @return {@code [frames, dim()]}, possibly without frames
   */
  public FloatMatrix accept(float[] samples, int from, int to) {
    Objects.checkFromToIndex(from, to, samples.length);
    FloatMatrix features = matrix(keptFrom + keptCount + (to - from), false);
    int row = advance(samples, from, to, features);
    computer.compute(features.data(), row * dim());
    return features;
  }

  /** Ends the recording and gives its last frames, of which there are none with snip-edges. */
  public FloatMatrix finish() {
    FloatMatrix features = matrix(keptFrom + keptCount, true);
    computeRemaining(features, 0);
    return features;
  }

  /**
   * Computes the features of a whole recording.
   *
   * @return {@code [frames, dim()]}, without frames if the recording is too short for one
   */
  public FloatMatrix compute(float[] samples) {
    keptCount = 0;
    keptFrom = 0;
    framesDone = 0;
    FloatMatrix features = matrix(samples.length, true);
    int row = advance(samples, 0, samples.length, features);
    computeRemaining(features, row);
    return features;
  }

  private FloatMatrix matrix(long samplesSoFar, boolean complete) {
    long frames = options.numFrames(samplesSoFar, complete) - framesDone;
    return new FloatMatrix(Math.toIntExact(frames), dim());
  }

  /** Takes the frames that lie within the samples so far; returns the number of rows written. */
  private int advance(float[] samples, int from, int to, FloatMatrix features) {
    int row = 0;
    int at = from;
    while (at < to) {
      int count = Math.min(to - at, kept.length - keptCount);
      System.arraycopy(samples, at, kept, keptCount, count);
      keptCount += count;
      at += count;
      long ready = options.numFrames(keptFrom + keptCount, false);
      for (; framesDone < ready; framesDone++) {
        row = takeFrame(features, row);
      }
      forgetSamples();
    }
    return row;
  }

  private void computeRemaining(FloatMatrix features, int firstRow) {
    int row = firstRow;
    long frames = options.numFrames(keptFrom + keptCount, true);
    for (; framesDone < frames; framesDone++) {
      row = takeFrame(features, row);
    }
    computer.compute(features.data(), row * dim());
    keptCount = 0;
    keptFrom = 0;
    framesDone = 0;
  }

  /** Adds a frame to the computer's batch; returns the row that the next batch starts at. */
  private int takeFrame(FloatMatrix features, int row) {
    float[] frame = computer.samples();
    long first = options.firstSample(framesDone) - keptFrom;
    if (first >= 0 && first + size <= keptCount) {
      System.arraycopy(kept, (int) first, frame, 0, size);
    } else {
      for (int i = 0; i < size; i++) {
        frame[i] = kept[reflected(first + i)];
      }
    }
    return computer.add() ? row + computer.compute(features.data(), row * dim()) : row;
  }

  /** An index within the samples kept, for one beyond the recording's ends: −1 is 0, −2 is 1. */
  private int reflected(long index) {
    long inside = index;
    while (inside < 0 || inside >= keptCount) {
      inside = inside < 0 ? -inside - 1 : 2L * keptCount - 1 - inside;
    }
    return (int) inside;
  }

  /** Drops what no later frame needs, not even by reflection at the end. */
  private void forgetSamples() {
    long next = options.firstSample(framesDone) - 1;
    int drop = (int) Math.max(0, Math.min(next - keptFrom, keptCount - size));
    System.arraycopy(kept, drop, kept, 0, keptCount - drop);
    keptCount -= drop;
    keptFrom += drop;
  }
}
