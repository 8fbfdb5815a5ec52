package org.stjem.acoustic.serving;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.InvalidPathException;
import java.util.function.Supplier;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.proto.v1.LoadModelRequest;
import org.stjem.proto.v1.LoadModelResponse;
import org.stjem.proto.v1.ModelAdminServiceGrpc;
import org.stjem.proto.v1.ReloadModelRequest;
import org.stjem.proto.v1.ReloadModelResponse;
import org.stjem.proto.v1.UnloadModelRequest;
import org.stjem.proto.v1.UnloadModelResponse;

/** Loads, reloads and unloads models, on a thread that the network does not need. */
final class AdminService extends ModelAdminServiceGrpc.ModelAdminServiceImplBase {
  /** Characters of a path, as Linux has it. */
  private static final int LONGEST_PATH = 4096;

  private final ModelCatalog models;
  private final Housekeeping.Kind thread;

  AdminService(ModelCatalog models, Housekeeping.Kind thread) {
    this.models = models;
    this.thread = thread;
  }

  @Override
  public void loadModel(LoadModelRequest request, StreamObserver<LoadModelResponse> response) {
    answer(
        response,
        () -> {
          ModelSource source;
          if (request.getFolder().length() > LONGEST_PATH) {
            throw Status.INVALID_ARGUMENT
                .withDescription(
                    "folder '"
                        + ClientText.shown(request.getFolder())
                        + "' is longer than a path can be")
                .asRuntimeException();
          }
          try {
            source =
                new ModelSource(
                    request.getModelName(),
                    request.getModelVersion(),
                    ByteNames.path(request.getFolder()));
          } catch (StjemException | InvalidPathException e) {
            throw Status.INVALID_ARGUMENT
                .withDescription(ClientText.shown(e.getMessage(), ClientText.MOST_OF_A_SENTENCE))
                .asRuntimeException();
          }
          return LoadModelResponse.newBuilder().setModel(models.load(source)).build();
        });
  }

  @Override
  public void reloadModel(
      ReloadModelRequest request, StreamObserver<ReloadModelResponse> response) {
    answer(
        response,
        () -> {
          ModelCatalog.Reloaded reloaded =
              models.reload(request.getModelName(), request.getModelVersion());
          return ReloadModelResponse.newBuilder()
              .setModel(reloaded.info())
              .setChanged(reloaded.changed())
              .build();
        });
  }

  @Override
  public void unloadModel(
      UnloadModelRequest request, StreamObserver<UnloadModelResponse> response) {
    answer(
        response,
        () -> {
          if (request.getModelName().isEmpty() || request.getModelVersion().isEmpty()) {
            throw Status.INVALID_ARGUMENT
                .withDescription("name and version of the model to unload must be given")
                .asRuntimeException();
          }
          return UnloadModelResponse.newBuilder()
              .setOpenStreams(models.unload(request.getModelName(), request.getModelVersion()))
              .build();
        });
  }

  private <T> void answer(StreamObserver<T> response, Supplier<T> change) {
    if (thread.isStuck()) {
      response.onError(
          Status.UNAVAILABLE
              .withDescription(
                  "the change of models before this one has not ended for "
                      + thread.busy().toSeconds()
                      + " s; the server's log says which")
              .asRuntimeException());
      return;
    }
    thread.execute(
        () ->
            ScoringService.answer(
                response,
                () -> {
                  try {
                    return change.get();
                  } catch (StjemException e) {
                    throw Status.FAILED_PRECONDITION
                        .withDescription(
                            ClientText.shown(e.getMessage(), ClientText.MOST_OF_A_SENTENCE))
                        .asRuntimeException();
                  }
                }));
  }
}
