package org.stjem.imagebench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Turns data sets into folders of the official binary layout, which are read faster than pictures.
 */
public final class CifarImport {
  private CifarImport() {}

  /**
   * Writes the data set in {@code data} to {@code folder}, which appears whole or not at all. What
   * is written is read again and compared.
   *
   * @param folder must not exist, or be empty
   * @return the data set
   * @throws ImageBenchException if there is no data set, no layout holds it, or the folder is taken
   */
  public static CifarData run(Path data, Path folder) throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    requireFree(target);
    CifarReader.Batches source = CifarReader.readBatches(data);
    Files.createDirectories(target.getParent());
    Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
    delete(partial);
    try {
      Files.createDirectory(partial);
      for (Map.Entry<String, byte[]> file : source.files().entrySet()) {
        write(partial.resolve(file.getKey()), file.getValue());
      }
      CifarData written = CifarReader.read(partial);
      if (!source.set().train().same(written.train())
          || !source.set().test().same(written.test())) {
        throw new ImageBenchException(
            "what was written to " + folder + " does not read like " + data);
      }
      requireFree(target);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      return source.set();
    } finally {
      delete(partial);
    }
  }

  private static void requireFree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        if (files.findAny().isEmpty()) {
          return;
        }
      }
    }
    throw new ImageBenchException(folder + " exists already; it is not overwritten");
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
