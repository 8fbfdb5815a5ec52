package org.stjem.acoustic.serving;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/** The secrets that clients may show, of a file with one on each line. */
final class BearerTokens {
  /** Shorter ones can be guessed. */
  private static final int SHORTEST = 16;

  private static final String SCHEME = "bearer ";

  private final List<byte[]> tokens;

  private BearerTokens(List<byte[]> tokens) {
    this.tokens = tokens;
  }

  /**
   * Reads the tokens; empty lines and those that begin with {@code #} are none.
   *
   * @throws StjemException if the file cannot be read or holds none, or one that is too short
   */
  static BearerTokens read(Path file) {
    List<byte[]> tokens = new ArrayList<>();
    try {
      for (String line : TextFile.lines(file)) {
        String token = line.strip();
        if (token.isEmpty() || token.startsWith("#")) {
          continue;
        }
        if (token.length() < SHORTEST) {
          throw new StjemException(
              file + ": a token has fewer than " + SHORTEST + " characters: " + token.length());
        }
        tokens.add(token.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new StjemException(
          "cannot read tokens from " + file + ": " + StjemException.reason(e), e);
    }
    if (tokens.isEmpty()) {
      throw new StjemException(file + " holds no token");
    }
    return new BearerTokens(tokens);
  }

  /** The {@code authorization} entry that shows the first of them. */
  String authorization() {
    return "Bearer " + new String(tokens.get(0), StandardCharsets.UTF_8);
  }

  /** Whether an {@code authorization} entry, which may be null, shows one of them. */
  boolean accept(String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    byte[] shown =
        authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
    boolean known = false;
    for (byte[] token : tokens) {
      // Takes the same time wherever they differ.
      known |= MessageDigest.isEqual(token, shown);
    }
    return known;
  }
}
