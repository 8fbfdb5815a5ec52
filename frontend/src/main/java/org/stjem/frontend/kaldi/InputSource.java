package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;

/** Where the bytes of a {@link KaldiInput} come from: a file, a command or standard input. */
final class InputSource {
  static final long UNKNOWN = -1;

  /** How long a command may live on after nobody listens to it. */
  private static final int GRACE_SECONDS = 10;

  private final String name;
  private final InputStream stream;
  private final FileChannel file;
  private final Process process;
  private boolean closed;

  private InputSource(String name, InputStream stream, FileChannel file, Process process) {
    this.name = name;
    this.stream = stream;
    this.file = file;
    this.process = process;
  }

  /** Opens the file, command or stream and moves to its offset. */
  static InputSource open(ExtendedFilename target) {
    try {
      return switch (target.kind()) {
        case STANDARD_STREAM -> new InputSource("standard input", System.in, null, null);
        case PIPE -> {
          Process process =
              new ProcessBuilder(ByteNames.shell(target.target()))
                  .redirectInput(ProcessBuilder.Redirect.INHERIT)
                  .redirectError(ProcessBuilder.Redirect.INHERIT)
                  .start();
          yield new InputSource(
              target.target().strip() + " |", process.getInputStream(), null, process);
        }
        case FILE -> openFile(target);
      };
    } catch (IOException e) {
      throw new StjemException(
          "cannot open " + target.target() + ": " + StjemException.reason(e), e);
    }
  }

  private static InputSource openFile(ExtendedFilename target) throws IOException {
    FileChannel channel = FileChannel.open(target.path(), StandardOpenOption.READ);
    try {
      if (target.offset() > 0) {
        channel.position(target.offset());
      }
      return new InputSource(target.target(), Channels.newInputStream(channel), channel, null);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  int read(byte[] bytes, int offset, int length) throws IOException {
    return stream.read(bytes, offset, length);
  }

  void seek(long offset) throws IOException {
    file.position(offset);
  }

  /** Number of bytes, or {@link #UNKNOWN}. */
  long size() throws IOException {
    long size = file == null ? 0 : file.size();
    // Device and proc files, and fifos, report no size.
    return size == 0 ? UNKNOWN : size;
  }

  /**
   * Closes the source.
   *
   * @param ended whether it was read to its end
   * @return the exit status of a command; 0 for other sources, for a command that did not end of
   *     itself, and when repeated
   */
  int finish(boolean ended) throws IOException {
    if (closed) {
      return 0;
    }
    closed = true;
    if (stream != System.in) {
      stream.close();
    }
    if (process == null) {
      return 0;
    }
    try {
      if (ended) {
        return process.waitFor();
      }
      // The command learns from its broken pipe that nobody listens, unless it never writes again.
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.destroy();
        return 0;
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for it", e);
    }
  }
}
