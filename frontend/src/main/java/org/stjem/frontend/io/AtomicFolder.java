package org.stjem.frontend.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder that appears whole or not at all: it is filled under a hidden name beside its own and
 * renamed by {@link #commit()}; closed without that, it is removed.
 */
public final class AtomicFolder implements AutoCloseable {
  private final Path path;
  private final Path target;
  private final Path temporary;

  private AtomicFolder(Path path, Path target, Path temporary) {
    this.path = path;
    this.target = target;
    this.temporary = temporary;
  }

  /**
   * Makes the hidden folder, and the folders above it; removes what killed processes left of their
   * attempts.
   *
   * @param path what does not exist yet, or an empty folder
   * @throws StjemException if it is something else
   */
  public static AtomicFolder create(Path path) throws IOException {
    requireFree(path);
    Path target = path.toAbsolutePath().normalize();
    Files.createDirectories(target.getParent());
    for (Path abandoned : AtomicFile.abandoned(target)) {
      remove(abandoned);
    }
    Path temporary = AtomicFile.temporary(target);
    remove(temporary);
    return new AtomicFolder(path, target, Files.createDirectory(temporary));
  }

  /** Where to put the content. */
  public Path temporary() {
    return temporary;
  }

  /**
   * Gives the folder its name.
   *
   * @throws StjemException if something lies there by now
   */
  public void commit() throws IOException {
    requireFree(path);
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Refuses a path that {@link #create} would refuse, before work is put into what goes there.
   *
   * @throws StjemException if it is neither new nor an empty folder
   */
  public static void requireFree(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(path)) {
      throw new StjemException(path + " exists and is no folder; name another, or remove it");
    }
    try (Stream<Path> files = Files.list(path)) {
      if (files.findAny().isPresent()) {
        throw new StjemException(path + " is not empty; name another folder, or remove it");
      }
    }
  }

  /** Removes what was not committed. */
  @Override
  public void close() throws IOException {
    remove(temporary);
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> walk = Files.walk(folder)) {
      deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }
}
