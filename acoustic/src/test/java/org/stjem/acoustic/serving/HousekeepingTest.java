package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.net.TinyModel;
import org.stjem.frontend.io.StjemException;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.LoadModelRequest;
import org.stjem.proto.v1.ModelAdminServiceGrpc;
import org.stjem.proto.v1.ReloadModelRequest;
import org.stjem.proto.v1.ReloadModelResponse;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreStart;

/** What goes on beside the calls, whatever files a model has. */
@Timeout(60)
class HousekeepingTest {
  private static final String ADMIN = "stjem.v1.ModelAdminService";
  private static final String SCORING = "stjem.v1.AcousticModelService";
  private static final String TOKEN = "staple-admin-0123456789";

  @TempDir private Path folder;

  @Test
  void watchdog_threadThatIsStuck_isToldToHealthUntilItGoesOn() throws Exception {
    AtomicLong now = new AtomicLong();
    Map<String, ServingStatus> health = new HashMap<>();
    try (Housekeeping housekeeping = new Housekeeping(now::get, health::put)) {
      CountDownLatch begun = new CountDownLatch(2);
      CountDownLatch file = new CountDownLatch(1);
      CountDownLatch models = new CountDownLatch(1);
      CountDownLatch streams = new CountDownLatch(1);
      housekeeping
          .models()
          .execute(
              () -> {
                begun.countDown();
                await(file);
              });
      housekeeping.models().execute(models::countDown);
      housekeeping
          .streams()
          .execute(
              () -> {
                begun.countDown();
                await(file);
              });
      housekeeping.streams().execute(streams::countDown);
      begun.await();
      now.addAndGet(Housekeeping.STREAMS_LIMIT.toNanos());
      housekeeping.look();
      assertThat(health).isEmpty();
      now.addAndGet(1);
      housekeeping.look();
      assertThat(health)
          .isEqualTo(Map.of("", ServingStatus.NOT_SERVING, SCORING, ServingStatus.NOT_SERVING));
      now.set(Housekeeping.MODELS_LIMIT.toNanos() + 1);
      housekeeping.look();
      assertThat(health).containsEntry(ADMIN, ServingStatus.NOT_SERVING);
      assertThat(housekeeping.models().isStuck()).isTrue();

      file.countDown();
      models.await();
      streams.await();
      housekeeping.look();
      assertThat(health)
          .isEqualTo(
              Map.of(
                  "",
                  ServingStatus.SERVING,
                  SCORING,
                  ServingStatus.SERVING,
                  ADMIN,
                  ServingStatus.SERVING));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void idleStreams_areEndedWhileAModelIsLoaded() throws Exception {
    ServerOptions options = TestServers.options(4);
    options.maxIdleSeconds = 1;
    options.adminTokenFile = Files.writeString(folder.resolve("admin"), TOKEN);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch file = new CountDownLatch(1);
    FakeAcousticModel model = new FakeAcousticModel(6, 4);
    try (AcousticModelServer server =
        AcousticModelServer.start(
            List.of(new ModelSource("fake", "3", Path.of("fake"))),
            from -> {
              if (from.endsWith("slow")) {
                loading.countDown();
                await(file);
              }
              return LoadedModel.of(model, "f", from);
            },
            options)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, server.port())
              .usePlaintext()
              .build();
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + TOKEN);
      ModelAdminServiceGrpc.newFutureStub(channel)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
          .loadModel(
              LoadModelRequest.newBuilder()
                  .setModelName("slow")
                  .setModelVersion("1")
                  .setFolder("slow")
                  .build());
      loading.await();
      StreamClient idle =
          new StreamClient(
              AcousticModelServiceGrpc.newStub(channel),
              ScoreStart.newBuilder().setKind(ScoreKind.SCORE_KIND_LOGIT).build(),
              model.features(20, 1));
      assertThat(idle.fault().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      file.countDown();
      channel.shutdownNow();
    }
  }

  private Path model() throws Exception {
    Path model = folder.resolve("model");
    TinyModel.save(model);
    return model;
  }

  @Test
  void pipesInAModelFolder_areRefusedAndNotWaitedFor() throws Exception {
    for (String name :
        List.of(
            "model.json",
            "weights.safetensors",
            "calibration.json",
            "priors.json",
            "global_cmvn.stats")) {
      Path model = model();
      Path pipe = model.resolve(name);
      Files.deleteIfExists(pipe);
      assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
      assertThat(
              catchThrowableOfType(
                  StjemException.class, () -> LoadedModel.to(Placement.CPU).load(model)))
          .hasMessage(pipe + " is not a file");
      if (!name.equals("global_cmvn.stats")) {
        assertThat(catchThrowableOfType(StjemException.class, () -> ModelFolder.load(model)))
            .hasMessage(pipe + " is not a file");
      }
      Files.delete(pipe);
    }
  }

  @Test
  void hugeFilesInAModelFolder_areNotRead() throws Exception {
    long huge = 50L << 30;
    for (String name :
        List.of("model.json", "weights.safetensors", "calibration.json", "priors.json")) {
      Path model = model();
      Path file = model.resolve(name);
      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
        sparse.setLength(huge);
      }
      assertThat(
              catchThrowableOfType(
                  StjemException.class, () -> LoadedModel.to(Placement.CPU).load(model)))
          .hasMessageMatching(
              ".*" + name + " has 53687091200 bytes, more than the \\d+ it can need");
      Files.delete(file);
    }
    Path model = model();
    Files.delete(model.resolve("weights.safetensors"));
    try (RandomAccessFile sparse =
        new RandomAccessFile(model.resolve("model.onnx").toFile(), "rw")) {
      sparse.setLength(huge);
    }
    assertThat(
            catchThrowableOfType(
                StjemException.class, () -> LoadedModel.to(Placement.CPU).load(model)))
        .hasMessageEndingWith("bytes, more than the 2147483647 it can need");
  }

  @Test
  void stuckLoading_isSaidToThoseWhoWantAnother() {
    AtomicLong now = new AtomicLong();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch file = new CountDownLatch(1);
    try (Housekeeping housekeeping = new Housekeeping(now::get, (service, status) -> {})) {
      housekeeping
          .models()
          .execute(
              () -> {
                begun.countDown();
                await(file);
              });
      await(begun);
      now.set(Housekeeping.MODELS_LIMIT.plusSeconds(7).toNanos());
      Throwable[] answer = new Throwable[1];
      new AdminService(null, housekeeping.models())
          .reloadModel(
              ReloadModelRequest.getDefaultInstance(),
              new StreamObserver<>() {
                @Override
                public void onNext(ReloadModelResponse response) {}

                @Override
                public void onError(Throwable fault) {
                  answer[0] = fault;
                }

                @Override
                public void onCompleted() {}
              });
      assertThat((StatusRuntimeException) answer[0])
          .hasMessage(
              "UNAVAILABLE: the change of models before this one has not ended for 307 s; the"
                  + " server's log says which");
      file.countDown();
    }
  }
}
