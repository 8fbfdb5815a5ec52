package org.stjem.acoustic.serving;

import java.util.HashMap;
import java.util.Map;

/** How many streams and calls each client has. Not thread-safe. */
final class ClientStreams {
  private final Map<ClientIdentity, Count> counts = new HashMap<>();

  private static final class Count {
    private int streams;
    private int calls;
  }

  /** Streams of a client that are being scored. */
  int streams(ClientIdentity client) {
    Count count = counts.get(client);
    return count == null ? 0 : count.streams;
  }

  /** Calls of a client whose last message has not left yet, with those of its streams. */
  int calls(ClientIdentity client) {
    Count count = counts.get(client);
    return count == null ? 0 : count.calls;
  }

  void addStream(ClientIdentity client, int more) {
    of(client).streams += more;
    dropIfNone(client);
  }

  void addCall(ClientIdentity client, int more) {
    of(client).calls += more;
    dropIfNone(client);
  }

  private Count of(ClientIdentity client) {
    return counts.computeIfAbsent(client, any -> new Count());
  }

  private void dropIfNone(ClientIdentity client) {
    Count count = counts.get(client);
    if (count.streams == 0 && count.calls == 0) {
      counts.remove(client);
    }
  }
}
