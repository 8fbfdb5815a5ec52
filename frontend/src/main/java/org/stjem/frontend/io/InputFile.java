package org.stjem.frontend.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that others put where a program reads them. */
public final class InputFile {
  private InputFile() {}

  /**
   * Refuses what would be waited for, such as a pipe, or take far longer to read than what is
   * expected. To be called before the file is opened: a pipe blocks who opens it.
   *
   * @param file one that may be missing, which is for its reader to tell
   * @param mostBytes that the file can have if it holds what is expected
   * @throws StjemException naming the file and its size
   */
  public static void require(Path file, long mostBytes) {
    if (!Files.exists(file)) {
      return;
    }
    if (!Files.isRegularFile(file)) {
      throw new StjemException(file + " is not a file");
    }
    long bytes;
    try {
      bytes = Files.size(file);
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
    if (bytes > mostBytes) {
      throw new StjemException(
          file + " has " + bytes + " bytes, more than the " + mostBytes + " it can need");
    }
  }
}
