package org.stjem.frontend.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file that is written beside its final name and appears under it whole or not at all.
 *
 * <pre>{@code
 * try (AtomicFile file = AtomicFile.create(path)) {
 *   file.stream().write(bytes);
 *   file.commit();
 * }
 * }</pre>
 *
 * <p>A link goes on pointing where it does: the file at its end is replaced, or made if it is not
 * there. What is no regular file, such as a device, a FIFO or {@code /dev/stdout}, is written
 * straight through and stays what it is; nothing can be atomic there. A folder is refused ({@link
 * OutputPath} decides which).
 *
 * <p>Every fault is a {@link java.nio.file.FileSystemException} that names the path given, whatever
 * the file was that the system stumbled over.
 */
public final class AtomicFile implements AutoCloseable {
  private static final String SUFFIX = ".tmp";

  private final OutputPath path;

  /** Where the content lies until it is complete; null if it is written straight through. */
  private final Path temporary;

  /** The temporary file; null if there is none. */
  private final FileChannel channel;

  private final OutputStream target;
  private final OutputStream stream;
  private boolean committed;

  private AtomicFile(OutputPath path, Path temporary, FileChannel channel, OutputStream target) {
    this.path = path;
    this.temporary = temporary;
    this.channel = channel;
    this.target = target;
    this.stream = new BufferedOutputStream(target, 1 << 16);
  }

  /** Opens a temporary file in the folder of the file that {@code path} leads to. */
  public static AtomicFile create(Path path) throws IOException {
    OutputPath output = OutputPath.of(path);
    if (!output.isRegular()) {
      return new AtomicFile(output, null, null, output.openThrough());
    }
    Path target = output.target();
    Path temporary = temporary(target);
    FileChannel channel =
        output.naming(
            () ->
                FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE));
    return new AtomicFile(output, temporary, channel, output.naming(channel));
  }

  /** A hidden name of this process beside {@code target}. */
  static Path temporary(Path target) {
    return target.resolveSibling(
        ByteNames.path(prefix(target) + ProcessHandle.current().pid() + SUFFIX));
  }

  private static String prefix(Path path) {
    return "." + ByteNames.of(path.getFileName()) + ".";
  }

  /** Removes what killed processes left of their attempts to write {@code path}. */
  public static void deleteAbandoned(Path path) throws IOException {
    for (Path file : abandoned(OutputPath.of(path).target())) {
      Files.deleteIfExists(file);
    }
  }

  /** The temporary files and folders of {@code target} whose process is gone. */
  static List<Path> abandoned(Path target) throws IOException {
    Pattern name = Pattern.compile(Pattern.quote(prefix(target)) + "(\\d{1,18})\\" + SUFFIX);
    try (Stream<Path> files = Files.list(target.getParent())) {
      return files.filter(file -> isAbandoned(file, name)).toList();
    }
  }

  private static boolean isAbandoned(Path file, Pattern name) {
    Matcher matcher = name.matcher(ByteNames.of(file.getFileName()));
    return matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty();
  }

  /** Removes the regular file that {@code path} leads to, if there is one, and nothing else. */
  public static void delete(Path path) throws IOException {
    OutputPath output = OutputPath.of(path);
    if (output.isRegular()) {
      output.naming(() -> Files.deleteIfExists(output.target()));
    }
  }

  /** Writes the bytes of {@code text}, a {@link ByteText}, to {@code path}, atomically. */
  public static void writeString(Path path, String text) throws IOException {
    write(path, ByteText.encode(text));
  }

  /** Writes {@code content} to {@code path}, atomically. */
  public static void write(Path path, byte[] content) throws IOException {
    try (AtomicFile file = create(path)) {
      file.stream().write(content);
      file.commit();
    }
  }

  /** Where to write; buffered. */
  public OutputStream stream() {
    return stream;
  }

  /** Flushes to disk and renames to the final name. */
  public void commit() throws IOException {
    stream.flush();
    if (channel != null) {
      path.naming(
          () -> {
            channel.force(true);
            return null;
          });
    }
    complete();
  }

  /**
   * Renames to the final name and leaves the flushing to the operating system: whole or absent if
   * the program dies, but not if the machine does. For many small files, where waiting for the disk
   * would take most of the time.
   */
  public void commitWithoutSync() throws IOException {
    stream.flush();
    complete();
  }

  private void complete() throws IOException {
    stream.close();
    if (temporary != null) {
      path.naming(
          () ->
              Files.move(
                  temporary,
                  path.target(),
                  StandardCopyOption.ATOMIC_MOVE,
                  StandardCopyOption.REPLACE_EXISTING));
    }
    committed = true;
  }

  /** Removes the temporary file unless it was committed. */
  @Override
  public void close() throws IOException {
    if (committed) {
      return;
    }
    // Not the buffered stream, which would write what it still holds.
    target.close();
    if (temporary != null) {
      Files.deleteIfExists(temporary);
    }
  }
}
