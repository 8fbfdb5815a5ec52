package org.stjem.acoustic.serving;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.ByteText;
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
 * <p>When a server goes away, or has no room, the utterances it did not finish go on from their
 * first missing row, there or on another server of the same model, after a pause that doubles from
 * half a second to eight seconds; {@code retries} failures in a row without a new row end the run.
 */
public final class TableScorer {
  private static final Logger LOG = LoggerFactory.getLogger(TableScorer.class);

  /**
   * How often an utterance is tried again that may itself be at fault: two servers behind a proxy
   * may die under it, more is unlikely.
   */
  private static final int MOST_DOUBTFUL_FAULTS = 2;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  private final ScoringClient client;
  private final int streams;
  private final int retries;
  private final Pause pause;
  private final Deque<Job> window = new ArrayDeque<>();

  /** Tells this run's sessions from those of others; the scores do not depend on it. */
  private final String run = UUID.randomUUID().toString();

  private long sent;
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
    final UtteranceScores arrived;
    int rowsAtLastFault;
    int doubtfulFaults;
    CompletableFuture<Scores> scores;

    Job(String key, UtteranceScores arrived) {
      this.key = key;
      this.arrived = arrived;
    }
  }

  /**
   * Prepares a run.
   *
   * @param streams utterances under way at the same time, at least 1
   * @param retries how often to try again in a row, 0 or more
   */
  public TableScorer(ScoringClient client, int streams, int retries) {
    this(client, streams, retries, time -> Thread.sleep(time.toMillis()));
  }

  TableScorer(ScoringClient client, int streams, int retries, Pause pause) {
    this.client = client;
    this.streams = streams;
    this.retries = retries;
    this.pause = pause;
  }

  /**
   * Asks the server for the model's description, waiting for the server like {@link #run} does.
   *
   * @param model NAME or NAME:VERSION, empty for the server's default
   * @throws ScoringException if the server stays away or has no such model
   */
  public ModelInfo modelInfo(String model) {
    while (true) {
      try {
        ModelInfo info = client.modelInfo(model);
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
   * @param start what is wanted and expected; the utterance's key is filled in
   * @throws StjemException if the server stays away, or refuses all utterances because the model is
   *     not the expected one; the utterances before were handed on
   * @throws TableException if the table is corrupt; the utterances before were handed on
   */
  public Result run(ScoreStart start, SequentialTableReader<FloatMatrix> table, Sink sink) {
    TableException corrupt = null;
    boolean more = true;
    while (more || !window.isEmpty()) {
      if (!more || window.size() == streams || oldestIsDone()) {
        handOn(sink);
        continue;
      }
      try {
        more = table.next();
        if (more) {
          submit(start, table.key(), table::value);
        }
      } catch (TableException e) {
        corrupt = e;
        more = false;
      }
    }
    if (corrupt != null) {
      throw corrupt;
    }
    return new Result(done, failed, frames);
  }

  private boolean oldestIsDone() {
    return !window.isEmpty() && window.getFirst().scores.isDone();
  }

  private void submit(ScoreStart start, String key, Supplier<FloatMatrix> value) {
    FloatMatrix features;
    try {
      features = value.get();
    } catch (EntryException e) {
      skip("utterance " + key + ": " + e.getMessage());
      return;
    }
    if (features.rows() == 0) {
      skip("utterance " + key + ": no frames");
      return;
    }
    ScoreStart own =
        start.toBuilder()
            .setUtteranceId(ByteText.shown(key))
            .setSessionId(run + "-" + sent++)
            .build();
    Job job = new Job(key, new UtteranceScores(own, features));
    job.scores = client.score(job.arrived);
    window.add(job);
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
    try {
      sink.accept(job.key, scores);
      done++;
      frames += job.arrived.features().rows();
    } catch (EntryException e) {
      skip("utterance " + job.key + ": " + e.getMessage());
    }
  }

  private void mend(Job job, ScoringException fault) {
    if (fault.isOfUtterance()
        && (!fault.isTransient()
            || job.doubtfulFaults == MOST_DOUBTFUL_FAULTS
            || failuresInARow == retries)) {
      window.removeFirst();
      failuresInARow = 0;
      skip("utterance " + job.key + ": " + fault.getMessage());
      return;
    }
    if (fault.isOfUtterance()) {
      job.doubtfulFaults++;
    }
    if (job.arrived.rows() > job.rowsAtLastFault) {
      failuresInARow = 0;
    }
    if (!fault.isTransient() || failuresInARow == retries) {
      String attempts =
          fault.isTransient() ? "; gave up after " + (failuresInARow + 1) + " attempts" : "";
      throw new StjemException(
          "utterance " + job.key + " was not scored: " + fault.getMessage() + attempts, fault);
    }
    waitAfter(fault);
    for (Job waiting : window) {
      if (waiting.scores.isCompletedExceptionally()) {
        waiting.rowsAtLastFault = waiting.arrived.rows();
        waiting.scores = client.score(waiting.arrived);
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
