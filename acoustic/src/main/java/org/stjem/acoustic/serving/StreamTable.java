package org.stjem.acoustic.serving;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.stjem.proto.v1.ScoreStart;

/** The streams of a server that are open, up to a limit. Thread-safe. */
final class StreamTable {
  private final int maxStreams;
  private final int maxStreamsPerClient;
  private final ClientStreams clients = new ClientStreams();
  private final Set<ScoreStream> open = new HashSet<>();
  private final Map<String, ScoreStream> sessions = new HashMap<>();
  private long lastId;

  /** Calls whose last message has not left yet, with those of the open streams. */
  private int calls;

  /**
   * An empty table.
   *
   * @param maxStreams open at the same time
   * @param maxStreamsPerClient of these, open by one client
   */
  StreamTable(int maxStreams, int maxStreamsPerClient) {
    this.maxStreams = maxStreams;
    this.maxStreamsPerClient = maxStreamsPerClient;
  }

  /**
   * Counts a call in, unless there are too many: streams being scored, or with as many again calls
   * whose clients do not take their last messages. No client may have all of either.
   *
   * @return the number of the new stream
   * @throws StatusRuntimeException RESOURCE_EXHAUSTED
   */
  synchronized long admit(ClientIdentity client) {
    if (clients.streams(client) >= maxStreamsPerClient) {
      throw full(
          "this client has " + maxStreamsPerClient + " streams already, the limit for each client");
    }
    if (clients.calls(client) >= 2 * maxStreamsPerClient) {
      throw full(
          "this client does not take the last messages of its streams, "
              + clients.calls(client)
              + " of them");
    }
    if (open.size() >= maxStreams) {
      throw full("the server scores " + maxStreams + " streams already, its limit");
    }
    if (calls >= 2 * maxStreams) {
      throw full("the clients of too many streams, " + calls + ", do not take their last messages");
    }
    calls++;
    clients.addCall(client, 1);
    lastId++;
    return lastId;
  }

  private static StatusRuntimeException full(String sentence) {
    return Status.RESOURCE_EXHAUSTED
        .withDescription(sentence + "; try again later")
        .asRuntimeException();
  }

  /** Enters a stream that was admitted. */
  synchronized void add(ScoreStream stream) {
    open.add(stream);
    clients.addStream(stream.client(), 1);
  }

  /**
   * Gives a session to a stream.
   *
   * @param start what the stream's client asks for
   * @return the stream that had it
   * @throws StatusRuntimeException ALREADY_EXISTS if another one has it and keeps it,
   *     PERMISSION_DENIED if it is another client's, INVALID_ARGUMENT if the client says it has
   *     rows that were not sent
   */
  synchronized Optional<ScoreStream> claim(ScoreStart start, ScoreStream stream) {
    String session = start.getSessionId();
    if (session.isEmpty()) {
      return Optional.empty();
    }
    ScoreStream holder = sessions.get(session);
    if (holder != null && !start.getResume()) {
      throw Status.ALREADY_EXISTS
          .withDescription("another stream of session '" + ClientText.shown(session) + "' is open")
          .asRuntimeException();
    }
    if (holder != null) {
      holder.session().requireResumable(stream.client(), start);
    }
    sessions.put(session, stream);
    return Optional.ofNullable(holder);
  }

  /** Takes a stream out that is scored no more. */
  synchronized void remove(String session, ScoreStream stream) {
    if (open.remove(stream)) {
      clients.addStream(stream.client(), -1);
    }
    sessions.remove(session, stream);
  }

  /** Counts a call out that is over. */
  synchronized void callEnded(ClientIdentity client) {
    calls--;
    clients.addCall(client, -1);
    notifyAll();
  }

  /** Streams being scored now. */
  synchronized int size() {
    return open.size();
  }

  /** Ends the streams of clients that have not moved for too long. */
  void endIdle() {
    all().forEach(ScoreStream::endIfIdle);
  }

  /** Ends all streams, because the server stops. */
  void endAll() {
    all().forEach(ScoreStream::cutOff);
  }

  private synchronized List<ScoreStream> all() {
    return List.copyOf(open);
  }

  /**
   * Waits until the last message of every call has left; of use when no new ones come.
   *
   * @return false if some had not after {@code limit}
   */
  synchronized boolean awaitEnd(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (calls > 0) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }
}
