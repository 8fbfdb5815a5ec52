package org.stjem.acoustic.network;

import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network side of a server: a thread that accepts connections, as many as there are cores that
 * read from them, and what keeps a client from taking these threads, connections or streams from
 * the others. To be closed after the server has ended.
 */
public final class ServerNetwork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerNetwork.class);

  /** Time for the threads to end. */
  private static final int CLOSE_SECONDS = 1;

  private final ConnectionLimits limits;
  private final Duration silence;
  private final Consumer<String> limited;
  private final AcceptQueue accepted;
  private final Map<EventLoop, ReadTurns> turns = new ConcurrentHashMap<>();
  private final EventLoopGroup acceptor;
  private final EventLoopGroup readers;

  /**
   * Starts the threads.
   *
   * @param silence time after which a connection without a byte from its client is closed
   * @param limited is told the name of the limit whenever a connection is refused or ended
   */
  public ServerNetwork(ConnectionLimits limits, Duration silence, Consumer<String> limited) {
    this.limits = limits;
    this.silence = silence;
    this.limited = limited;
    this.accepted = new AcceptQueue(limits, this::takeUp, this::refused);
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    acceptor = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("accept", true), io);
    readers =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(),
            new DefaultThreadFactory("network", true),
            io);
  }

  /** A server that listens through this; services and the like are for the caller to add. */
  public NettyServerBuilder listen(SocketAddress address, ServerCredentials credentials) {
    return NettyServerBuilder.forAddress(address, guarded(credentials))
        .bossEventLoopGroup(acceptor)
        .workerEventLoopGroup(readers)
        .channelFactory(this::newServerChannel)
        .withChildOption(ChannelOption.ALLOCATOR, MessageMemory.ALLOCATOR)
        .maxConcurrentCallsPerConnection(limits.maxStreamsPerConnection)
        .maxRstFramesPerWindow(limits.maxResetsPerSecond, 1);
  }

  /** Connections that are open or wait to be taken up. */
  public int connections() {
    return accepted.connections();
  }

  private ServerChannel newServerChannel() {
    ServerChannel channel =
        Epoll.isAvailable() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    channel.pipeline().addLast(accepted);
    return channel;
  }

  private void takeUp(ClientAddress address, Channel connection) {
    connection
        .pipeline()
        .addLast(
            new SilenceHandler(silence, () -> ended(connection.remoteAddress(), "silence")),
            new TurnHandler(address, thread -> turns.computeIfAbsent(thread, ReadTurns::at)));
  }

  private void refused(ClientAddress address, String limit) {
    limited.accept(limit);
    LOG.info("event=connection-refused peer={} limit={}", address, limit);
  }

  private void ended(SocketAddress peer, String limit) {
    limited.accept(limit);
    LOG.info("event=connection-ended peer={} limit={}", peer, limit);
  }

  private void calmed(SocketAddress peer, String limit) {
    if (peer != null) {
      accepted.calm(ClientAddress.of(peer));
    }
    ended(peer, limit);
  }

  private ServerCredentials guarded(ServerCredentials credentials) {
    InternalProtocolNegotiator.ServerFactory given =
        InternalNettyServerCredentials.toNegotiator(credentials);
    InternalProtocolNegotiator.ServerFactory factory =
        offload -> new Guarded(given.newNegotiator(offload));
    return InternalNettyServerCredentials.create(factory);
  }

  /** Puts a guard into each connection before anything of it has been read. */
  private final class Guarded implements InternalProtocolNegotiator.ProtocolNegotiator {
    private final InternalProtocolNegotiator.ProtocolNegotiator given;

    Guarded(InternalProtocolNegotiator.ProtocolNegotiator given) {
      this.given = given;
    }

    @Override
    public AsciiString scheme() {
      return given.scheme();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
      FrameGuard.watch(handler, limits, ServerNetwork.this::calmed);
      return given.newHandler(handler);
    }

    @Override
    public void close() {
      given.close();
    }
  }

  @Override
  public void close() {
    Future<?> accepting = acceptor.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    Future<?> reading = readers.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    // Both at once, and no longer: they keep no process from ending.
    accepting.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    reading.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
