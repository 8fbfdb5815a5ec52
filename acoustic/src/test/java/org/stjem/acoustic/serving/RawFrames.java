package org.stjem.acoustic.serving;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes HTTP/2 frames (RFC 9113), sensible or not. Thread-safe. */
final class RawFrames {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  static final int ACK = 1;

  static final int NO_ERROR = 0;
  static final int REFUSED_STREAM = 7;
  static final int CANCEL = 8;
  static final int ENHANCE_YOUR_CALM = 11;

  /** The empty request of a gRPC call. */
  static final byte[] EMPTY_MESSAGE = new byte[5];

  private final DataOutputStream out;

  RawFrames(OutputStream out) {
    this.out = new DataOutputStream(new BufferedOutputStream(out, 1 << 14));
  }

  /** Puts bytes into the buffer as they are. */
  synchronized void bytes(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /** Puts a frame into the buffer; {@link #flush} sends it. */
  synchronized void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeShort(payload.length >> 8);
    out.writeByte(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  /** Sends what is in the buffer. */
  synchronized void flush() throws IOException {
    out.flush();
  }

  /** Begins a call of {@code /SERVICE/METHOD}, with more names and values of headers. */
  void headers(int stream, String path, int flags, String... more) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    String[] first = {
      ":method",
      "POST",
      ":scheme",
      "http",
      ":path",
      path,
      ":authority",
      "localhost",
      "content-type",
      "application/grpc",
      "te",
      "trailers"
    };
    for (String[] fields : new String[][] {first, more}) {
      for (int i = 0; i < fields.length; i += 2) {
        // A literal field that is not indexed, its name given (RFC 7541, 6.2.2).
        block.write(0);
        string(block, fields[i]);
        string(block, fields[i + 1]);
      }
    }
    frame(HEADERS, END_HEADERS | flags, stream, block.toByteArray());
  }

  private static void string(ByteArrayOutputStream block, String text) {
    if (text.length() > 126) {
      throw new IllegalArgumentException("too long for this client: " + text);
    }
    block.write(text.length());
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A frame whose payload is one number: RST_STREAM or WINDOW_UPDATE. */
  void number(int type, int stream, int number) throws IOException {
    frame(type, 0, stream, ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
  }
}
