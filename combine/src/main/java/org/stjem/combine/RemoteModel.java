package org.stjem.combine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.Computation;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.serving.ModelCard;
import org.stjem.acoustic.serving.Scores;
import org.stjem.acoustic.serving.ScoringClient;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreStart;

/**
 * A model that another server computes. Every stretch of frames goes there as an utterance of its
 * own, all of them at the same time over one connection; the rows of its context, which cost the
 * other server as much as others, are thrown away. Thread-safe.
 */
public final class RemoteModel implements AcousticModel {
  private final ScoringClient client;
  private final String modelName;
  private final ModelDescription description;
  private final Computation computation;

  private RemoteModel(
      ScoringClient client,
      String modelName,
      ModelDescription description,
      Computation computation) {
    this.client = client;
    this.modelName = modelName;
    this.description = description;
    this.computation = computation;
  }

  /**
   * Asks a server for the description of its model.
   *
   * @param server {@code HOST:PORT}
   * @param modelName empty for the server's default model
   * @param authority certificates the server is checked against; empty for no encryption
   * @throws StjemException if the server does not answer, or its model's rows are not one a frame
   */
  public static RemoteModel connect(String server, String modelName, Optional<Path> authority) {
    ScoringClient client = ScoringClient.connect(server, authority);
    try {
      ModelInfo info = client.modelInfo(modelName);
      if (info.getFrameSubsamplingFactor() != 1) {
        throw new StjemException(
            "model "
                + info.getName()
                + " of server "
                + server
                + " has a frame subsampling factor of "
                + info.getFrameSubsamplingFactor()
                + ", only 1 can be combined");
      }
      return new RemoteModel(client, modelName, describe(info), ModelCard.computation(info));
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private static ModelDescription describe(ModelInfo info) {
    return new ModelDescription(
        ModelFolder.formatVersion(),
        info.getTrainingObjective(),
        info.getArchitecture(),
        List.of(),
        "",
        info.getFeatureDim(),
        info.getLeftContext(),
        info.getRightContext(),
        info.getNumPdfs(),
        info.getFrameShiftMs(),
        info.getFeatureNormalisation(),
        info.getFeatureOptionsMap(),
        new float[0],
        new float[0],
        new double[0],
        Map.of(),
        info.getSeed(),
        info.getRevision(),
        info.getPrecision());
  }

  @Override
  public ModelDescription description() {
    return description;
  }

  @Override
  public Computation computation() {
    return computation;
  }

  @Override
  public FloatMatrix logits(FloatMatrix features) {
    return all(List.of(features)).get(0);
  }

  @Override
  public FloatMatrix logitsOfPadded(FloatMatrix features) {
    return logitsOfPadded(List.of(features)).get(0);
  }

  @Override
  public List<FloatMatrix> logitsOfPadded(List<FloatMatrix> stretches) {
    int left = description.leftContext();
    int right = description.rightContext();
    return all(stretches).stream().map(rows -> rows.rows(left, rows.rows() - right)).toList();
  }

  private List<FloatMatrix> all(List<FloatMatrix> utterances) {
    ScoreStart start =
        ScoreStart.newBuilder()
            .setModelName(modelName)
            .setKind(ScoreKind.SCORE_KIND_LOGIT)
            .setExpectedNumPdfs(description.numPdfs())
            .setExpectedFeatureDim(description.featureDim())
            .build();
    List<CompletableFuture<Scores>> calls = new ArrayList<>();
    for (FloatMatrix utterance : utterances) {
      calls.add(client.score(start, utterance));
    }
    try {
      List<FloatMatrix> rows = new ArrayList<>();
      for (CompletableFuture<Scores> call : calls) {
        rows.add(call.get().rows());
      }
      return rows;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StjemException fault
          ? fault
          : new StjemException("server " + client.server() + ": " + e.getCause(), e.getCause());
    } catch (CancellationException | InterruptedException e) {
      throw new StjemException("the call to server " + client.server() + " was given up", e);
    } finally {
      // What nobody waits for any more costs the other server nothing further.
      calls.forEach(call -> call.cancel(true));
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
