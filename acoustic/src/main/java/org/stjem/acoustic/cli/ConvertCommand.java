package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.ebm.AnnealedSgld;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.generate.Conversion;
import org.stjem.acoustic.generate.SequenceModel;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.InputFeatures;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.acoustic.options.FeatureArguments;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic convert}. */
@Command(
    description = {
      "Gives utterances another speaker: from their features SGLD climbs the energy of that speaker"
          + " and of the phones that the model hears in them, held by a penalty on the distance.",
      "The model has a head of speakers beside its first one (train --utterance-head).",
      "",
      "e.g.: stjem acoustic convert --speaker=fash exp/two scp:feats.scp ark:converted.ark",
      ""
    },
    sortOptions = false)
final class ConvertCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ConvertCommand.class);

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(index = "1", paramLabel = "FEATS-RSPECIFIER", description = "features")
  private String feats;

  @Parameters(index = "2", paramLabel = "FEATS-WSPECIFIER", description = "features to write")
  private String output;

  @Mixin private final SpeakerArguments speaker = new SpeakerArguments(1, 1);

  @Mixin private final AnchorArgument anchor = new AnchorArgument(0.3);

  @Mixin
  private final ChainArguments chains =
      new ChainArguments(new AnnealedSgld(40, 0.1, 0.02, 0, 0, Double.POSITIVE_INFINITY, 4), 1, 1);

  @Mixin private final FeatureArguments featureArguments = new FeatureArguments();

  @Mixin private final EngineArguments engine = new EngineArguments();

  @Override
  public Integer call() {
    double weight = anchor.weight();
    String device = engine.configure();
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    try (SequenceModel model = speaker.load(folder, device);
        AcousticModel ears = ModelFolder.load(folder, Placement.CPU, ModelFolder.NO_CALIBRATION)) {
      InputFeatures input = featureArguments.of(model.description(), folder, feats);
      Conversion conversion = new Conversion(model, chains.sgld(), chains::smoothing, weight);
      try (SequentialTableReader<FloatMatrix> reader =
              input.prepared(Tables.readFloatMatrices(feats));
          TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(output)) {
        long stream = 0;
        while (reader.next()) {
          try {
            FloatMatrix given = reader.value();
            int[] phones = best(ears.logits(given));
            writer.write(
                reader.key(),
                conversion.convert(
                    given,
                    phones,
                    speaker.columns(reader.key())[0],
                    new SeededRandom(chains.seed(), ++stream)));
            tally.done();
          } catch (EntryException e) {
            tally.failed(reader.key(), e);
          }
        }
        tally.finish();
        writer.commit();
      }
    }
    return 0;
  }

  private static int[] best(FloatMatrix logits) {
    int[] best = new int[logits.rows()];
    for (int t = 0; t < best.length; t++) {
      for (int c = 1; c < logits.cols(); c++) {
        best[t] = logits.get(t, c) > logits.get(t, best[t]) ? c : best[t];
      }
    }
    return best;
  }
}
