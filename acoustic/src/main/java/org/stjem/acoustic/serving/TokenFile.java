package org.stjem.acoustic.serving;

import java.nio.file.Path;
import java.util.List;
import org.stjem.frontend.io.StjemException;

/** A file of bearer tokens, read again when it changes. Thread-safe. */
final class TokenFile {
  private final WatchedFiles file;
  private volatile BearerTokens tokens;

  /**
   * Reads the file for the first time.
   *
   * @throws StjemException if it cannot be read or holds none, or one that is too short
   */
  TokenFile(Path path) {
    file =
        new WatchedFiles(
            "tokens " + path,
            List.of(path),
            again -> {
              tokens = BearerTokens.read(path);
              WatchedFiles.warnIfPublic(path);
            });
  }

  /** Whether an {@code authorization} entry, which may be null, shows one of the tokens. */
  boolean accept(String authorization) {
    return tokens.accept(authorization);
  }

  /** The file, to look whether it has changed. */
  WatchedFiles file() {
    return file;
  }
}
