package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.ebm.AnnealedSgld;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.generate.Separation;
import org.stjem.acoustic.generate.SequenceModel;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic separate}. */
@Command(
    description = {
      "Parts mixtures of two voices: two sequences whose powers add up to the mixture's, each likely"
          + " under its speaker, by steps of SGLD for the one and the other in turn.",
      "Features are natural logarithms of powers, as make-fbank writes them, not normalised; the"
          + " model has a head of speakers beside its first one (train --utterance-head).",
      "",
      "e.g.: stjem acoustic separate --speaker=fash,mblw exp/two ark:mixture.ark ark:first.ark"
          + " ark:second.ark",
      ""
    },
    sortOptions = false)
final class SeparateCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(SeparateCommand.class);

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(index = "1", paramLabel = "FEATS-RSPECIFIER", description = "mixtures")
  private String feats;

  @Parameters(index = "2", paramLabel = "FIRST-WSPECIFIER", description = "first voices to write")
  private String first;

  @Parameters(index = "3", paramLabel = "SECOND-WSPECIFIER", description = "second voices to write")
  private String second;

  @Mixin private final SpeakerArguments speakers = new SpeakerArguments(2, 4);

  @Mixin
  private final ChainArguments chains =
      new ChainArguments(new AnnealedSgld(60, 2, 0.3, 0, 0, Double.POSITIVE_INFINITY, 7), 1, 1);

  @Mixin private final EngineArguments engine = new EngineArguments();

  @Override
  public Integer call() {
    String device = engine.configure();
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    try (SequenceModel model = speakers.load(folder, device)) {
      String normalisation = model.description().featureNormalisation();
      if (!normalisation.equals("none")) {
        throw new StjemException(
            "model "
                + folder
                + " takes features with "
                + normalisation
                + " normalisation, of which powers do not add up");
      }
      Separation separation = new Separation(model, chains.sgld(), chains::smoothing);
      try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(feats);
          TableWriter<FloatMatrix> firstWriter = Tables.writeFloatMatrices(first);
          TableWriter<FloatMatrix> secondWriter = Tables.writeFloatMatrices(second)) {
        long stream = 0;
        while (reader.next()) {
          try {
            int[] columns = speakers.columns(reader.key());
            Separation.Voices voices =
                separation.separate(
                    reader.value(),
                    columns[0],
                    columns[1],
                    new SeededRandom(chains.seed(), ++stream));
            firstWriter.write(reader.key(), voices.first());
            secondWriter.write(reader.key(), voices.second());
            tally.done();
          } catch (EntryException e) {
            tally.failed(reader.key(), e);
          }
        }
        tally.finish();
        firstWriter.commit();
        secondWriter.commit();
      }
    }
    return 0;
  }
}
