package org.stjem.imagebench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.stjem.frontend.io.StjemException;

/** The files of a folder or of a tar archive, which may be gzipped. */
final class ImageFiles {
  private ImageFiles() {}

  /** Receives the files. */
  interface Visitor {
    /**
     * One file.
     *
     * @param name its path within the folder or archive, with slashes
     * @param content its bytes, to be read before this returns
     */
    void file(String name, InputStream content) throws IOException;
  }

  /**
   * Shows every file of {@code data} to {@code visitor}.
   *
   * @throws ImageBenchException if {@code data} is missing, truncated or neither folder nor archive
   */
  static void visit(Path data, Visitor visitor) {
    try {
      if (Files.isDirectory(data)) {
        visitFolder(data, visitor);
      } else if (Files.exists(data)) {
        visitArchive(data, visitor);
      } else {
        throw new ImageBenchException(data + " does not exist");
      }
    } catch (IOException e) {
      throw new ImageBenchException("cannot read " + data + ": " + StjemException.reason(e), e);
    }
  }

  private static void visitFolder(Path folder, Visitor visitor) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).collect(Collectors.toList());
    }
    for (Path file : files) {
      try (InputStream content = Files.newInputStream(file)) {
        visitor.file(folder.relativize(file).toString().replace('\\', '/'), content);
      }
    }
  }

  private static void visitArchive(Path archive, Visitor visitor) throws IOException {
    String name = archive.getFileName().toString();
    boolean zipped = name.endsWith(".tar.gz") || name.endsWith(".tgz");
    if (!zipped && !name.endsWith(".tar")) {
      throw new ImageBenchException(
          archive + " is neither a folder nor an archive named .tar, .tar.gz or .tgz");
    }
    try (InputStream file = Files.newInputStream(archive);
        InputStream bytes = zipped ? new GZIPInputStream(file, 1 << 16) : file;
        TarArchiveInputStream tar = new TarArchiveInputStream(bytes)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile()) {
          visitor.file(entry.getName(), tar);
        }
      }
    }
  }
}
