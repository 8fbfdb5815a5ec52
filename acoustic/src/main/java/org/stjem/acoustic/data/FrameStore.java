package org.stjem.acoustic.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.stjem.frontend.io.StjemException;

/**
 * Feature frames, each with its label, in a memory-mapped temporary file, so that a corpus larger
 * than the heap can be trained on; the operating system keeps in memory what fits. The file goes
 * when the store closes.
 */
final class FrameStore implements AutoCloseable {
  private static final int FRAMES_PER_SEGMENT = 1 << 18;

  private final Path folder;
  private final int dim;
  private final FileChannel channel;

  /** Of each frame {@code dim} features and a label; twice, as numbers of both kinds. */
  private final List<FloatBuffer> features = new ArrayList<>();

  private final List<IntBuffer> labels = new ArrayList<>();
  private long frames;

  /** An empty store in {@code folder}. */
  FrameStore(Path folder, int dim) throws IOException {
    this.folder = folder;
    this.dim = dim;
    Path file =
        folder.toAbsolutePath().resolve(".frames." + ProcessHandle.current().pid() + ".tmp");
    this.channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  private static String noRoom(IOException cause) {
    return "cannot keep the frames in a temporary file there: " + StjemException.reason(cause);
  }

  private int bytesPerFrame() {
    return Math.multiplyExact(4, dim + 1);
  }

  /** Appends frames, {@code [labels, dim]}. */
  void append(float[] values, int... labelsOfFrames) throws IOException {
    int count = labelsOfFrames.length;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(bytesPerFrame(), count))
            .order(ByteOrder.nativeOrder());
    for (int t = 0; t < count; t++) {
      bytes.asFloatBuffer().put(values, t * dim, dim);
      bytes.position(bytes.position() + 4 * dim);
      bytes.putInt(labelsOfFrames[t]);
    }
    bytes.flip();
    long position = frames * bytesPerFrame();
    try {
      while (bytes.hasRemaining()) {
        position += channel.write(bytes, position);
      }
    } catch (IOException e) {
      throw new FileSystemException(folder.toString(), null, noRoom(e));
    }
    frames += count;
  }

  /** Ends writing; frames can be read from now on. */
  void freeze() throws IOException {
    for (long first = 0; first < frames; first += FRAMES_PER_SEGMENT) {
      long count = Math.min(FRAMES_PER_SEGMENT, frames - first);
      ByteBuffer segment =
          channel
              .map(FileChannel.MapMode.READ_ONLY, first * bytesPerFrame(), count * bytesPerFrame())
              .order(ByteOrder.nativeOrder());
      features.add(segment.asFloatBuffer());
      labels.add(segment.asIntBuffer());
    }
  }

  long frames() {
    return frames;
  }

  /** Copies frame {@code index} to {@code target} from {@code offset} on. */
  void copy(long index, float[] target, int offset) {
    features
        .get((int) (index / FRAMES_PER_SEGMENT))
        .get((int) (index % FRAMES_PER_SEGMENT) * (dim + 1), target, offset, dim);
  }

  /** The label of frame {@code index}. */
  int label(long index) {
    return labels
        .get((int) (index / FRAMES_PER_SEGMENT))
        .get((int) (index % FRAMES_PER_SEGMENT) * (dim + 1) + dim);
  }

  @Override
  public void close() throws IOException {
    features.clear();
    labels.clear();
    channel.close();
  }
}
