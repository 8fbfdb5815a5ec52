package org.stjem.frontend.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.cmvn.OnlineCmvn;
import org.stjem.frontend.cmvn.OnlineCmvnOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend apply-cmvn-online} (online2bin/apply-cmvn-online.cc). */
@CommandLine.Command(
    description = {
      "Normalises the means and, with --norm-vars, variances of features as a stream would: each"
          + " frame by the window of frames that ends with it, filled up at the start with the"
          + " speaker's earlier utterances (with --spk2utt) and global statistics.",
      "Example: apply-cmvn-online --spk2utt=ark:data/test/spk2utt global_cmvn.stats"
          + " scp:data/test/feats.scp ark:-"
    },
    sortOptions = false)
final class ApplyCmvnOnlineCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ApplyCmvnOnlineCommand.class);

  @Option(
      names = "--spk2utt",
      paramLabel = "RSPECIFIER",
      description = "utterances per speaker, in the order in which they were spoken")
  private String spk2utt;

  @Mixin private final OnlineCmvnOptions options = new OnlineCmvnOptions();

  @Parameters(
      index = "0",
      paramLabel = "GLOBAL-STATS",
      description = "a file with statistics over many speakers")
  private String globalStats;

  @Parameters(index = "1", paramLabel = "FEATS-RSPECIFIER")
  private String feats;

  @Parameters(index = "2", paramLabel = "FEATS-WSPECIFIER")
  private String output;

  @Override
  public Integer call() {
    OnlineCmvn cmvn =
        new OnlineCmvn(options, CmvnStats.of(KaldiObjects.readDoubleMatrix(globalStats)));
    if (spk2utt != null) {
      return perSpeaker(cmvn);
    }
    return FeatureTable.map(
        feats,
        output,
        log,
        (key, matrix) -> {
          cmvn.startSpeaker();
          FloatMatrix result = cmvn.accept(matrix);
          warnOfFloors(key, cmvn, matrix.rows());
          return result;
        });
  }

  private int perSpeaker(OnlineCmvn cmvn) {
    Tally tally = new Tally(log);
    try (SequentialTableReader<List<String>> speakers = Tables.readTokenVectors(spk2utt);
        RandomAccessTableReader<FloatMatrix> reader = Tables.lookUpFloatMatrices(feats);
        TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(output)) {
      while (speakers.next()) {
        cmvn.startSpeaker();
        for (String utterance : speakers.value()) {
          FloatMatrix result;
          try {
            result = normalise(utterance, cmvn, reader.value(utterance));
          } catch (EntryException e) {
            tally.failed(e.getMessage());
            continue;
          } catch (TableException e) {
            throw e;
          } catch (StjemException e) {
            tally.failed("Utterance " + utterance + ": " + e.getMessage());
            continue;
          }
          writer.write(utterance, result);
          tally.done();
        }
      }
      writer.commit();
    }
    return tally.finish();
  }

  private static FloatMatrix normalise(String key, OnlineCmvn cmvn, FloatMatrix feats) {
    FeatureTable.check(feats);
    cmvn.startUtterance();
    FloatMatrix result = cmvn.accept(feats);
    warnOfFloors(key, cmvn, feats.rows());
    cmvn.finish();
    return result;
  }

  private static void warnOfFloors(String key, OnlineCmvn cmvn, int frames) {
    if (cmvn.flooredFrames() > 0) {
      log.warn(
          "Utterance {}: floored variances in {} of {} frames", key, cmvn.flooredFrames(), frames);
    }
  }
}
