package org.stjem.acoustic.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Turns at one thread of the network, whose rounds are made by the test. */
class ReadTurnsTest {
  private static final ClientAddress GREEDY = new ClientAddress("192.0.2.1");
  private static final ClientAddress OTHER = new ClientAddress("192.0.2.2");

  private final Deque<Runnable> rounds = new ArrayDeque<>();
  private final ReadTurns turns = new ReadTurns(rounds::add);
  private final List<String> order = new ArrayList<>();
  private final List<EmbeddedChannel> channels = new ArrayList<>();

  /** What stands behind the turns: notes whose bytes come, and takes its time for each piece. */
  private final class Costly extends ChannelInboundHandlerAdapter {
    final String name;
    final long nanos;
    final ByteBuf received = Unpooled.buffer();
    int pieces;

    Costly(String name, long nanos) {
      this.name = name;
      this.nanos = nanos;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf piece = (ByteBuf) message;
      long end = System.nanoTime() + nanos;
      received.writeBytes(piece);
      piece.release();
      pieces++;
      order.add(name);
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }
  }

  private EmbeddedChannel connection(ClientAddress address, Costly behind) {
    EmbeddedChannel channel = new EmbeddedChannel(new TurnHandler(address, any -> turns), behind);
    channels.add(channel);
    return channel;
  }

  @AfterEach
  void close() {
    channels.forEach(EmbeddedChannel::close);
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private void rounds() {
    while (!rounds.isEmpty()) {
      rounds.remove().run();
    }
  }

  @Test
  void channelRead_cheapBytes_goOnAtOnce() {
    Costly behind = new Costly("a", 0);
    EmbeddedChannel channel = connection(OTHER, behind);
    channel.writeInbound(Unpooled.wrappedBuffer(bytes(1000)));
    assertThat(behind.received.readableBytes()).isEqualTo(1000);
    assertThat(rounds).isEmpty();
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void channelRead_costlyBytes_goOnInTurnsAndInOrder() {
    Costly behind = new Costly("a", ReadTurns.TURN_NANOS);
    EmbeddedChannel channel = connection(OTHER, behind);
    byte[] sent = bytes(100_000);
    channel.writeInbound(Unpooled.wrappedBuffer(sent, 0, 60_000));
    assertThat(behind.pieces).isEqualTo(1);
    assertThat(channel.config().isAutoRead()).as("reads on").isFalse();
    channel.writeInbound(Unpooled.wrappedBuffer(Arrays.copyOfRange(sent, 60_000, 100_000)));
    assertThat(behind.pieces).isEqualTo(1);
    rounds();
    assertThat(behind.pieces).isGreaterThan(10);
    assertThat(behind.received).isEqualTo(Unpooled.wrappedBuffer(sent));
    assertThat(channel.config().isAutoRead()).as("reads on").isTrue();
  }

  @Test
  void takeTurn_addressWithManyConnections_delaysAnotherByOneTurn() {
    List<EmbeddedChannel> greedy = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      greedy.add(connection(GREEDY, new Costly("greedy", ReadTurns.TURN_NANOS)));
    }
    greedy.forEach(channel -> channel.writeInbound(Unpooled.wrappedBuffer(bytes(20_000))));
    EmbeddedChannel other = connection(OTHER, new Costly("other", 0));
    order.clear();
    other.writeInbound(Unpooled.wrappedBuffer(bytes(100)));
    assertThat(order).isEmpty();
    rounds.remove().run();
    rounds.remove().run();
    assertThat(order).contains("other").hasSizeLessThanOrEqualTo(2);
    rounds();
  }

  @Test
  void channelInactive_withoutItsTurn_dropsTheRest() {
    Costly behind = new Costly("a", ReadTurns.TURN_NANOS);
    EmbeddedChannel channel = connection(OTHER, behind);
    ByteBuf sent = Unpooled.wrappedBuffer(bytes(100_000));
    channel.writeInbound(sent);
    channel.close();
    assertThat(sent.refCnt()).isZero();
    rounds();
    assertThat(behind.pieces).isEqualTo(1);
  }
}
