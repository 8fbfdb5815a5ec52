package org.stjem.acoustic.network;

import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelOutboundBuffer;
import io.grpc.netty.shaded.io.netty.handler.timeout.IdleState;
import io.grpc.netty.shaded.io.netty.handler.timeout.IdleStateEvent;
import io.grpc.netty.shaded.io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose client sends nothing, not even answers to pings, or takes none of what
 * waits for it, for too long. gRPC ends its streams then, but would wait for ever for the client to
 * take the news.
 */
final class SilenceHandler extends IdleStateHandler {
  private final Runnable closed;

  /**
   * For one connection.
   *
   * @param limit time without a byte; clients are asked for one in less
   * @param closed is told
   */
  SilenceHandler(Duration limit, Runnable closed) {
    super(true, limit.toMillis(), limit.toMillis(), 0, TimeUnit.MILLISECONDS);
    this.closed = closed;
  }

  @Override
  protected void channelIdle(ChannelHandlerContext ctx, IdleStateEvent event) {
    if (event.state() == IdleState.READER_IDLE || takesNothing(ctx)) {
      closed.run();
      // What gRPC wrote last and did not flush.
      ctx.channel().flush();
      ctx.close();
    }
  }

  private static boolean takesNothing(ChannelHandlerContext ctx) {
    ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
    return buffer != null && buffer.totalPendingWriteBytes() > 0;
  }
}
