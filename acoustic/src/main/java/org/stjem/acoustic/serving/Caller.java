package org.stjem.acoustic.serving;

import io.grpc.Context;
import io.grpc.Status;

/** Who makes a call, and what became of its messages. Thread-safe. */
final class Caller {
  private static final Context.Key<Caller> CURRENT =
      Context.keyWithDefault("caller", new Caller("unknown", ClientIdentity.UNKNOWN));

  private final String peer;
  private final ClientIdentity client;
  private volatile Status unreadable;

  /**
   * A caller.
   *
   * @param peer address of the client
   * @param client who it is
   */
  Caller(String peer, ClientIdentity client) {
    this.peer = peer;
    this.client = client;
  }

  /** That of the call this thread works for. */
  static Caller current() {
    return CURRENT.get();
  }

  /** A context in which this is the caller. */
  Context context() {
    return Context.current().withValue(CURRENT, this);
  }

  String peer() {
    return peer;
  }

  ClientIdentity client() {
    return client;
  }

  /** Notes that a message could not be read, before the call is cancelled for it. */
  void sentUnreadable(Status status) {
    unreadable = status;
  }

  /** Why the call is cancelled: a message that could not be read, or the client's wish. */
  Status cancellation() {
    return unreadable == null ? Status.CANCELLED : unreadable;
  }
}
