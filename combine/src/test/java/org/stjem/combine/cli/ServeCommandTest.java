package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.stjem.combine.cli.MixtureProcesses.DIM;
import static org.stjem.combine.cli.MixtureProcesses.assertMissing;
import static org.stjem.combine.cli.MixtureProcesses.score;
import static org.stjem.combine.cli.MixtureProcesses.values;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.combine.cli.MixtureProcesses.Stream;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.proto.v1.Audio;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/** {@code combine serve} with a member in its own process and one in another, on loopback. */
@Timeout(180)
class ServeCommandTest {
  private static final int PDFS = 6;
  private static final int REMOTE = 0;

  @TempDir private Path folder;
  private MixtureProcesses processes;
  private List<FloatMatrix> utterances;
  private String features;

  @BeforeEach
  void makeModelsAndFeatures() throws IOException {
    processes = new MixtureProcesses(folder);
    processes.model("a", PDFS, 2, 1);
    processes.model("b", PDFS, 0, 3);
    utterances = new ArrayList<>();
    features = "ark:" + folder.resolve("feats.ark");
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(features)) {
      for (int u = 0; u < 3; u++) {
        utterances.add(MixtureProcesses.features(20 + 30 * u, 3 + u));
        writer.write("u" + u, utterances.get(u));
      }
      writer.commit();
    }
  }

  @AfterEach
  void endProcesses() {
    processes.close();
  }

  private List<float[]> forward(String... arguments) {
    String out = "ark:" + folder.resolve("out.ark");
    List<String> all = new ArrayList<>(List.of("forward", "--feats=" + features));
    all.addAll(List.of(arguments));
    all.add(out);
    assertThat(Cli.run("combine", Main.COMMANDS, all.toArray(new String[0]))).isZero();
    List<float[]> rows = new ArrayList<>();
    try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices(out)) {
      while (table.next()) {
        rows.add(table.value().data());
      }
    }
    return rows;
  }

  /** Values of messages of rows, none of which lacks a member. */
  private static float[] wholeRows(List<ScoreResponse> messages) {
    assertMissing(messages, List.of());
    return values(messages);
  }

  @Test
  void serve_isLikeForward_andGoesOnWithoutAMemberThatDied() throws Exception {
    String a = folder.resolve("a").toString();
    String b = folder.resolve("b").toString();
    Path counts = folder.resolve("counts");
    Files.writeString(counts, " [ 1 2 3 4 5 6 ]\n");
    int remote = processes.serve(org.stjem.acoustic.cli.Main.class, "remote", b);
    String[] how = {
      "--weights=3,1", "--log-z=0.3,0", "--density-scale=0.5", "--class-frame-counts=" + counts
    };
    List<String> members = new ArrayList<>(List.of(how));
    String member = "grpc://127.0.0.1:" + remote + "/b";
    members.addAll(List.of("--on-failure=leave", a, member));
    int port = processes.serve(Main.class, "mixture", members.toArray(new String[0]));
    List<float[]> expected = forward(how[0], how[1], how[2], how[3], a, b);
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      for (int u = 0; u < utterances.size(); u++) {
        assertSame(wholeRows(score(channel, utterances.get(u))), expected.get(u));
      }
      processes.kill(REMOTE);
      List<float[]> alone = forward(how[3], a);
      // What the density scale does to the one member left is a constant of each frame.
      List<ScoreResponse> messages = score(channel, utterances.get(1));
      assertMissing(messages, List.of(member));
      float[] rows = values(messages);
      assertThat(rows).hasSameSizeAs(alone.get(1));
      for (int t = 0; t < utterances.get(1).rows(); t++) {
        double shift = rows[t * PDFS] - alone.get(1)[t * PDFS];
        for (int y = 1; y < PDFS; y++) {
          assertThat(rows[t * PDFS + y] - alone.get(1)[t * PDFS + y])
              .isCloseTo((float) shift, within(1e-4f));
        }
      }
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void serve_audio_isScoredAsTheFeaturesMadeOfIt() throws Exception {
    String a = folder.resolve("a").toString();
    String b = folder.resolve("b").toString();
    int port = processes.serve(Main.class, "mixture", a, b);
    Random random = new Random(5);
    float[] samples = new float[24_000];
    ByteBuffer bytes = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) (1000 * random.nextGaussian());
      bytes.putShort((short) samples[i]);
    }
    FbankOptions options = new FbankOptions();
    options.numMelBins = DIM;
    options.dither = 0;
    FbankExtractor extractor = new FbankExtractor(options);
    extractor.start(1, 0);
    FloatMatrix made = extractor.compute(samples);
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      float[] expected = wholeRows(score(channel, made));
      assertThat(expected).hasSize(148 * PDFS);
      ScoreStart start = ScoreStart.newBuilder().setAudioSampleRateHz(16_000).build();
      Stream stream = new Stream(channel, start);
      for (int from = 0; from < bytes.capacity(); from += 10_000) {
        int count = Math.min(10_000, bytes.capacity() - from);
        ByteString part = ByteString.copyFrom(bytes.array(), from, count);
        stream.send(
            ScoreRequest.newBuilder().setAudio(Audio.newBuilder().setSamples(part)).build());
      }
      stream.end();
      List<ScoreResponse> answer = stream.await();
      assertThat(stream.fault()).isNull();
      assertThat(wholeRows(answer)).isEqualTo(expected);
    } finally {
      channel.shutdownNow();
    }
  }

  private static void assertSame(float[] actual, float[] expected) {
    assertThat(actual).containsExactly(expected, within(1e-4f));
  }

  @Test
  void serve_argumentsThatDoNotGoTogetherGetOneSentence() {
    String a = folder.resolve("a").toString();
    assertThat(Cli.run("combine", Main.COMMANDS, "serve", "--port=0", a)).isEqualTo(1);
    assertThat(Cli.run("combine", Main.COMMANDS, "serve", "--port=0", "--weights=1", a, a))
        .isEqualTo(1);
    assertThat(Cli.run("combine", Main.COMMANDS, "serve", "--port=0", "--pool-frames=0", a, a))
        .isEqualTo(1);
    assertThat(Cli.run("combine", Main.COMMANDS, "serve", "--port=0", a, "grpc://127.0.0.1:1/none"))
        .isEqualTo(1);
  }
}
