package org.stjem.acoustic.serving;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A client that sends whatever HTTP/2 frames a test wants (RFC 9113), over an unencrypted socket.
 * Reads what comes on a thread of its own; answers pings only if told so.
 */
final class RawHttp2Client implements AutoCloseable {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final Socket socket;
  private final RawFrames frames;
  private final boolean answersPings;
  private final BlockingQueue<Frame> resets = new LinkedBlockingQueue<>();
  private final CompletableFuture<Frame> settings = new CompletableFuture<>();
  private final CompletableFuture<Frame> goAway = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** A frame of the server. */
  record Frame(int type, int flags, int stream, byte[] payload) {
    /** The number that stands at a byte of the payload. */
    int number(int at) {
      return ByteBuffer.wrap(payload).getInt(at);
    }

    /** What a GOAWAY says besides its number. */
    String debugData() {
      return new String(payload, 8, payload.length - 8, StandardCharsets.UTF_8);
    }
  }

  /** Connects and sends the preface and empty settings. */
  RawHttp2Client(int port, boolean answersPings) throws IOException {
    this.answersPings = answersPings;
    socket = new Socket(InetAddress.getByName(ServerOptions.LOOPBACK), port);
    socket.setTcpNoDelay(true);
    frames = new RawFrames(socket.getOutputStream());
    frames.bytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
    frames.frame(RawFrames.SETTINGS, 0, 0, new byte[0]);
    frames.flush();
    Thread reader = new Thread(this::read, "raw-http2");
    reader.setDaemon(true);
    reader.start();
  }

  /** Where frames are sent. */
  RawFrames frames() {
    return frames;
  }

  private void read() {
    try {
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      while (true) {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        take(new Frame(type, flags, stream, in.readNBytes(length)));
      }
    } catch (EOFException e) {
      closed.complete(null);
    } catch (IOException e) {
      // Reset: the server closed while something of this client was under way.
      closed.complete(null);
    }
  }

  private void take(Frame frame) throws IOException {
    switch (frame.type()) {
      case RawFrames.SETTINGS -> settings.complete(frame);
      case RawFrames.GOAWAY -> goAway.complete(frame);
      case RawFrames.RST_STREAM -> resets.add(frame);
      case RawFrames.PING -> {
        if (answersPings && frame.flags() != RawFrames.ACK) {
          frames.frame(RawFrames.PING, RawFrames.ACK, 0, frame.payload());
          frames.flush();
        }
      }
      default -> {
        // Of no interest.
      }
    }
  }

  /** The server's first settings; it serves the connection then. */
  Frame settings() throws InterruptedException, ExecutionException {
    return settings.get();
  }

  /** A setting of the server. */
  int setting(int id) throws InterruptedException, ExecutionException {
    ByteBuffer payload = ByteBuffer.wrap(settings().payload());
    while (payload.hasRemaining()) {
      if (payload.getShort() == id) {
        return payload.getInt();
      }
      payload.getInt();
    }
    throw new AssertionError("the server sent no setting " + id);
  }

  /** The server's next reset of a stream. */
  Frame reset() throws InterruptedException {
    return resets.take();
  }

  Frame goAway() throws InterruptedException, ExecutionException {
    return goAway.get();
  }

  /** Waits until the server has closed the connection. */
  void awaitClosed() throws InterruptedException, ExecutionException {
    closed.get();
  }

  CompletableFuture<Void> whenClosed() {
    return closed;
  }

  CompletableFuture<Frame> whenServed() {
    return settings;
  }

  boolean isClosed() {
    return closed.isDone();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
