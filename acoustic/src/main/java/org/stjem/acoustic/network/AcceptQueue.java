package org.stjem.acoustic.network;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFutureListener;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Takes up new connections no faster than the limit says, addresses in turn, and refuses those
 * beyond the limits of their number. Those of an address whose client was told to calm down wait
 * for a while, or it would go on at once on a new one. Stands in the listening channel; used by its
 * thread, but for the ends of connections.
 */
final class AcceptQueue extends ChannelInboundHandlerAdapter {
  /** Connections that may be taken up at once, by those of a second. */
  private static final double BURST = 0.2;

  /** Of {@code linux/tcp_states.h}. */
  private static final int TCP_ESTABLISHED = 1;

  /** How long an address waits after it was told to calm down. */
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Least time between two searches for connections that their clients have closed. */
  private static final long DROP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final ConnectionLimits limits;
  private final BiConsumer<ClientAddress, Channel> takeUp;
  private final BiConsumer<ClientAddress, String> refused;
  private final FairQueue<ClientAddress, Channel> waiting = new FairQueue<>();

  /** Guarded by itself: connections that wait or are open. */
  private final Map<ClientAddress, Integer> connections = new HashMap<>();

  /** Guarded by {@link #connections}. */
  private int total;

  private final CoolDown coolDown = new CoolDown(CALM_NANOS);

  /** Not taken up yet, whether they wait for their turn or until they are calm. */
  private final Set<Channel> notTakenUp = new HashSet<>();

  private long droppedAt;
  private double mayTakeUp;
  private long countedAt;
  private boolean scheduled;

  /**
   * An empty queue.
   *
   * @param takeUp prepares a connection
   * @param refused is told which limit a connection was beyond
   */
  AcceptQueue(
      ConnectionLimits limits,
      BiConsumer<ClientAddress, Channel> takeUp,
      BiConsumer<ClientAddress, String> refused) {
    this.limits = limits;
    this.takeUp = takeUp;
    this.refused = refused;
    this.mayTakeUp = burst();
    this.countedAt = System.nanoTime();
    this.droppedAt = countedAt - DROP_NANOS;
  }

  private double burst() {
    return Math.max(1, BURST * limits.maxNewConnectionsPerSecond);
  }

  /** Connections that wait or are open. */
  int connections() {
    synchronized (connections) {
      return total;
    }
  }

  /** Lets new connections of an address wait from now on for a while. Thread-safe. */
  void calm(ClientAddress address) {
    coolDown.begin(address, System.nanoTime());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel connection = (Channel) message;
    ClientAddress address = ClientAddress.of(connection.remoteAddress());
    String beyond = countIn(address);
    if (beyond != null && dropGone()) {
      beyond = countIn(address);
    }
    if (beyond != null) {
      connection.unsafe().closeForcibly();
      refused.accept(address, beyond);
      return;
    }
    notTakenUp.add(connection);
    enter(ctx, address, connection);
  }

  private void enter(ChannelHandlerContext ctx, ClientAddress address, Channel connection) {
    waiting.add(address, connection);
    takeUp(ctx);
  }

  /** Counts a connection, or returns the limit it is beyond. */
  private String countIn(ClientAddress address) {
    synchronized (connections) {
      if (total >= limits.maxConnections) {
        return "max-connections";
      }
      int ofAddress = connections.getOrDefault(address, 0);
      if (ofAddress >= limits.maxConnectionsPerAddress) {
        return "max-connections-per-address";
      }
      connections.put(address, ofAddress + 1);
      total++;
      return null;
    }
  }

  private void countOut(ClientAddress address) {
    synchronized (connections) {
      connections.merge(address, -1, (count, one) -> count == 1 ? null : count + one);
      total--;
    }
  }

  private void takeUp(ChannelHandlerContext ctx) {
    long now = System.nanoTime();
    double perNano = limits.maxNewConnectionsPerSecond / 1e9;
    mayTakeUp = Math.min(burst(), mayTakeUp + (now - countedAt) * perNano);
    countedAt = now;
    while (mayTakeUp >= 1 && !waiting.isEmpty()) {
      takeUpNext(ctx);
    }
    if (!waiting.isEmpty() && !scheduled) {
      scheduled = true;
      long wait = (long) ((1 - mayTakeUp) / perNano);
      ctx.executor().schedule(() -> takeUpScheduled(ctx), wait, TimeUnit.NANOSECONDS);
    }
  }

  private void takeUpScheduled(ChannelHandlerContext ctx) {
    scheduled = false;
    takeUp(ctx);
  }

  private void takeUpNext(ChannelHandlerContext ctx) {
    Channel connection = waiting.poll();
    if (!notTakenUp.contains(connection)) {
      // Dropped while it waited until it was calm.
      return;
    }
    ClientAddress address = ClientAddress.of(connection.remoteAddress());
    long calm = coolDown.left(address, System.nanoTime());
    if (calm > 0) {
      ctx.executor().schedule(() -> enter(ctx, address, connection), calm, TimeUnit.NANOSECONDS);
      return;
    }
    notTakenUp.remove(connection);
    if (isGone(connection)) {
      drop(connection);
      return;
    }
    mayTakeUp--;
    takeUp.accept(address, connection);
    ctx.fireChannelRead(connection);
    // Only now does it have a thread, which tells of its end.
    connection.closeFuture().addListener((ChannelFutureListener) closed -> countOut(address));
  }

  /** Makes room by dropping connections that were closed while they waited, but not too often. */
  private boolean dropGone() {
    long now = System.nanoTime();
    if (now - droppedAt < DROP_NANOS) {
      return false;
    }
    droppedAt = now;
    Set<Channel> gone = notTakenUp.stream().filter(AcceptQueue::isGone).collect(Collectors.toSet());
    notTakenUp.removeAll(gone);
    waiting.removeIf(gone::contains);
    gone.forEach(this::drop);
    return !gone.isEmpty();
  }

  private void drop(Channel connection) {
    ClientAddress address = ClientAddress.of(connection.remoteAddress());
    connection.unsafe().closeForcibly();
    countOut(address);
  }

  /** Whether its client has closed a connection while it waited; known with epoll only. */
  private static boolean isGone(Channel connection) {
    return connection instanceof EpollSocketChannel socket
        && socket.tcpInfo().state() != TCP_ESTABLISHED;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    notTakenUp.forEach(connection -> connection.unsafe().closeForcibly());
    ctx.fireChannelInactive();
  }
}
