package org.stjem.frontend.io;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tells by its first bytes that a file is no text and no object of Kaldi: it is compressed, or its
 * editor put a byte order mark in front.
 */
public final class FileStart {
  private static final String UTF_16_FAULT =
      "the text is UTF-16; convert it with 'iconv -f UTF-16 -t UTF-8 FILE'";

  private FileStart() {}

  /** What no reader takes, and what to say of it. */
  private enum Kind {
    GZIP("\u001f\u008b", compressed("gzip", "gunzip -c")),
    BZIP2("BZh", compressed("bzip2", "bunzip2 -c")),
    XZ("\u00fd7zXZ\0", compressed("xz", "unxz -c")),
    ZSTANDARD("(\u00b5/\u00fd", compressed("zstd", "unzstd -c")),
    ZIP("PK\u0003\u0004", compressed("zip", "unzip -p")),
    UTF_8(
        "\u00ef\u00bb\u00bf",
        "the text starts with a byte order mark (UTF-8), which would be part of its first word;"
            + " remove it with \"sed -i '1s/^\\xef\\xbb\\xbf//' FILE\""),
    UTF_16_LITTLE_ENDIAN("\u00ff\u00fe", UTF_16_FAULT),
    UTF_16_BIG_ENDIAN("\u00fe\u00ff", UTF_16_FAULT);

    private final byte[] bytes;
    private final String fault;

    Kind(String bytes, String fault) {
      this.bytes = bytes.getBytes(StandardCharsets.ISO_8859_1);
      this.fault = fault;
    }

    private static String compressed(String format, String command) {
      return "the data are compressed ("
          + format
          + "); unpack them, or read them with '"
          + command
          + " FILE |'";
    }
  }

  /**
   * What is wrong with data that start so.
   *
   * @param bytes the start lies in {@code bytes[offset .. offset + length)}
   * @return a clause with the remedy; null if nothing is
   */
  public static String fault(byte[] bytes, int offset, int length) {
    for (Kind kind : Kind.values()) {
      int n = kind.bytes.length;
      if (length >= n && Arrays.equals(bytes, offset, offset + n, kind.bytes, 0, n)) {
        return kind.fault;
      }
    }
    return null;
  }
}
