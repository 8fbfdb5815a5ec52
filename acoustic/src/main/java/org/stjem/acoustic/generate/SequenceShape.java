package org.stjem.acoustic.generate;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How the sequences of one block lie in memory: frame by frame, one sequence after another.
 *
 * @param frames of each sequence
 * @param dim values of a frame
 */
public record SequenceShape(List<Integer> frames, int dim) {
  public SequenceShape {
    frames = List.copyOf(frames);
  }

  /** Number of sequences. */
  public int count() {
    return frames.size();
  }

  /** Frames of all sequences together. */
  public int totalFrames() {
    return frames.stream().mapToInt(Integer::intValue).sum();
  }

  /** Number of values. */
  public int size() {
    return Math.multiplyExact(totalFrames(), dim);
  }

  /** Where the values of each sequence end. */
  public int[] ends() {
    int[] ends = new int[count()];
    int end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += frames.get(i) * dim;
      ends[i] = end;
    }
    return ends;
  }

  /** Where the values of a sequence begin. */
  public int start(int sequence) {
    return dim * IntStream.range(0, sequence).map(frames::get).sum();
  }
}
