package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.stjem.combine.cli.MixtureProcesses.assertMissing;
import static org.stjem.combine.cli.MixtureProcesses.features;
import static org.stjem.combine.cli.MixtureProcesses.score;
import static org.stjem.combine.cli.MixtureProcesses.values;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.combine.cli.MixtureProcesses.Stream;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ScoreResponse;

/**
 * A mixture of a model here and a model of another server which dies or stops answering, each
 * server a process of its own on loopback.
 */
@Timeout(180)
class MixtureFaultsIT {
  private static final int PDFS = 6;
  private static final int REMOTE = 0;

  @TempDir private Path folder;
  private MixtureProcesses processes;
  private String member;
  private int memberPort;
  private ManagedChannel channel;

  @BeforeEach
  void serveMember() throws IOException {
    processes = new MixtureProcesses(folder);
    processes.model("a", PDFS, 2, 1);
    processes.model("b", PDFS, 0, 3);
    memberPort = serveMember(0);
    member = "grpc://127.0.0.1:" + memberPort + "/b";
  }

  private int serveMember(int port) throws IOException {
    String model = folder.resolve("b").toString();
    return processes.serve(org.stjem.acoustic.cli.Main.class, "remote", port, model);
  }

  private void serveMixture(String... options) throws IOException {
    String[] all = new String[options.length + 2];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = folder.resolve("a").toString();
    all[options.length + 1] = member;
    // Without priors, which the member's server does not tell, there are logits only.
    String[] withCounts = new String[all.length + 1];
    System.arraycopy(all, 0, withCounts, 1, all.length);
    Path counts = folder.resolve("counts");
    Files.writeString(counts, " [ 1 2 3 4 5 6 ]\n");
    withCounts[0] = "--class-frame-counts=" + counts;
    int port = processes.serve(Main.class, "mixture", withCounts);
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  @AfterEach
  void endAll() {
    if (channel != null) {
      channel.shutdownNow();
    }
    processes.close();
  }

  private Throwable faultOf(FloatMatrix utterance) throws InterruptedException {
    Stream stream = new Stream(channel);
    stream.send(utterance);
    stream.end();
    stream.await();
    return stream.fault();
  }

  @Test
  void memberThatDies_failsStreamsBySaying_andComesBack() throws Exception {
    serveMixture();
    FloatMatrix utterance = features(50, 1);
    float[] before = values(score(channel, utterance));
    processes.kill(REMOTE);
    assertThat(faultOf(utterance)).hasMessageContaining("model " + member);
    assertThat(serveMember(memberPort)).isEqualTo(memberPort);
    float[] after = new float[0];
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    // The connection is made anew after a while.
    while (after.length == 0 && System.nanoTime() < deadline) {
      Stream stream = new Stream(channel);
      stream.send(utterance);
      stream.end();
      List<ScoreResponse> rows = stream.await();
      after = stream.fault() == null ? values(rows) : after;
    }
    assertThat(after).containsExactly(before, within(1e-4f));
  }

  @Test
  void memberThatStopsAnswering_failsStreamsWithinItsTimeout() throws Exception {
    serveMixture("--member-timeout-ms=700");
    FloatMatrix utterance = features(50, 1);
    assertMissing(score(channel, utterance), List.of());
    processes.signal(REMOTE, "STOP");
    assertThat(faultOf(utterance))
        .hasMessageContaining("model " + member + ": did not answer within 700 ms");
    processes.signal(REMOTE, "CONT");
    assertMissing(score(channel, utterance), List.of());
  }

  @Test
  void memberThatStopsAnsweringWithinAStream_leavesIt_andEveryMessageSaysSo() throws Exception {
    serveMixture("--on-failure=leave", "--member-timeout-ms=700", "--retry-seconds=2");
    FloatMatrix utterance = features(60, 2);
    float[] whole = values(score(channel, utterance));
    Stream stream = new Stream(channel);
    stream.send(utterance.rows(0, 30));
    int sure = 30 - 3;
    List<ScoreResponse> first = List.copyOf(stream.awaitRows(sure));
    assertMissing(first, List.of());
    int framesBefore = stream.frames();
    processes.signal(REMOTE, "STOP");
    stream.send(utterance.rows(30, 60));
    stream.end();
    List<ScoreResponse> all = stream.await();
    assertThat(stream.fault()).isNull();
    assertThat(stream.frames()).isEqualTo(60);
    assertMissing(all.subList(first.size(), all.size()), List.of(member));
    // Up to there the rows are the mixture's, from there on others, of the frames they should be.
    float[] rows = values(all);
    assertThat(Arrays.copyOf(rows, framesBefore * PDFS))
        .containsExactly(Arrays.copyOf(whole, framesBefore * PDFS), within(1e-4f));
    assertThat(Math.abs(rows[rows.length - 1] - whole[whole.length - 1])).isGreaterThan(1e-3f);
    // Another stream meanwhile is not held up and says the same.
    assertMissing(score(channel, features(5, 3)), List.of(member));
    processes.signal(REMOTE, "CONT");
    float[] again = new float[0];
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (again.length == 0 && System.nanoTime() < deadline) {
      List<ScoreResponse> answer = score(channel, utterance);
      if (answer.stream().allMatch(message -> message.getRows().getMissingModelsCount() == 0)) {
        again = values(answer);
      }
    }
    assertThat(again).containsExactly(whole, within(1e-4f));
  }

  @Test
  void rows_comeAsSoonAsTheirContextIsThere() throws Exception {
    serveMixture();
    FloatMatrix utterance = features(60, 4);
    Stream stream = new Stream(channel);
    for (int from = 0; from < 60; from += 10) {
      stream.send(utterance.rows(from, from + 10));
      // Before any further frame is sent: all but the three frames that the wider member looks
      // ahead.
      stream.awaitRows(from + 10 - 3);
    }
    stream.end();
    stream.await();
    assertThat(stream.frames()).isEqualTo(60);
  }

  @Test
  void memberOfAnotherNumberOfPdfs_isRefusedByName() throws Exception {
    processes.model("other", PDFS + 1, 0, 0);
    String other = folder.resolve("other").toString();
    PrintStream stderr = System.err;
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    System.setErr(new PrintStream(messages, true));
    try {
      assertThat(Cli.run("combine", Main.COMMANDS, "serve", "--port=0", other, member)).isOne();
    } finally {
      System.setErr(stderr);
    }
    assertThat(messages.toString())
        .contains("models differ in number of pdfs: " + other + " has 7, " + member + " has 6");
  }
}
