package org.stjem.frontend.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

/** Checksums by which a run knows its input again. */
public final class Checksums {
  private Checksums() {}

  /** SHA-256 of a file's content, in hexadecimal digits. */
  public static String sha256(Path file) {
    try {
      return sha256(ByteBuffer.wrap(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
  }

  /** SHA-256 of what is left in buffers, one after the other, which stay where they are. */
  public static String sha256(ByteBuffer... parts) {
    return sha256(Stream.of(parts));
  }

  /** The same of buffers that are made when they are needed. */
  public static String sha256(Stream<ByteBuffer> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      parts.forEachOrdered(part -> digest.update(part.duplicate()));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
