package org.stjem.frontend.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
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
 */
public final class AtomicFile implements AutoCloseable {
  private static final String SUFFIX = ".tmp";

  private final Path path;
  private final Path temporary;
  private final FileChannel channel;
  private final OutputStream stream;
  private boolean committed;

  private AtomicFile(Path path, Path temporary, FileChannel channel) {
    this.path = path;
    this.temporary = temporary;
    this.channel = channel;
    this.stream = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
  }

  /** Opens a temporary file in the folder of {@code path}. */
  public static AtomicFile create(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path temporary =
        absolute.resolveSibling(prefix(absolute) + ProcessHandle.current().pid() + SUFFIX);
    FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    return new AtomicFile(absolute, temporary, channel);
  }

  private static String prefix(Path path) {
    return "." + path.getFileName() + ".";
  }

  /** Removes what killed processes left of their attempts to write {@code path}. */
  public static void deleteAbandoned(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Pattern name = Pattern.compile(Pattern.quote(prefix(absolute)) + "(\\d{1,18})\\" + SUFFIX);
    List<Path> siblings;
    try (Stream<Path> files = Files.list(absolute.getParent())) {
      siblings = files.toList();
    }
    for (Path sibling : siblings) {
      Matcher matcher = name.matcher(sibling.getFileName().toString());
      if (matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
        Files.deleteIfExists(sibling);
      }
    }
  }

  /** Writes {@code text} as UTF-8 to {@code path}, atomically. */
  public static void writeString(Path path, String text) throws IOException {
    try (AtomicFile file = create(path)) {
      file.stream().write(text.getBytes(StandardCharsets.UTF_8));
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
    channel.force(true);
    rename();
  }

  /**
   * Renames to the final name and leaves the flushing to the operating system: whole or absent if
   * the program dies, but not if the machine does. For many small files, where waiting for the disk
   * would take most of the time.
   */
  public void commitWithoutSync() throws IOException {
    stream.flush();
    rename();
  }

  private void rename() throws IOException {
    channel.close();
    Files.move(
        temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    committed = true;
  }

  /** Removes the temporary file unless it was committed. */
  @Override
  public void close() throws IOException {
    if (!committed) {
      channel.close();
      Files.deleteIfExists(temporary);
    }
  }
}
