package org.stjem.acoustic.network;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.ChannelDuplexHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelPromise;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Stands first in a connection and hands on what it received a little at a time, in its turns, so
 * that what a client sends never holds the network thread for long, whatever it costs to decrypt,
 * parse and answer. Reads no more from the network while some is left.
 */
final class TurnHandler extends ChannelDuplexHandler implements ReadTurns.Reader {
  private static final int SMALLEST_PIECE = 256;
  private static final int LARGEST_PIECE = 64 << 10;

  /** Time for a client to take the last words. */
  private static final long LINGER_SECONDS = 1;

  /** Pieces of a turn, so that a turn is not much longer than it should be. */
  private static final int PIECES = 4;

  private final ClientAddress address;
  private final Function<EventLoop, ReadTurns> turnsOf;
  private ReadTurns turns;
  private ChannelHandlerContext context;

  /** Received and not yet handed on; null if nothing is. */
  private ByteBuf rest;

  private boolean waits;

  /** Whether the connection is at its end: nothing is read any more. */
  private boolean lingers;

  /** What a byte of this connection costs, a guess at first. */
  private double nanosPerByte = 100;

  TurnHandler(ClientAddress address, Function<EventLoop, ReadTurns> turnsOf) {
    this.address = address;
    this.turnsOf = turnsOf;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    turns = turnsOf.apply(ctx.channel().eventLoop());
  }

  /**
   * Reads no more, and closes the connection, when it is to be closed, a little later: the system
   * would throw away the last words to a client that has sent what nobody reads.
   */
  void linger() {
    lingers = true;
    context.channel().config().setAutoRead(false);
    drop();
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (lingers) {
      ctx.executor().schedule(() -> ctx.close(promise), LINGER_SECONDS, TimeUnit.SECONDS);
    } else {
      ctx.close(promise);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf received = (ByteBuf) message;
    if (lingers) {
      received.release();
      return;
    }
    if (rest != null) {
      rest = Unpooled.wrappedBuffer(rest, received);
      return;
    }
    rest = received;
    if (turns.nobodyWaits()) {
      takeTurn();
    } else {
      waitForTurn();
    }
  }

  private void waitForTurn() {
    waits = true;
    context.channel().config().setAutoRead(false);
    turns.add(address, this);
  }

  @Override
  public void takeTurn() {
    waits = false;
    long start = System.nanoTime();
    long spent = 0;
    while (rest != null && spent < ReadTurns.TURN_NANOS) {
      int bytes = Math.min(rest.readableBytes(), piece());
      ByteBuf piece = rest.readRetainedSlice(bytes);
      if (!rest.isReadable()) {
        drop();
      }
      context.fireChannelRead(piece);
      long now = System.nanoTime() - start;
      nanosPerByte += (((double) now - spent) / Math.max(1, bytes) - nanosPerByte) / PIECES;
      spent = now;
    }
    context.fireChannelReadComplete();
    if (rest != null) {
      waitForTurn();
    } else if (!lingers && !context.channel().config().isAutoRead()) {
      context.channel().config().setAutoRead(true);
    }
  }

  private int piece() {
    double fitting = ReadTurns.TURN_NANOS / (PIECES * Math.max(nanosPerByte, 1e-3));
    return (int) Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, fitting));
  }

  private void drop() {
    if (rest != null) {
      rest.release();
      rest = null;
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // A turn ends with its own.
    if (!waits) {
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (!waits && !lingers) {
      ctx.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    drop();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    drop();
  }
}
