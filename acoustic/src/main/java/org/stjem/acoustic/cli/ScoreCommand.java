package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.InputFeatures;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.options.FeatureArguments;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.acoustic.serving.ModelCard;
import org.stjem.acoustic.serving.ScoringClient;
import org.stjem.acoustic.serving.TableScorer;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreStart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic score}: the scores of {@code forward}, from a server. */
@Command(
    description = {
      "Writes the scores of the model of a server for a table of features, as 'forward' does.",
      "When a server goes away, the scores that are missing come from another one, or from it when"
          + " it is back; a server with another model is refused.",
      "",
      "e.g.: latgen-faster-mapped --acoustic-scale=0.1 final.mdl HCLG.fst \\",
      "        \"ark:stjem acoustic score --server=localhost:50051 scp:feats.scp ark:- |\""
          + " ark:lat.1",
      ""
    },
    sortOptions = false)
public final class ScoreCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ScoreCommand.class);

  @Mixin private ServerConnection connection;

  @Parameters(index = "0", paramLabel = "FEATS-RSPECIFIER", description = "features")
  private String features;

  @Parameters(index = "1", paramLabel = "LOGLIKES-WSPECIFIER", description = "scores to write")
  private String loglikes;

  @Mixin private ScoreArguments wanted;

  @Option(
      names = "--model",
      paramLabel = "NAME[:VERSION]",
      description = "model of the server (default: the server's default)")
  private String model = "";

  @Option(
      names = "--head",
      paramLabel = "NAME",
      description = "refuse a model whose columns are not the labels of this head")
  private String head;

  @Option(
      names = "--model-dir",
      paramLabel = "MODEL-DIR",
      description = "refuse another model than the one in this folder")
  private Path modelFolder;

  @Option(
      names = "--feature-config",
      paramLabel = "FILE",
      description = "configuration of the features; refuse a model trained on others")
  private Path featureConfig;

  @Option(
      names = "--streams",
      defaultValue = "8",
      description = "utterances under way at the same time (default: ${DEFAULT-VALUE})")
  private int streams;

  @Option(
      names = "--retries",
      defaultValue = "5",
      description =
          "how often in a row to try again when the server is gone (default: ${DEFAULT-VALUE})")
  private int retries;

  @Mixin private final FeatureArguments featureArguments = new FeatureArguments();

  @Override
  public Integer call() {
    if (streams < 1) {
      throw new StjemException("--streams is " + streams + ", it must be at least 1");
    }
    if (retries < 0) {
      throw new StjemException("--retries is " + retries + ", it must be at least 0");
    }
    ScoreStart.Builder start =
        ScoreStart.newBuilder().setKind(kind(wanted.kind())).setWantLogPx(wanted.wantsLogDensity());
    if (wanted.priorScale() != null) {
      start.setPriorScale(wanted.priorScale());
    }
    if (featureConfig != null) {
      start.putAllExpectedFeatureOptions(FeatureConfig.read(featureConfig));
    }
    String fingerprint = modelFolder == null ? "" : LoadedModel.fingerprint(modelFolder, head);
    try (ScoringClient client = connection.connect()) {
      TableScorer scorer = new TableScorer(client, streams, retries);
      ModelInfo info = scorer.modelInfo(model);
      String server = "model '" + info.getName() + "' of server " + client.server();
      wanted.checkPdfs(server, info.getNumPdfs());
      if (head != null && !head.equals(info.getHead())) {
        throw new StjemException(
            server
                + (info.getHead().isEmpty()
                    ? " has one head, which has no name"
                    : " gives the scores of head '" + info.getHead() + "'")
                + ", not those of head '"
                + head
                + "'");
      }
      if (modelFolder != null && !fingerprint.equals(info.getFingerprint())) {
        throw new StjemException(
            server
                + " has fingerprint "
                + info.getFingerprint()
                + " but that in "
                + modelFolder
                + " has "
                + fingerprint);
      }
      // So that no table is scored by two models.
      start
          .setModelName(info.getName())
          .setModelVersion(info.getVersion())
          .setExpectedFingerprint(info.getFingerprint());
      score(scorer, info, start.build());
    }
    return 0;
  }

  private void score(TableScorer scorer, ModelInfo info, ScoreStart start) {
    InputFeatures input =
        featureArguments.of(
            "'" + info.getName() + "' of the server",
            info.getFeatureNormalisation(),
            ModelCard.featureMatch(info),
            features);
    try (SequentialTableReader<FloatMatrix> reader =
            input.prepared(Tables.readFloatMatrices(features));
        ScoreTables tables = wanted.open(loglikes, LOG)) {
      TableScorer.Result result =
          scorer.run(
              start, reader, (key, scores) -> tables.write(key, scores.rows(), scores.logPx()));
      tables.finish(result.failed());
    }
  }

  private static ScoreKind kind(OutputKind kind) {
    return switch (kind) {
      case LOGLIKES -> ScoreKind.SCORE_KIND_SCALED_LOG_LIKELIHOOD;
      case LOGITS -> ScoreKind.SCORE_KIND_LOGIT;
      case LOG_POSTERIORS -> ScoreKind.SCORE_KIND_LOG_POSTERIOR;
    };
  }
}
