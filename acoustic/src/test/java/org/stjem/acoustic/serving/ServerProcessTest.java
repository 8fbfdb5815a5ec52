package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.cli.JavaProcess;
import org.stjem.acoustic.net.TinyModel;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreStart;

/** The command {@code serve} as a process: its log, and its end. */
@Timeout(120)
class ServerProcessTest {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
  private static final byte PING = 6;

  @TempDir private static Path folder;
  private static Path model;
  private Process process;
  private Path portFile;

  @BeforeAll
  static void makeModel() throws IOException {
    model = folder.resolve("tiny");
    TinyModel.save(model);
  }

  @AfterEach
  void kill() {
    process.destroyForcibly();
  }

  /** Starts a server and reads its messages until it listens. */
  private BufferedReader serve(String option) throws IOException {
    portFile = folder.resolve("port");
    process =
        new ProcessBuilder(
                JavaProcess.line(
                    JavaProcess.SHORT_LIVED,
                    "acoustic",
                    "serve",
                    "--port=0",
                    "--port-file=" + portFile,
                    "--num-threads=1",
                    option,
                    model.toString()))
            .start();
    BufferedReader messages = process.errorReader(StandardCharsets.UTF_8);
    String line = messages.readLine();
    while (!line.contains("is served on")) {
      line = messages.readLine();
    }
    return messages;
  }

  private int port() throws IOException {
    return Integer.parseInt(Files.readString(portFile).strip());
  }

  @Test
  void secondSigterm_endsTheWaitForStreams() throws Exception {
    try (BufferedReader messages = serve("--drain-seconds=3600")) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, port()).usePlaintext().build();
      StreamClient stream =
          new StreamClient(
              AcousticModelServiceGrpc.newStub(channel),
              ScoreStart.newBuilder().setKind(ScoreKind.SCORE_KIND_LOGIT).build(),
              new FloatMatrix(5, TinyModel.DIM));
      stream.withRows();
      // Process.destroy would close the messages that are still to be read.
      process.toHandle().destroy();
      while (Files.exists(portFile)) {
        Thread.onSpinWait();
      }
      assertThat(process.isAlive()).as("a stream is open").isTrue();
      process.toHandle().destroy();
      Status status = stream.fault();
      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).startsWith("the server stops; resume");
      assertThat(process.waitFor()).isEqualTo(128 + 15);
      assertThat(messages.lines().reduce((first, last) -> last).orElseThrow())
          .matches(
              "WARNING \\(stjem acoustic serve\\) some streams were cut off after \\d+ s, stopped");
      channel.shutdownNow();
    }
  }

  @Test
  void pingAcknowledgementsThatNobodyAskedFor_leaveAShortLog() throws Exception {
    try (BufferedReader messages = serve("--drain-seconds=0")) {
      try (Socket socket = new Socket(ServerOptions.LOOPBACK, port());
          OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16)) {
        out.write(PREFACE);
        out.write(SETTINGS);
        for (int i = 0; i < 20_000; i++) {
          out.write(ping(1, i));
        }
        out.write(ping(0, 1));
        out.flush();
        readUntilAnswered(new DataInputStream(socket.getInputStream()));
      } catch (IOException e) {
        // As good: the server has had enough of it.
        assertThat(e).isInstanceOf(IOException.class);
      }
      process.toHandle().destroy();
      List<String> lines = new ArrayList<>(messages.lines().toList());
      assertThat(process.waitFor()).isEqualTo(128 + 15);
      assertThat(lines).hasSizeLessThan(LimitedHandler.LINES + 20);
      assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThan(1200));
    }
  }

  private static byte[] ping(int flags, int number) {
    byte[] frame = new byte[9 + 8];
    frame[2] = 8;
    frame[3] = PING;
    frame[4] = (byte) flags;
    frame[16] = (byte) number;
    return frame;
  }

  /** Reads frames until the answer to a ping, or the end of the connection. */
  private static void readUntilAnswered(DataInputStream in) throws IOException {
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.skipNBytes(5 + length);
      if (type == PING) {
        return;
      }
    }
  }

  @Test
  void tooFewOpenFiles_areSaidInASentence() throws Exception {
    List<String> line =
        new ArrayList<>(List.of("bash", "-c", "ulimit -n 100; exec \"$@\"", "bash"));
    line.addAll(
        JavaProcess.line(JavaProcess.SHORT_LIVED, "acoustic", "serve", "--port=0", "nothing"));
    process = new ProcessBuilder(line).redirectErrorStream(true).start();
    List<String> lines = process.inputReader(StandardCharsets.UTF_8).lines().toList();
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(lines)
        .last()
        .isEqualTo(
            "ERROR (stjem acoustic serve) this process may have 100 files open, a server needs 256"
                + " and one for each connection; raise 'ulimit -n' (LimitNOFILE of a systemd unit)");
  }
}
