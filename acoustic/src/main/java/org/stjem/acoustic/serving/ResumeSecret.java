package org.stjem.acoustic.serving;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/** By which a client shows that a session is its own; nobody can guess it. */
final class ResumeSecret {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 16;

  private final String text;

  /** A new one. */
  ResumeSecret() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    text = HexFormat.of().formatHex(bytes);
  }

  /** What the client is told, 32 hexadecimal digits. */
  String text() {
    return text;
  }

  /** Whether a client shows it; takes the same time wherever it differs. */
  boolean equalTo(String shown) {
    return MessageDigest.isEqual(
        text.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
  }
}
