package org.stjem.acoustic.serving;

import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreStart;

/**
 * What is known about a stream for the log and the metrics. At its end one line {@code event=stream
 * stream=N status=... key=value...} is logged: a warning if the server is at fault, for debugging
 * if all went well.
 */
final class StreamRecord {
  private static final Logger LOG = LoggerFactory.getLogger(StreamRecord.class);
  private static final int MAX_SESSION = 256;
  private static final int MAX_UTTERANCE = 1024;

  private final long id;
  private final String peer;
  private final ClientIdentity client;
  private final long opened;
  private String session = "";
  private String utterance = "";
  private String model = "";

  /**
   * A stream that opens.
   *
   * @param id the server's number of it
   * @param peer address and port of the client
   * @param client who it is
   * @param now nanoseconds
   */
  StreamRecord(long id, String peer, ClientIdentity client, long now) {
    this.id = id;
    this.peer = peer;
    this.client = client;
    this.opened = now;
  }

  long id() {
    return id;
  }

  ClientIdentity client() {
    return client;
  }

  /** Empty before the start message. */
  String session() {
    return session;
  }

  /**
   * Takes the names in a start message.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if one is too long
   */
  void started(ScoreStart start) {
    check("session_id", start.getSessionId(), MAX_SESSION);
    check("utterance_id", start.getUtteranceId(), MAX_UTTERANCE);
    session = start.getSessionId();
    utterance = start.getUtteranceId();
  }

  private static void check(String field, String value, int limit) {
    if (value.length() > limit) {
      throw Status.INVALID_ARGUMENT
          .withDescription(field + " has " + value.length() + " characters, the limit is " + limit)
          .asRuntimeException();
    }
  }

  void scoredBy(ModelInfo info) {
    model = info.getName() + ":" + info.getVersion();
  }

  /**
   * Logs the end.
   *
   * @param status OK, or why there was no final message
   * @param frames frames received
   * @param now nanoseconds
   */
  void ended(Status status, long frames, long now) {
    String line =
        "event=stream stream="
            + id
            + " status="
            + status.getCode()
            + " model="
            + ClientText.quoted(model)
            + " session="
            + ClientText.quoted(session)
            + " utterance="
            + ClientText.quoted(utterance)
            + " peer="
            + peer
            + " frames="
            + frames
            + " seconds="
            + (now - opened) / 1_000_000 / 1e3
            + (status.getDescription() == null
                ? ""
                : " reason="
                    + ClientText.quoted(status.getDescription(), ClientText.MOST_OF_A_SENTENCE));
    switch (status.getCode()) {
      case INTERNAL, UNKNOWN -> {
        LOG.error(line);
        LOG.debug("trace", status.getCause());
      }
      case OK, CANCELLED -> LOG.debug(line);
      default -> LOG.info(line);
    }
  }
}
