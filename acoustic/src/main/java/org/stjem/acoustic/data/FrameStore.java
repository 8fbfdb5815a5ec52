package org.stjem.acoustic.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.stjem.frontend.io.StjemException;

/**
 * Feature frames in a memory-mapped temporary file, so that a corpus larger than the heap can be
 * trained on; the operating system keeps in memory what fits. The file goes when the store closes.
 */
final class FrameStore implements AutoCloseable {
  private static final int FRAMES_PER_SEGMENT = 1 << 20;

  private final Path folder;
  private final int dim;
  private final FileChannel channel;
  private final List<FloatBuffer> segments = new ArrayList<>();
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

  /** Appends frames, {@code [count, dim]}. */
  void append(float[] values, int count) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(4 * dim, count)).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(values, 0, count * dim);
    long position = frames * dim * 4;
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
      segments.add(
          channel
              .map(FileChannel.MapMode.READ_ONLY, first * dim * 4, count * dim * 4)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer());
    }
  }

  long frames() {
    return frames;
  }

  /** Copies frame {@code index} to {@code target} from {@code offset} on. */
  void copy(long index, float[] target, int offset) {
    segments
        .get((int) (index / FRAMES_PER_SEGMENT))
        .get((int) (index % FRAMES_PER_SEGMENT) * dim, target, offset, dim);
  }

  @Override
  public void close() throws IOException {
    segments.clear();
    channel.close();
  }
}
