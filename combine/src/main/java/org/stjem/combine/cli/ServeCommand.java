package org.stjem.combine.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.acoustic.serving.AcousticModelServer;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.acoustic.serving.ModelSource;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.acoustic.serving.ServerProcess;
import org.stjem.combine.MixtureModel;
import org.stjem.combine.RemoteModel;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem combine serve}: a mixture as an acoustic-model server. */
@Command(
    description = {
      "Serves a mixture of models like one model over gRPC (stjem.v1, grpc.health.v1,"
          + " reflection), with the options of 'acoustic serve'.",
      "A member is a model folder, computed here, or the model of another server,"
          + " grpc://HOST:PORT or grpc://HOST:PORT/MODEL. All take the same features and have the"
          + " same pdfs. log p(x) can be pooled over a window of a fixed length, best --pool-past,"
          + " since rows wait for the frames of a centred one; at the start of an utterance its"
          + " first frame stands for those before it.",
      "Of mixtures with members elsewhere the prior comes from --class-frame-counts; without it"
          + " clients can ask for logits only.",
      "",
      "  stjem combine serve --config=mixture.conf exp/clean grpc://asr2:50051/reverberant",
      ""
    })
final class ServeCommand implements Callable<Integer> {
  private static final String REMOTE = "grpc://";

  /** What becomes of a stream when a member fails. */
  enum OnFailure {
    /** The stream fails. */
    FAIL,
    /** The stream goes on without the member. */
    LEAVE
  }

  @Mixin private CombinationArguments how;

  @Mixin private ServerOptions options;

  @Mixin private ServerProcess process;

  @Option(
      names = "--model-name",
      defaultValue = "mixture",
      description = "name clients are told (default ${DEFAULT-VALUE})")
  private String modelName;

  @Option(
      names = "--model-version",
      defaultValue = ModelSource.FIRST_VERSION,
      description = "version clients are told (default ${DEFAULT-VALUE})")
  private String modelVersion;

  @Option(
      names = "--on-failure",
      defaultValue = "fail",
      description =
          "fail: streams fail when a member fails or is too slow; leave: the member leaves the"
              + " mixture, and every message names it in missing_models (default ${DEFAULT-VALUE})")
  private OnFailure onFailure;

  @Option(
      names = "--member-timeout-ms",
      paramLabel = "MS",
      defaultValue = "2000",
      description = "time a member may take for a batch of rows (default ${DEFAULT-VALUE})")
  private int timeoutMs;

  @Option(
      names = "--retry-seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "time after which a member that left is asked again (default ${DEFAULT-VALUE})")
  private int retrySeconds;

  @Option(
      names = "--member-tls-ca",
      paramLabel = "FILE",
      description = "encrypt the way to members elsewhere, and check them against these (PEM)")
  private Path authority;

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  @Parameters(
      arity = "2..*",
      paramLabel = "MEMBER",
      description = "model folders and servers, two or more")
  private List<String> members;

  @Override
  public Integer call() throws IOException, InterruptedException {
    options.check();
    ServerOptions.require("--member-timeout-ms", timeoutMs, 1, 3_600_000);
    ServerOptions.require("--retry-seconds", retrySeconds, 1, 86_400);
    if (options.watchSeconds > 0) {
      throw new StjemException("--watch-seconds does not go with a mixture");
    }
    // Before anything is loaded.
    how.combination(members.size());
    process.prepare();
    ModelSource source = new ModelSource(modelName, modelVersion, ByteNames.path(modelName));
    try (AcousticModelServer server =
        AcousticModelServer.start(List.of(source), folder -> load(), options)) {
      process.run(server, options, "stjem combine serve");
    }
    return 0;
  }

  private LoadedModel load() {
    List<String> calibrations = how.calibrations(members.size());
    List<MixtureModel.Member> loaded = new ArrayList<>();
    try {
      for (int i = 0; i < members.size(); i++) {
        loaded.add(
            new MixtureModel.Member(members.get(i), load(members.get(i), calibrations.get(i))));
      }
      MixtureModel mixture = new MixtureModel(loaded, settings(loaded), System::nanoTime);
      return LoadedModel.of(mixture, fingerprint(), members.stream().map(Path::of).toList());
    } catch (RuntimeException e) {
      loaded.forEach(member -> member.model().close());
      throw e;
    }
  }

  private AcousticModel load(String member, String calibration) {
    if (!member.startsWith(REMOTE)) {
      // Streams are spread over the threads, so one operation needs one thread only.
      return ModelFolder.load(ByteNames.path(member), inference.placement(1), calibration);
    }
    if (!calibration.equals(ModelFolder.OWN_CALIBRATION)) {
      throw new StjemException(member + " is calibrated by its own server only");
    }
    String[] parts = member.substring(REMOTE.length()).split("/", 2);
    return RemoteModel.connect(
        parts[0], parts.length == 1 ? "" : parts[1], Optional.ofNullable(authority));
  }

  private MixtureModel.Settings settings(List<MixtureModel.Member> loaded) {
    List<Optional<PriorSettings>> stored =
        loaded.stream()
            .map(member -> member.model().priorSettings())
            .map(priors -> Optional.of(priors).filter(known -> known.classCounts().length > 0))
            .toList();
    boolean knowsPriors =
        how.hasClassFrameCounts() || stored.stream().allMatch(Optional::isPresent);
    return new MixtureModel.Settings(
        how.method(),
        how.weights(members.size()),
        how.offsets(members.size()),
        how.pooling(),
        how.mixtureCalibration(),
        knowsPriors ? how.priors(members, stored) : how.priorsWithoutCounts(members, stored),
        Duration.ofMillis(timeoutMs),
        onFailure == OnFailure.LEAVE
            ? Optional.of(Duration.ofSeconds(retrySeconds))
            : Optional.empty());
  }

  /** Of members and how they are combined, so that clients notice another mixture. */
  private String fingerprint() {
    String text =
        members.stream().collect(Collectors.joining("\n")) + "\n" + how.description(members.size());
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
