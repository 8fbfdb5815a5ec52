package org.stjem.frontend.io;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A path to be written, followed through its links to what lies at their end. */
final class OutputPath {
  /** As many as Linux follows (path_resolution(7)). */
  private static final int MOST_LINKS = 40;

  /**
   * The open files of this process, by number; {@code /dev/stdout} and {@code /dev/fd} lead here.
   */
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private static final Path STANDARD_OUTPUT = Path.of("1");

  private final Path given;
  private final Path target;
  private final boolean descriptor;

  private OutputPath(Path given, Path target, boolean descriptor) {
    this.given = given;
    this.target = target;
    this.descriptor = descriptor;
  }

  /**
   * Follows the links of {@code path}; the last may lead to nothing.
   *
   * @throws FileSystemException if they lead in a circle or to a folder
   */
  static OutputPath of(Path path) throws IOException {
    Path place = path.toAbsolutePath();
    for (int links = 0; links <= MOST_LINKS; links++) {
      if (!Files.isSymbolicLink(place)) {
        if (Files.isDirectory(place)) {
          throw new FileSystemException(path.toString(), null, "is a folder");
        }
        return new OutputPath(path, place, false);
      }
      if (Files.exists(DESCRIPTORS) && Files.isSameFile(place.getParent(), DESCRIPTORS)) {
        return new OutputPath(path, place, true);
      }
      place = place.resolveSibling(Files.readSymbolicLink(place));
    }
    throw new FileSystemException(path.toString(), null, "links that lead in a circle");
  }

  /** The end of the links. */
  Path target() {
    return target;
  }

  /** Whether a regular file is or may be made there, which can be replaced. */
  boolean isRegular() {
    return !descriptor && (!Files.exists(target) || Files.isRegularFile(target));
  }

  /** Opens what cannot be replaced, as it is; waits for the reader of a FIFO. */
  OutputStream openThrough() throws IOException {
    if (descriptor && target.endsWith(STANDARD_OUTPUT)) {
      // Opened anew, a file would be written at another place than where System.out writes.
      return new NamingStream(new Unclosed(new FileOutputStream(FileDescriptor.out)));
    }
    return naming(
        () ->
            new NamingStream(
                Files.newOutputStream(
                    target, StandardOpenOption.WRITE, StandardOpenOption.APPEND)));
  }

  /** What {@code channel} writes, with faults that name this path. */
  OutputStream naming(FileChannel channel) {
    return new NamingStream(Channels.newOutputStream(channel));
  }

  /** Something done to a file. */
  interface Action<T> {
    T run() throws IOException;
  }

  /** Runs {@code action}; what it throws names this path. */
  <T> T naming(Action<T> action) throws IOException {
    try {
      return action.run();
    } catch (IOException e) {
      FileSystemException named =
          new FileSystemException(given.toString(), null, StjemException.reason(e));
      named.initCause(e);
      throw named;
    }
  }

  private final class NamingStream extends FilterOutputStream {
    NamingStream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      naming(
          () -> {
            out.write(bytes, offset, length);
            return null;
          });
    }

    @Override
    public void close() throws IOException {
      naming(
          () -> {
            super.close();
            return null;
          });
    }
  }

  /** Standard output, which others go on writing. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
