package org.stjem.acoustic.cli;

import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.stjem.acoustic.serving.ScoringClient;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ScoreStart;

/** Many short utterances, a stream each, some of them at the same time. */
final class UtteranceLoad {
  private static final int AT_ONCE = 32;

  private final ScoringClient client;
  private final FloatMatrix features;
  private final AtomicReference<Throwable> fault = new AtomicReference<>();

  UtteranceLoad(ScoringClient client, int frames, int dim) {
    this.client = client;
    this.features = new FloatMatrix(frames, dim);
  }

  /**
   * Has utterances scored and waits for all of them.
   *
   * @throws StjemException if one fails
   */
  void run(int utterances) throws InterruptedException {
    Semaphore free = new Semaphore(AT_ONCE);
    for (int i = 0; i < utterances && fault.get() == null; i++) {
      free.acquire();
      client
          .score(ScoreStart.getDefaultInstance(), features)
          .whenComplete(
              (scores, failed) -> {
                if (failed != null) {
                  fault.compareAndSet(null, failed);
                }
                free.release();
              });
    }
    free.acquire(AT_ONCE);
    if (fault.get() != null) {
      Throwable cause =
          fault.get() instanceof CompletionException ? fault.get().getCause() : fault.get();
      throw new StjemException("an utterance failed: " + cause.getMessage(), cause);
    }
  }
}
