package org.stjem.acoustic.serving;

import org.stjem.acoustic.net.ContextBuffer;

/**
 * Turns what a client sends for one utterance into the frames the model takes. Used by one thread
 * at a time.
 */
interface FrameSource {

  /**
   * Uses part of a message.
   *
   * @param from index of the first byte not yet used, below {@code chunk.data().size()}
   * @param maxFrames frames to make of it, about, at least 1
   * @return bytes used, at least 1
   */
  int read(Chunk chunk, int from, int maxFrames, ContextBuffer into);

  /**
   * Gives frames still owed after the last message.
   *
   * @param maxFrames frames to give, about, at least 1
   * @return whether more are owed
   */
  boolean finish(int maxFrames, ContextBuffer into);

  /** Frames that the bytes of a message from {@code from} on hold, about. */
  int framesIn(Chunk chunk, int from);

  /** Frames given or held back so far. */
  long frames();

  /** Frames held back that {@link #finish} will give. */
  int framesOwed();

  /** Samples of audio so far, 0 for features. */
  long samples();

  /** Frees what is held back; nothing is held back afterwards. May be called by any thread. */
  void close();
}
