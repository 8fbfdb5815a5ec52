package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.stjem.acoustic.serving.SameBits.assertSameBits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreStart;

@Timeout(60)
class TableScorerTest {
  private static final ScoreStart LOGITS =
      ScoreStart.newBuilder().setKind(ScoreKind.SCORE_KIND_LOGIT).build();

  private final FakeAcousticModel model = new FakeAcousticModel(6, 20);
  private final List<Duration> pauses = new ArrayList<>();
  private final Map<String, Scores> written = new LinkedHashMap<>();
  private AcousticModelServer server;
  private ScoringClient client;

  @BeforeEach
  void serve() {
    server = serverThatCanRestart();
    client = ScoringClient.connect(ServerOptions.LOOPBACK + ":" + server.port(), Optional.empty());
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private AcousticModelServer server(int port, int maxStreams) {
    ServerOptions options = TestServers.options(maxStreams);
    options.port = port;
    return TestServers.serve(model, options);
  }

  /**
   * A server on a port below those that systems give out, so that no other program takes the port
   * while the server is away.
   */
  private AcousticModelServer serverThatCanRestart() {
    for (int port = 20_000; port < 32_000; port++) {
      try {
        return server(port, 16);
      } catch (StjemException e) {
        assertThat(e).hasMessageEndingWith("Address already in use");
      }
    }
    throw new AssertionError("all ports are in use");
  }

  private TableScorer scorer(int streams, int retries, Runnable whilePausing) {
    return new TableScorer(
        client,
        streams,
        retries,
        time -> {
          pauses.add(time);
          whilePausing.run();
        });
  }

  private FloatMatrix features(int utterance) {
    return model.features(1 + (37 * utterance) % 400, utterance);
  }

  /** Utterances u0, u1, … of which some may be broken. */
  private final class Corpus implements SequentialTableReader<FloatMatrix> {
    final int size;
    final Map<Integer, FloatMatrix> replaced = new LinkedHashMap<>();
    int unreadable = -1;
    int corruptAt = -1;
    int current = -1;

    Corpus(int size) {
      this.size = size;
    }

    @Override
    public boolean next() {
      current++;
      if (current == corruptAt) {
        throw new TableException("corrupt");
      }
      return current < size;
    }

    @Override
    public String key() {
      return "u" + current;
    }

    @Override
    public FloatMatrix value() {
      if (current == unreadable) {
        throw new EntryException("no such file");
      }
      return replaced.getOrDefault(current, features(current));
    }

    @Override
    public void close() {}
  }

  private void assertWritten(int... utterances) {
    List<String> keys = new ArrayList<>();
    for (int utterance : utterances) {
      keys.add("u" + utterance);
    }
    assertThat(written.keySet()).containsExactlyElementsOf(keys);
    for (int utterance : utterances) {
      assertSameBits(
          written.get("u" + utterance).rows().data(), model.logits(features(utterance)).data());
    }
  }

  @Test
  void run_manyUtterances_areHandedOnInOrder() {
    TableScorer.Result result = scorer(8, 0, () -> {}).run(LOGITS, new Corpus(30), written::put);
    assertWritten(java.util.stream.IntStream.range(0, 30).toArray());
    assertThat(result.done()).isEqualTo(30);
    assertThat(result.failed()).isZero();
    assertThat(result.frames())
        .isEqualTo(written.values().stream().mapToLong(scores -> scores.rows().rows()).sum());
  }

  @Test
  void run_neverHoldsMoreUtterancesThanStreams() {
    Corpus corpus = new Corpus(40);
    AtomicInteger mostAhead = new AtomicInteger();
    scorer(4, 0, () -> {})
        .run(
            LOGITS,
            corpus,
            (key, scores) -> {
              mostAhead.accumulateAndGet(corpus.current - written.size(), Math::max);
              written.put(key, scores);
            });
    assertThat(mostAhead.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void run_badUtterances_areSkipped() {
    Corpus corpus = new Corpus(8);
    corpus.replaced.put(1, new FloatMatrix(5, 7));
    corpus.replaced.put(3, new FloatMatrix(0, 6));
    FloatMatrix infinite = features(5);
    infinite.set(0, 0, Float.POSITIVE_INFINITY);
    corpus.replaced.put(5, infinite);
    corpus.unreadable = 6;
    TableScorer.Result result = scorer(8, 0, () -> {}).run(LOGITS, corpus, written::put);
    assertWritten(0, 2, 4, 7);
    assertThat(result.done()).isEqualTo(4);
    assertThat(result.failed()).isEqualTo(4);
  }

  @Test
  void run_corruptTable_handsOnWhatCameBefore() {
    Corpus corpus = new Corpus(8);
    corpus.corruptAt = 3;
    assertThatThrownBy(() -> scorer(8, 0, () -> {}).run(LOGITS, corpus, written::put))
        .isInstanceOf(TableException.class);
    assertWritten(0, 1, 2);
  }

  @Test
  void run_modelOfOtherSize_endsTheRun() {
    ScoreStart start = LOGITS.toBuilder().setExpectedNumPdfs(9).build();
    assertThatThrownBy(() -> scorer(2, 5, () -> {}).run(start, new Corpus(3), written::put))
        .isInstanceOf(StjemException.class)
        .hasMessage(
            "utterance u0 was not scored: server "
                + client.server()
                + ": FAILED_PRECONDITION: model 'fake' does not fit:"
                + " the client expects 9 pdfs, the model has 20");
    assertThat(pauses).isEmpty();
  }

  @Test
  void run_serverRestartedInMidStream_scoresAllAgainInOrder() throws Exception {
    int port = server.port();
    AtomicBoolean first = new AtomicBoolean(true);
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch clientNoticed = new CountDownLatch(1);
    List<Thread> killers = Collections.synchronizedList(new ArrayList<>());
    model.beforeRows =
        () -> {
          // The server goes away while it computes, and this step ends after the client knows.
          if (calls.incrementAndGet() > 12 && first.getAndSet(false)) {
            Thread killer = new Thread(server::close);
            killers.add(killer);
            killer.start();
            awaitQuietly(clientNoticed);
          }
        };
    TableScorer.Result result =
        scorer(
                4,
                2,
                () -> {
                  clientNoticed.countDown();
                  joinQuietly(killers.get(0));
                  server = server(port, 16);
                })
            .run(LOGITS, new Corpus(20), written::put);
    assertWritten(java.util.stream.IntStream.range(0, 20).toArray());
    assertThat(result.done()).isEqualTo(20);
    assertThat(pauses).containsExactly(Duration.ofMillis(500));
  }

  @Test
  void run_serverGoneForGood_namesTheUtterance() {
    Corpus corpus = new Corpus(20);
    assertThatThrownBy(
            () ->
                scorer(1, 5, () -> {})
                    .run(
                        LOGITS,
                        corpus,
                        (key, scores) -> {
                          written.put(key, scores);
                          if (key.equals("u2")) {
                            server.close();
                          }
                        }))
        .isInstanceOf(StjemException.class)
        .hasMessageMatching(
            "utterance u3 was not scored: server "
                + client.server()
                + ": UNAVAILABLE: .*; gave up after 6 attempts");
    assertWritten(0, 1, 2);
    assertThat(pauses)
        .extracting(Duration::toMillis)
        .containsExactly(500L, 1000L, 2000L, 4000L, 8000L);
  }

  @Test
  void run_serverWithoutRoom_triesAgain() {
    server.close();
    server = server(0, 2);
    client.close();
    client = ScoringClient.connect(ServerOptions.LOOPBACK + ":" + server.port(), Optional.empty());
    scorer(6, 2, () -> {}).run(LOGITS, new Corpus(12), written::put);
    assertWritten(java.util.stream.IntStream.range(0, 12).toArray());
  }

  @Test
  void run_oneOfTwoServersGoes_theOtherGoesOn() {
    AtomicInteger ofOther = new AtomicInteger();
    FakeAcousticModel same = new FakeAcousticModel(6, 20);
    same.beforeRows = ofOther::incrementAndGet;
    try (AcousticModelServer other = TestServers.serve(same, 16)) {
      client.close();
      String first = ServerOptions.LOOPBACK + ":" + server.port();
      client =
          ScoringClient.connect(
              first + ",localhost:" + other.port(), ClientSecurity.of(Optional.empty()));
      scorer(4, 2, () -> {})
          .run(
              LOGITS,
              new Corpus(60),
              (key, scores) -> {
                written.put(key, scores);
                if (key.equals("u20")) {
                  assertThat(ofOther.get()).isPositive();
                  server.close();
                }
              });
    }
    assertWritten(java.util.stream.IntStream.range(0, 60).toArray());
  }

  /** Lets the server fail with INTERNAL, as proxies report a server that died, so many times. */
  private void failInternally(int times) {
    AtomicInteger left = new AtomicInteger(times);
    model.beforeRows =
        () -> {
          if (left.getAndDecrement() > 0) {
            throw new IllegalStateException("broken");
          }
        };
  }

  @Test
  void run_internalFaultThatPasses_losesNothing() {
    failInternally(2);
    TableScorer.Result result = scorer(1, 5, () -> {}).run(LOGITS, new Corpus(3), written::put);
    assertWritten(0, 1, 2);
    assertThat(result.failed()).isZero();
    assertThat(pauses).extracting(Duration::toMillis).containsExactly(500L, 1000L);
  }

  @Test
  void run_internalFaultThatStays_skipsTheUtteranceAlone() {
    failInternally(3);
    TableScorer.Result result = scorer(1, 5, () -> {}).run(LOGITS, new Corpus(3), written::put);
    assertWritten(1, 2);
    assertThat(result.failed()).isEqualTo(1);
    assertThat(pauses).hasSize(2);
  }

  @Test
  void run_internalFaultWithoutRetries_skipsTheUtterance() {
    failInternally(1);
    scorer(1, 0, () -> {}).run(LOGITS, new Corpus(3), written::put);
    assertWritten(1, 2);
    assertThat(pauses).isEmpty();
  }

  @Test
  void run_otherModelTakesOver_endsTheRun() {
    ScoreStart start = LOGITS.toBuilder().setExpectedFingerprint("f0").build();
    assertThatThrownBy(() -> scorer(2, 5, () -> {}).run(start, new Corpus(3), written::put))
        .hasMessageContaining(
            "the client began with the model of fingerprint f0, this one has "
                + TestServers.FINGERPRINT);
    assertThat(pauses).isEmpty();
  }

  @Test
  void connect_listWithoutPort_isRefused() {
    assertThatThrownBy(
            () ->
                ScoringClient.connect("localhost:1,localhost", ClientSecurity.of(Optional.empty())))
        .hasMessage("cannot connect to 'localhost', which is not HOST:PORT");
  }

  @Test
  void modelInfo_serverThatStartsLate_isWaitedFor() {
    int port = server.port();
    server.close();
    TableScorer scorer = scorer(1, 3, () -> server = server(port, 16));
    assertThat(scorer.modelInfo("").getNumPdfs()).isEqualTo(20);
    assertThat(pauses).hasSize(1);
  }

  @Test
  void modelInfo_unknownModel_failsAtOnce() {
    assertThatThrownBy(() -> scorer(1, 3, () -> {}).modelInfo("other"))
        .hasMessageContaining("NOT_FOUND");
    assertThat(pauses).isEmpty();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void joinQuietly(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
