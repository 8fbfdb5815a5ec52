package org.stjem.acoustic.serving;

import io.grpc.Status;
import org.stjem.frontend.io.StjemException;

/** A server did not answer as asked; the message names the server, the status and its sentence. */
public final class ScoringException extends StjemException {
  private static final long serialVersionUID = 1L;

  private final Status.Code code;

  ScoringException(Status.Code code, String message) {
    super(message);
    this.code = code;
  }

  private ScoringException(String server, Status status) {
    super("server " + server + ": " + sentence(status), status.getCause());
    this.code = status.getCode();
  }

  static ScoringException of(String server, Throwable fault) {
    return new ScoringException(server, Status.fromThrowable(fault));
  }

  Status.Code code() {
    return code;
  }

  /**
   * Whether the same request may succeed later, on this server or one that replaces it. A proxy
   * tells of a server that died under a stream by INTERNAL or UNKNOWN, codes of servers that cannot
   * score an utterance.
   */
  public boolean isTransient() {
    return switch (code) {
      case UNAVAILABLE,
          RESOURCE_EXHAUSTED,
          CANCELLED,
          ABORTED,
          DEADLINE_EXCEEDED,
          DATA_LOSS,
          INTERNAL,
          UNKNOWN ->
          true;
      default -> false;
    };
  }

  /**
   * Whether only the utterance is at fault, so that others can still be scored; if {@link
   * #isTransient} too, once it has failed repeatedly.
   */
  public boolean isOfUtterance() {
    return switch (code) {
      case INVALID_ARGUMENT, INTERNAL, UNKNOWN, OUT_OF_RANGE -> true;
      default -> false;
    };
  }

  private static String sentence(Status status) {
    StringBuilder text = new StringBuilder(status.getCode().name());
    if (status.getDescription() != null) {
      text.append(": ").append(status.getDescription());
    }
    if (status.getCause() != null && status.getCause().getMessage() != null) {
      text.append(" (").append(NetworkFault.reason(status.getCause())).append(')');
    }
    return text.toString();
  }
}
