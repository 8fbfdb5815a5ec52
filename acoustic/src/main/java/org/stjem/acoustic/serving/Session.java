package org.stjem.acoustic.serving;

import io.grpc.Status;
import org.stjem.proto.v1.ScoreStart;

/** Whose a stream's session is, and from where on it may be resumed. Thread-safe. */
final class Session {
  private final ClientIdentity client;
  private final ResumeSecret secret;

  /** Index of the frame behind the last row that was sent, or is about to be. */
  private volatile long nextFrame;

  /**
   * The session of a stream that begins.
   *
   * @param client whose stream it is
   * @param secret that shows that the session is this client's
   * @param nextFrame index of the frame of the stream's first row
   */
  Session(ClientIdentity client, ResumeSecret secret, long nextFrame) {
    this.client = client;
    this.secret = secret;
    this.nextFrame = nextFrame;
  }

  /** What the client is told, to show it when it resumes. */
  String secret() {
    return secret.text();
  }

  /** Notes that the rows of so many more frames are about to be sent. By one thread at a time. */
  void sending(long frames) {
    nextFrame = nextFrame + frames;
  }

  /**
   * Checks whether another stream may take this session over. Takes no lock.
   *
   * @param other client of that stream
   * @param start by which it asks for the session
   * @throws io.grpc.StatusRuntimeException PERMISSION_DENIED if it is another client's,
   *     INVALID_ARGUMENT if the client says it has rows that were not sent
   */
  void requireResumable(ClientIdentity other, ScoreStart start) {
    boolean sameCredential =
        !other.credential().isEmpty() && other.credential().equals(client.credential());
    if (!sameCredential && !secret.equalTo(start.getResumeSecret())) {
      throw Status.PERMISSION_DENIED
          .withDescription(
              "session '"
                  + ClientText.shown(start.getSessionId())
                  + "' is another client's; resume_secret of its first answer would show that it"
                  + " is this one's")
          .asRuntimeException();
    }
    if (start.getNextFrame() < 0 || start.getNextFrame() > nextFrame) {
      throw Status.INVALID_ARGUMENT
          .withDescription(
              "next_frame is "
                  + Long.toUnsignedString(start.getNextFrame())
                  + ", but rows of this session were sent up to frame "
                  + nextFrame
                  + " only")
          .asRuntimeException();
    }
  }
}
