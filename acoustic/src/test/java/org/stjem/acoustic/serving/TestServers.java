package org.stjem.acoustic.serving;

import java.nio.file.Path;
import java.util.List;

/** Servers of models in memory. */
final class TestServers {
  static final String FINGERPRINT = "f1";

  private TestServers() {}

  /** Options of a server on any free port. */
  static ServerOptions options(int maxStreams) {
    ServerOptions options = new ServerOptions();
    options.port = 0;
    options.numThreads = 2;
    options.maxStreams = maxStreams;
    return options;
  }

  /** A server of one model, {@code fake:3}. */
  static AcousticModelServer serve(FakeAcousticModel model, ServerOptions options) {
    return AcousticModelServer.start(
        List.of(new ModelSource("fake", "3", Path.of("fake"))),
        folder -> LoadedModel.of(model, FINGERPRINT, folder),
        options);
  }

  /** A server of one model on any free port. */
  static AcousticModelServer serve(FakeAcousticModel model, int maxStreams) {
    return serve(model, options(maxStreams));
  }
}
