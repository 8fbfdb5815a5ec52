package org.stjem.acoustic.serving;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreStart;

/**
 * Scores a table of features with a server, several utterances at a time, and hands the scores on
 * in the order of the table. Memory: the features and scores of {@code streams} utterances.
 *
 * <p>When the server goes away, or has no room, all utterances not yet handed on are sent again
 * from their first frame, after a pause that doubles from half a second to eight seconds; {@code
 * retries} failures in a row end the run.
 */
public final class TableScorer {
  private static final Logger LOG = LoggerFactory.getLogger(TableScorer.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  private final ScoringClient client;
  private final ScoreStart start;
  private final int streams;
  private final int retries;
  private final Pause pause;
  private final Deque<Job> window = new ArrayDeque<>();
  private int failuresInARow;
  private int done;
  private int failed;
  private long frames;

  /** Where the scores of each utterance go. */
  public interface Sink {
    void accept(String key, Scores scores);
  }

  /** How to let time pass. */
  interface Pause {
    void pause(Duration time) throws InterruptedException;
  }

  /**
   * What became of a table.
   *
   * @param done utterances scored
   * @param failed utterances skipped with a warning
   * @param frames frames scored
   */
  public record Result(int done, int failed, long frames) {}

  /** An utterance that was sent and is not yet handed on. */
  private static final class Job {
    final String key;
    final FloatMatrix features;
    CompletableFuture<Scores> scores;

    Job(String key, FloatMatrix features) {
      this.key = key;
      this.features = features;
    }
  }

  /**
   * Prepares a run.
   *
   * @param start what is wanted and expected; the utterance's key is filled in
   * @param streams utterances under way at the same time, at least 1
   * @param retries how often to try again in a row, 0 or more
   */
  public TableScorer(ScoringClient client, ScoreStart start, int streams, int retries) {
    this(client, start, streams, retries, time -> Thread.sleep(time.toMillis()));
  }

  TableScorer(ScoringClient client, ScoreStart start, int streams, int retries, Pause pause) {
    this.client = client;
    this.start = start;
    this.streams = streams;
    this.retries = retries;
    this.pause = pause;
  }

  /**
   * Asks the server for the model's description, waiting for the server like {@link #run} does.
   *
   * @throws ScoringException if the server stays away or has no such model
   */
  public ModelInfo modelInfo() {
    while (true) {
      try {
        ModelInfo info = client.modelInfo(start.getModelName());
        failuresInARow = 0;
        return info;
      } catch (ScoringException e) {
        if (!e.isTransient() || failuresInARow == retries) {
          throw e;
        }
        waitAfter(e);
      }
    }
  }

  /**
   * Scores the whole table. A single bad utterance is warned about and skipped.
   *
   * @throws ScoringException if the server stays away, or refuses all utterances because the model
   *     is not the expected one; the utterances before were handed on
   * @throws TableException if the table is corrupt; the utterances before were handed on
   */
  public Result run(SequentialTableReader<FloatMatrix> table, Sink sink) {
    TableException corrupt = null;
    boolean more = true;
    while (more || !window.isEmpty()) {
      while (more && window.size() < streams) {
        try {
          more = table.next();
          if (more) {
            submit(table.key(), table::value);
          }
        } catch (TableException e) {
          corrupt = e;
          more = false;
        }
      }
      if (!window.isEmpty()) {
        handOn(sink);
      }
    }
    if (corrupt != null) {
      throw corrupt;
    }
    return new Result(done, failed, frames);
  }

  private void submit(String key, Supplier<FloatMatrix> value) {
    FloatMatrix features;
    try {
      features = value.get();
    } catch (EntryException e) {
      skip(e.getMessage());
      return;
    }
    if (features.rows() == 0) {
      skip("utterance '" + key + "' has no frames");
      return;
    }
    Job job = new Job(key, features);
    send(job);
    window.add(job);
  }

  private void send(Job job) {
    job.scores = client.score(start.toBuilder().setUtteranceId(job.key).build(), job.features);
  }

  /** Waits for the oldest utterance and hands it on, or sees to it that it is tried again. */
  private void handOn(Sink sink) {
    Job job = window.getFirst();
    Scores scores;
    try {
      scores = job.scores.join();
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof ScoringException)) {
        throw e;
      }
      mend(job, (ScoringException) e.getCause());
      return;
    }
    window.removeFirst();
    failuresInARow = 0;
    done++;
    frames += job.features.rows();
    sink.accept(job.key, scores);
  }

  private void mend(Job job, ScoringException fault) {
    if (fault.isOfUtterance()) {
      window.removeFirst();
      skip(fault.getMessage());
      return;
    }
    String sentence = "utterance '" + job.key + "' was not scored: " + fault.getMessage();
    if (!fault.isTransient() || failuresInARow == retries) {
      throw new StjemException(
          sentence
              + "; gave up after "
              + (failuresInARow + 1)
              + " attempts, "
              + done
              + " utterances were written",
          fault);
    }
    waitAfter(fault);
    for (Job waiting : window) {
      if (waiting.scores.isCompletedExceptionally()) {
        send(waiting);
      }
    }
  }

  private void waitAfter(ScoringException fault) {
    Duration time = FIRST_PAUSE.multipliedBy(1L << Math.min(failuresInARow, 10));
    if (time.compareTo(LONGEST_PAUSE) > 0) {
      time = LONGEST_PAUSE;
    }
    failuresInARow++;
    LOG.warn(
        "{}; trying again in {} s ({} of {})",
        fault.getMessage(),
        time.toMillis() / 1000.0,
        failuresInARow,
        retries);
    try {
      pause.pause(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StjemException("interrupted while waiting for " + client.server(), e);
    }
    client.reconnect();
  }

  private void skip(String sentence) {
    LOG.warn("{}", sentence);
    failed++;
  }
}
