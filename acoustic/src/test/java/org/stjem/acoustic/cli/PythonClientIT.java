package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.export.SmallModels;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.serving.AcousticModelServer;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.acoustic.serving.ModelSource;
import org.stjem.acoustic.serving.ServerOptions;

/**
 * The sample client in Python does with bad utterances what {@code score} does. Needs Debian's
 * python3-grpcio, python3-protobuf, protobuf-compiler and protobuf-compiler-grpc.
 */
class PythonClientIT {
  private static final Path PROTO = Path.of(System.getProperty("stjem.root"), "proto");

  /** The one that Debian's packages are for. */
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir private Path folder;

  @BeforeEach
  void makeStubs() throws Exception {
    assumeTrue(
        run(PYTHON, "-c", "import grpc, google.protobuf") == 0
            && run(
                    "sh",
                    "-c",
                    "protoc -I"
                        + PROTO.resolve("src/main/proto")
                        + " --python_out=. --grpc_python_out=."
                        + " --plugin=protoc-gen-grpc_python=$(which grpc_python_plugin)"
                        + " stjem/v1/acoustic_model.proto")
                == 0,
        "no Python client to test with; apt-get install python3-grpcio python3-protobuf"
            + " protobuf-compiler protobuf-compiler-grpc");
    SmallModels.save(folder.resolve("m"), 1, 1, 3, List.of(8), 4, 1);
  }

  private int run(String... line) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectInput(Files.createFile(folder.resolve("stdin")).toFile());
    Files.writeString(folder.resolve("stdin"), feats);
    builder.environment().put("PYTHONPATH", folder.toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.redirectOutput(folder.resolve("out").toFile());
    builder.redirectError(folder.resolve("err").toFile());
    int status = builder.start().waitFor();
    Files.delete(folder.resolve("stdin"));
    return status;
  }

  private String feats = "";

  private String messages() throws IOException {
    return Files.readString(folder.resolve("err"), StandardCharsets.UTF_8);
  }

  @Test
  void badUtterances_areNamedAndLeftOut() throws Exception {
    ServerOptions options = new ServerOptions();
    options.port = 0;
    try (AcousticModelServer server =
        AcousticModelServer.start(
            List.of(new ModelSource("tiny", "1", folder.resolve("m"))),
            LoadedModel.to(Placement.CPU),
            options)) {
      String client = PROTO.resolve("clients/python/score.py").toString();
      String address = ServerOptions.LOOPBACK + ":" + server.port();
      feats =
          "a [\n 1 2 3\n 2 3 4 ]\nempty [ ]\nnan [\n 1 2 nan ]\nuneven [\n 1 2 3\n 1 2 ]\n"
              + "wide [\n 1 2 3 4 ]\nhuge [\n 3e38 3e38 3e38 ]\nb [\n 1 2 3 ]\n";
      String missing = folder.resolve("none.wav").toString();
      assertThat(run(PYTHON, client, address, "-", "w=" + missing)).as(messages()).isZero();
      assertThat(TableKeys.of("ark:" + folder.resolve("out"))).containsExactly("a", "b");
      assertThat(messages())
          .contains("WARNING (score.py) utterance empty: no frames")
          .contains("utterance nan: frame 0 holds nan in dimension 2")
          .contains("utterance uneven: frame 1 has dimension 2, the model expects 3")
          .contains("utterance wide: frame 0 has dimension 4, the model expects 3")
          .contains("utterance huge: INVALID_ARGUMENT: ")
          .contains("utterance w: " + missing)
          .contains("Done 2 utterances, failed for 6")
          .doesNotContain("Traceback");
      assertThat(run(PYTHON, client, address, "one.wav")).isOne();
      assertThat(messages()).isEqualTo("ERROR (score.py) 'one.wav' is neither KEY=FILE nor -\n");
      feats = "empty [ ]\n";
      assertThat(run(PYTHON, client, address, "-")).isOne();
      assertThat(messages()).endsWith("ERROR (score.py) no utterance was scored\n");
    }
  }
}
