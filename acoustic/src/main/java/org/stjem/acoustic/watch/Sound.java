package org.stjem.acoustic.watch;

import java.util.Arrays;
import org.stjem.acoustic.serving.FeatureStream;
import org.stjem.frontend.kaldi.FloatMatrix;

/** The features of one sound so far, not normalised. Used by one thread at a time. */
final class Sound {
  private final FeatureStream stream;
  private float[] data = new float[0];
  private int frames;
  private int dim;
  private long samples;

  Sound(FeatureStream stream) {
    this.stream = stream;
  }

  /** Takes the next samples, at 16-bit scale. */
  void accept(float[] next) {
    samples += next.length;
    add(stream.accept(next));
  }

  /** Takes notice that there are no more. */
  void end() {
    FloatMatrix owed = stream.finish(Integer.MAX_VALUE);
    while (owed.rows() > 0) {
      add(owed);
      owed = stream.finish(Integer.MAX_VALUE);
    }
  }

  private void add(FloatMatrix more) {
    if (more.rows() == 0) {
      return;
    }
    dim = more.cols();
    int needed = (frames + more.rows()) * dim;
    if (needed > data.length) {
      data = Arrays.copyOf(data, 2 * needed);
    }
    System.arraycopy(more.data(), 0, data, frames * dim, more.data().length);
    frames += more.rows();
  }

  long samples() {
    return samples;
  }

  int frames() {
    return frames;
  }

  /** {@code [frames, dim]}. */
  FloatMatrix features() {
    return new FloatMatrix(frames, dim, Arrays.copyOf(data, frames * dim));
  }
}
