package org.stjem.acoustic.serving;

import io.grpc.BindableService;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;

/**
 * Ends calls whose messages cannot be read, because they are too large once inflated, damaged, or
 * no message at all, with the status that the contract promises. gRPC itself takes them for faults
 * of the service.
 */
final class MessageGuard implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(MessageGuard.class);

  /** Messages as they came, so that they are parsed behind this guard. */
  private static final MethodDescriptor.Marshaller<InputStream> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(InputStream bytes) {
          return bytes;
        }

        @Override
        public InputStream parse(InputStream bytes) {
          return bytes;
        }
      };

  private MessageGuard() {}

  /** A service behind a guard. */
  static ServerServiceDefinition before(BindableService service) {
    return ServerInterceptors.intercept(
        ServerInterceptors.useMarshalledMessages(service.bindService(), BYTES), new MessageGuard());
  }

  /**
   * What inflates messages, once they are read: faults in the network's own code end in UNKNOWN.
   */
  static DecompressorRegistry decompressors() {
    return DecompressorRegistry.getDefaultInstance().with(new LateGzip(), true);
  }

  private static final class LateGzip implements Decompressor {
    @Override
    public String getMessageEncoding() {
      return "gzip";
    }

    @Override
    public InputStream decompress(InputStream packed) {
      return new InputStream() {
        private InputStream inflated;

        private InputStream inflated() throws IOException {
          if (inflated == null) {
            inflated = new GZIPInputStream(packed);
          }
          return inflated;
        }

        @Override
        public int read() throws IOException {
          return inflated().read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          return inflated().read(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
          packed.close();
        }
      };
    }
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Caller caller = Caller.current();
    ClosedOnce<Q, R> closedOnce = new ClosedOnce<>(call);
    return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(
        next.startCall(closedOnce, headers)) {
      private boolean refused;

      @Override
      public void onMessage(Q message) {
        if (refused) {
          return;
        }
        try {
          super.onMessage(message);
        } catch (RuntimeException e) {
          Status status = status(e);
          if (status == null) {
            throw e;
          }
          refused = true;
          caller.sentUnreadable(status);
          super.onCancel();
          if (!closedOnce.closed) {
            LOG.info(
                "event=message-refused status={} method={} peer={} reason={}",
                status.getCode(),
                call.getMethodDescriptor().getFullMethodName(),
                caller.peer(),
                ClientText.quoted(status.getDescription(), ClientText.MOST_OF_A_SENTENCE));
            closedOnce.close(status, new Metadata());
          }
        }
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }

      @Override
      public void onCancel() {
        if (!refused) {
          super.onCancel();
        }
      }

      @Override
      public void onComplete() {
        if (!refused) {
          super.onComplete();
        }
      }

      @Override
      public void onReady() {
        if (!refused) {
          super.onReady();
        }
      }
    };
  }

  /** Notes whether the service has closed the call itself. */
  private static final class ClosedOnce<Q, R>
      extends ForwardingServerCall.SimpleForwardingServerCall<Q, R> {
    private volatile boolean closed;

    ClosedOnce(ServerCall<Q, R> call) {
      super(call);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      closed = true;
      super.close(status, trailers);
    }
  }

  /** The status of a message that cannot be read; null for other faults. */
  private static Status status(RuntimeException fault) {
    for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
      if (cause instanceof StatusRuntimeException refusal
          && refusal.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
        return refusal.getStatus();
      }
      if (cause instanceof IOException unreadable && !(cause.getCause() instanceof IOException)) {
        return Status.INVALID_ARGUMENT.withDescription(
            "a message cannot be read: " + ClientText.shown(StjemException.reason(unreadable)));
      }
    }
    return null;
  }
}
