package org.stjem.frontend.io;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 in which the escapes of {@link ByteText} are the bytes they stand for. It encodes only:
 * {@link ByteText#decode} must see all bytes at once, for Java's readers would lose a last one.
 */
final class ByteCharset extends Charset {
  static final ByteCharset INSTANCE = new ByteCharset();

  private ByteCharset() {
    super("X-stjem-bytes", null);
  }

  @Override
  public boolean contains(Charset other) {
    return other instanceof ByteCharset || StandardCharsets.UTF_8.contains(other);
  }

  @Override
  public CharsetDecoder newDecoder() {
    throw new UnsupportedOperationException(name() + " encodes only");
  }

  @Override
  public CharsetEncoder newEncoder() {
    return new Encoder(this);
  }

  private static final class Encoder extends CharsetEncoder {
    private static final int MOST_BYTES_PER_CHAR = 3;

    Encoder(Charset charset) {
      super(charset, 1.1f, MOST_BYTES_PER_CHAR);
    }

    @Override
    public boolean isLegalReplacement(byte[] replacement) {
      return true;
    }

    @Override
    protected CoderResult encodeLoop(CharBuffer in, ByteBuffer out) {
      while (in.hasRemaining()) {
        int start = in.position();
        int c = in.get();
        if (Character.isHighSurrogate((char) c)) {
          if (!in.hasRemaining()) {
            in.position(start);
            return CoderResult.UNDERFLOW;
          }
          char low = in.get();
          if (!Character.isLowSurrogate(low)) {
            in.position(start);
            return CoderResult.malformedForLength(1);
          }
          c = Character.toCodePoint((char) c, low);
        } else if (Character.isLowSurrogate((char) c) && !ByteText.isEscape(c)) {
          in.position(start);
          return CoderResult.malformedForLength(1);
        }
        if (out.remaining() < length(c)) {
          in.position(start);
          return CoderResult.OVERFLOW;
        }
        put(c, out);
      }
      return CoderResult.UNDERFLOW;
    }

    private static int length(int c) {
      if (c < 0x80 || ByteText.isEscape(c)) {
        return 1;
      }
      return c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }

    private static void put(int c, ByteBuffer out) {
      if (ByteText.isEscape(c)) {
        out.put(ByteText.unescaped(c));
        return;
      }
      switch (length(c)) {
        case 1 -> out.put((byte) c);
        case 2 -> out.put((byte) (0xc0 | c >> 6)).put(continued(c));
        case 3 -> out.put((byte) (0xe0 | c >> 12)).put(continued(c >> 6)).put(continued(c));
        default ->
            out.put((byte) (0xf0 | c >> 18))
                .put(continued(c >> 12))
                .put(continued(c >> 6))
                .put(continued(c));
      }
    }

    private static byte continued(int c) {
      return (byte) (0x80 | c & 0x3f);
    }
  }
}
