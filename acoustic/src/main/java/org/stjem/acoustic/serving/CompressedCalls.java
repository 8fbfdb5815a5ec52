package org.stjem.acoustic.serving;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import org.stjem.acoustic.network.FairExecutor;

/**
 * Keeps calls of compressed messages off the threads of the network: a few kilobytes can inflate to
 * the largest message there may be. Clients take turns at the threads that do it.
 */
final class CompressedCalls implements ServerCallExecutorSupplier, AutoCloseable {
  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private final FairExecutor<ClientIdentity> threads =
      new FairExecutor<>(
          Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
          new DefaultThreadFactory("inflate", true));

  @Override
  public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
    String encoding = headers.get(ENCODING);
    boolean plain = encoding == null || encoding.equals("identity");
    return plain ? null : threads.of(CallGuard.clientOfConnection(call));
  }

  @Override
  public void close() {
    threads.close();
  }
}
