package org.stjem.acoustic.network;

import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Flags;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Headers;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Settings;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Watches the HTTP/2 frames of a connection. Too many requests in a second, or frames that carry
 * nothing, end it with GOAWAY ENHANCE_YOUR_CALM; so do too many resets, which gRPC counts itself.
 * After a GOAWAY that tells of a fault the connection is closed even if its client takes nothing
 * more. Streams that the server has ended and the client does not close are reset.
 */
final class FrameGuard extends Http2FrameListenerDecorator {
  /** Time for a client to take the last words, or to close its side of a stream. */
  private static final long GRACE_SECONDS = 5;

  private final GrpcHttp2ConnectionHandler handler;
  private final RateWindow requests;
  private final RateWindow empty;
  private final Http2Connection.PropertyKey ended;

  /** Null until the client has sent its settings. */
  private ChannelHandlerContext context;

  private FrameGuard(GrpcHttp2ConnectionHandler handler, ConnectionLimits limits) {
    super(handler.decoder().frameListener());
    this.handler = handler;
    this.requests = new RateWindow(limits.maxRequestsPerSecond, System.nanoTime());
    this.empty = new RateWindow(limits.maxResetsPerSecond, System.nanoTime());
    this.ended = handler.connection().newKey();
  }

  /**
   * Puts a guard into a connection.
   *
   * @param calmed is told which client was told to calm down, and why
   */
  static void watch(
      GrpcHttp2ConnectionHandler handler,
      ConnectionLimits limits,
      BiConsumer<SocketAddress, String> calmed) {
    FrameGuard guard = new FrameGuard(handler, limits);
    handler.decoder().frameListener(guard);
    handler
        .connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onGoAwaySent(int lastStream, long error, ByteBuf why) {
                if (error == Http2Error.ENHANCE_YOUR_CALM.code()) {
                  calmed.accept(guard.peer(), why.toString(StandardCharsets.UTF_8));
                }
                if (error != Http2Error.NO_ERROR.code()) {
                  guard.comesToItsEnd();
                }
              }
            });
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    if (context == null) {
      context = ctx;
      scheduleResets();
    } else {
      countEmpty();
    }
    super.onSettingsRead(ctx, settings);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int padding,
      boolean endOfStream)
      throws Http2Exception {
    countRequest();
    super.onHeadersRead(ctx, streamId, headers, padding, endOfStream);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endOfStream)
      throws Http2Exception {
    countRequest();
    super.onHeadersRead(
        ctx, streamId, headers, streamDependency, weight, exclusive, padding, endOfStream);
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
      throws Http2Exception {
    if (!data.isReadable() && !endOfStream) {
      countEmpty();
    }
    return super.onDataRead(ctx, streamId, data, padding, endOfStream);
  }

  @Override
  public void onPriorityRead(
      ChannelHandlerContext ctx,
      int streamId,
      int streamDependency,
      short weight,
      boolean exclusive)
      throws Http2Exception {
    countEmpty();
    super.onPriorityRead(ctx, streamId, streamDependency, weight, exclusive);
  }

  @Override
  public void onUnknownFrame(
      ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload)
      throws Http2Exception {
    countEmpty();
    super.onUnknownFrame(ctx, frameType, streamId, flags, payload);
  }

  private void countRequest() throws Http2Exception {
    count(requests, "too_many_requests");
  }

  private void countEmpty() throws Http2Exception {
    count(empty, "too_many_empty_frames");
  }

  private static void count(RateWindow window, String why) throws Http2Exception {
    if (window.exceeded(System.nanoTime())) {
      throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, why);
    }
  }

  private SocketAddress peer() {
    return context == null ? null : context.channel().remoteAddress();
  }

  private void comesToItsEnd() {
    if (context != null) {
      context.pipeline().get(TurnHandler.class).linger();
      // From here outward: the handler itself would wait until the client has taken all.
      context.executor().schedule(() -> context.close(), GRACE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void scheduleResets() {
    context.executor().schedule(this::resetEnded, GRACE_SECONDS, TimeUnit.SECONDS);
  }

  /** Resets the streams that the server had ended when this was done last. */
  private Void resetEnded() throws Http2Exception {
    if (!context.channel().isOpen()) {
      return null;
    }
    List<Integer> overdue = new ArrayList<>();
    handler
        .connection()
        .forEachActiveStream(
            stream -> {
              if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL
                  && stream.setProperty(ended, true) != null) {
                overdue.add(stream.id());
              }
              return true;
            });
    for (int stream : overdue) {
      // What fails here fails because the connection has ended, and its streams with it.
      var unused =
          handler.resetStream(context, stream, Http2Error.NO_ERROR.code(), context.newPromise());
    }
    if (!overdue.isEmpty()) {
      context.flush();
    }
    scheduleResets();
    return null;
  }
}
