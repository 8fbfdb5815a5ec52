package org.stjem.acoustic.serving;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** By which a client shows that a session is its own; nobody can guess it. */
final class ResumeSecret {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 16;

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{" + 2 * BYTES + "}");

  private final String text;

  private ResumeSecret(String text) {
    this.text = text;
  }

  /**
   * The secret of a stream.
   *
   * @param shown by its client: one that another stream of the session was given, here or on
   *     another server, goes on being the session's; without it there is a new one
   */
  static ResumeSecret of(String shown) {
    if (FORM.matcher(shown).matches()) {
      return new ResumeSecret(shown);
    }
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new ResumeSecret(HexFormat.of().formatHex(bytes));
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
