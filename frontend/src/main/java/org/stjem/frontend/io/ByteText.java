package org.stjem.frontend.io;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.StringTokenizer;

/**
 * Text in any encoding as Java strings, without loss: UTF-8 is decoded, and a byte that is no part
 * of UTF-8 becomes a char from U+DC80 to U+DCFF (Python calls that "surrogateescape"). Kaldi takes
 * keys, words and file names for bytes, and so they come out as they went in.
 *
 * <p>Two strings that were decoded are equal exactly if their bytes are. What people or other
 * programs read as UTF-8, such as messages and pages, gets {@link #shown}.
 */
public final class ByteText {
  /** The char of byte 0; those of bytes from 0x80 on occur. */
  private static final int ESCAPE = 0xdc00;

  private static final int FIRST_ESCAPE = ESCAPE + 0x80;
  private static final int LAST_ESCAPE = ESCAPE + 0xff;

  /** C's {@code isspace} in the C locale. */
  private static final String WHITE_SPACE = " \t\n\u000b\f\r";

  private ByteText() {}

  /** The string behind {@code bytes}. */
  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /** The string behind {@code length} bytes from {@code offset} on. */
  public static String decode(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] < 0) {
        return decodeBeyondAscii(ByteBuffer.wrap(bytes, offset, length));
      }
    }
    return new String(bytes, offset, length, StandardCharsets.US_ASCII);
  }

  private static String decodeBeyondAscii(ByteBuffer bytes) {
    CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    for (CoderResult result = utf8.decode(bytes, text, true);
        result.isError();
        result = utf8.decode(bytes, text, true)) {
      for (int i = 0; i < result.length(); i++) {
        text.put((char) (ESCAPE + (bytes.get() & 0xff)));
      }
    }
    return text.flip().toString();
  }

  /** The bytes that {@code text} was decoded from. */
  public static byte[] encode(String text) {
    return text.chars().allMatch(c -> c < 0x80)
        ? text.getBytes(StandardCharsets.US_ASCII)
        : text.getBytes(ByteCharset.INSTANCE);
  }

  /** A stream that prints what {@link #encode} makes of text; {@code println} flushes it. */
  public static PrintStream printStream(OutputStream out) {
    return new PrintStream(out, true, ByteCharset.INSTANCE);
  }

  /** {@code text} without white space as in C at its ends. */
  public static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && WHITE_SPACE.indexOf(text.charAt(start)) >= 0) {
      start++;
    }
    while (end > start && WHITE_SPACE.indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return text.substring(start, end);
  }

  /** The words of a line, divided by white space as in C, not by that of other alphabets. */
  public static String[] words(String line) {
    StringTokenizer words = new StringTokenizer(line, WHITE_SPACE);
    String[] all = new String[words.countTokens()];
    for (int i = 0; i < all.length; i++) {
      all[i] = words.nextToken();
    }
    return all;
  }

  /** Whether {@code c} stands for a byte that is no UTF-8, unless the char before it is half. */
  static boolean isEscape(int c) {
    return c >= FIRST_ESCAPE && c <= LAST_ESCAPE;
  }

  /** The byte behind an escape. */
  static byte unescaped(int c) {
    return (byte) (c - ESCAPE);
  }

  /** Whether all of {@code text} is UTF-8. */
  public static boolean isUtf8(String text) {
    return text.codePoints().noneMatch(ByteText::isEscape);
  }

  /** {@code text} for people: {@code \xe9} stands for byte E9 that is no UTF-8. */
  public static String shown(String text) {
    return escaped(text, "\\x%02x", 0xff);
  }

  /**
   * JSON in valid UTF-8: {@code \}{@code udce9} stands for byte E9 that is no UTF-8, which parsers
   * turn into the char that {@link #decode} makes of it.
   */
  public static String json(String json) {
    return escaped(json, "\\u%04x", 0xffff);
  }

  private static String escaped(String text, String form, int mask) {
    if (isUtf8(text)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (isEscape(c)) {
                escaped.append(String.format(Locale.ROOT, form, c & mask));
              } else {
                escaped.appendCodePoint(c);
              }
            });
    return escaped.toString();
  }
}
