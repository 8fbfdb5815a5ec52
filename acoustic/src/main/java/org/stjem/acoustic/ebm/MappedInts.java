package org.stjem.acoustic.ebm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.stjem.frontend.io.StjemException;

/** Many numbers in a temporary file, of which the operating system keeps in memory what fits. */
final class MappedInts {
  private static final int BLOCK = 1 << 16;

  private MappedInts() {}

  /**
   * Zeros, to be overwritten. The file goes with the program, however it ends.
   *
   * @throws StjemException if there is no room on the disk
   */
  static IntBuffer of(int size) {
    if (size > Integer.MAX_VALUE / Integer.BYTES) {
      // More than a mapping holds: 1 400 hours of speech.
      return IntBuffer.allocate(size);
    }
    try {
      Path file = Files.createTempFile("stjem", ".order");
      try (FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE)) {
        // A full disk must be seen now: in a mapping it would end the program.
        long bytes = (long) size * Integer.BYTES;
        ByteBuffer zeros = ByteBuffer.allocate(BLOCK);
        for (long at = 0; at < bytes; ) {
          zeros.clear().limit((int) Math.min(BLOCK, bytes - at));
          at += channel.write(zeros, at);
        }
        return channel
            .map(FileChannel.MapMode.READ_WRITE, 0, bytes)
            .order(ByteOrder.nativeOrder())
            .asIntBuffer();
      }
    } catch (IOException e) {
      throw new StjemException(
          "cannot keep the order of "
              + size
              + " frames in "
              + System.getProperty("java.io.tmpdir")
              + ": "
              + StjemException.reason(e),
          e);
    }
  }
}
