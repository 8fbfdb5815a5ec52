package org.stjem.acoustic.serving;

import org.stjem.acoustic.net.ContextBuffer;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Features as they are sent. */
final class FeatureSource implements FrameSource {
  private final int dim;
  private long frames;

  /**
   * A source of features.
   *
   * @param firstFrame index of the first frame that comes
   */
  FeatureSource(int dim, long firstFrame) {
    this.dim = dim;
    this.frames = firstFrame;
  }

  @Override
  public int read(Chunk chunk, int from, int maxFrames, ContextBuffer into) {
    int frameBytes = PackedFloats.bytes(chunk.format()) * dim;
    int count = Math.min(maxFrames, (chunk.data().size() - from) / frameBytes);
    FloatMatrix features = new FloatMatrix(count, dim);
    PackedFloats.unpack(chunk.data(), chunk.format(), from / frameBytes * dim, features.data());
    FiniteNumbers.requireFeatures(features, frames);
    into.append(features);
    frames += count;
    return count * frameBytes;
  }

  @Override
  public boolean finish(int maxFrames, ContextBuffer into) {
    return false;
  }

  @Override
  public int framesIn(Chunk chunk, int from) {
    return (chunk.data().size() - from) / (PackedFloats.bytes(chunk.format()) * dim);
  }

  @Override
  public long frames() {
    return frames;
  }

  @Override
  public int framesOwed() {
    return 0;
  }

  @Override
  public long samples() {
    return 0;
  }

  @Override
  public void close() {}
}
