package org.stjem.acoustic.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.stjem.frontend.io.StjemException;

/**
 * A file of any bytes and what is demanded of every reader that opens it: it ends in time, in
 * nothing but a value or a {@link StjemException} of one line, and allocates in proportion to the
 * file's real size, whatever the file says of itself.
 */
final class HostileFile {
  /** Buffers that a reader may have whatever it reads. */
  private static final long FIXED_BYTES = 1 << 20;

  /**
   * What a byte of a file may cost, all garbage included: a text entry of a few characters takes an
   * array of 256 numbers while it is read.
   */
  private static final long BYTES_PER_BYTE = 1024;

  private static final long MAX_CPU_NANOS = 5_000_000_000L;
  private static final int LONGEST_MESSAGE = 2000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Held, for the log manager holds it weakly. Warnings would fill the screen. */
  private static final Logger LOGGER = Logger.getLogger("org.stjem");

  private static final Path FILE = temporaryFile();

  static {
    LOGGER.setLevel(Level.OFF);
  }

  private HostileFile() {}

  /** How much a reader may allocate for a file of a format without compression. */
  static long mostBytes(int fileSize) {
    return FIXED_BYTES + BYTES_PER_BYTE * fileSize;
  }

  /**
   * Has a file read, then the same bytes from standard input, whose length nobody knows.
   *
   * @param bytes its content
   * @param reader is given an rxfilename
   */
  static void read(byte[] bytes, Consumer<String> reader) {
    readFile(FILE, bytes, file -> reader.accept(file.toString()));
    InputStream realInput = System.in;
    try {
      measure(
          () -> {
            System.setIn(new ByteArrayInputStream(bytes));
            reader.accept("-");
          },
          mostBytes(bytes.length));
    } finally {
      System.setIn(realInput);
    }
  }

  /** Has {@code bytes} read from {@code file}. */
  static void readFile(Path file, byte[] bytes, Consumer<Path> reader) {
    write(file, bytes);
    measure(() -> reader.accept(file), mostBytes(bytes.length));
  }

  /** Overwrites a file. To truncate it first would make some file systems wait for the disk. */
  private static void write(Path file, byte[] bytes) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
      channel.truncate(bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a reader, and fails if it breaks its promises.
   *
   * @param reader is run once more if it allocates too much, since classes are loaded the first
   *     time
   * @param mostBytes how much it may allocate in total
   */
  static void measure(Runnable reader, long mostBytes) {
    long allocated = allocated(reader);
    for (int i = 0; i < 2 && allocated > mostBytes; i++) {
      allocated = allocated(reader);
    }
    assertThat(allocated).as("bytes allocated").isLessThanOrEqualTo(mostBytes);
  }

  private static long allocated(Runnable reader) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    long cpuBefore = THREADS.getCurrentThreadCpuTime();
    String message = "none";
    try {
      reader.run();
    } catch (StjemException e) {
      message = e.getMessage();
    }
    long cpu = THREADS.getCurrentThreadCpuTime() - cpuBefore;
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (cpu > MAX_CPU_NANOS
        || message.isBlank()
        || message.length() > LONGEST_MESSAGE
        || message.codePoints().anyMatch(Character::isISOControl)) {
      throw new AssertionError(cpu * 1e-9 + " s of CPU, message: " + message);
    }
    return allocated;
  }

  private static Path temporaryFile() {
    try {
      Path file = Files.createTempFile("hostile", null);
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
