package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.confidence.CtmTable;
import org.stjem.acoustic.confidence.DensityRanks;
import org.stjem.acoustic.confidence.FeatureExtractor;
import org.stjem.acoustic.confidence.FeatureTable;
import org.stjem.acoustic.confidence.PhoneCounts;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic word-features}: what is known about each word of a ctm. */
@Command(
    description = {
      "Writes a table of what tells right words from wrong ones: posteriors of the word and its"
          + " neighbours and its duration, from a ctm of 'decode --conf-ctm'; sharpness of frame"
          + " posteriors and log p(x), from a model's logits; the rank of log p(x) among training"
          + " frames; and how sure a mixture is of the domain.",
      "'confidence-train' and 'confidence-apply' read the table.",
      "",
      "Example:",
      "  stjem acoustic forward --log-density-wspecifier=ark:train.logpx exp/st-jem \\",
      "    scp:data/train/feats.scp ark:/dev/null",
      "  stjem acoustic word-features --logits=ark:dev.logits --train-log-density=ark:train.logpx \\",
      "    --align-lexicon=data/lang/phones/align_lexicon.txt dev.ctm dev.words",
      ""
    })
final class WordFeaturesCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(WordFeaturesCommand.class);

  @Option(
      names = "--logits",
      paramLabel = "RSPECIFIER",
      description = "matrices of a model's logits, for frame posteriors and log p(x)")
  private String logits;

  @Option(
      names = "--log-density",
      paramLabel = "RSPECIFIER",
      description =
          "vectors of log p(x) of each frame, such as a mixture's; takes the place of that of"
              + " --logits")
  private String logDensity;

  @Option(
      names = "--train-log-density",
      paramLabel = "RSPECIFIER",
      description = "vectors of log p(x) of training frames, among which those of words are ranked")
  private String trainLogDensity;

  @Option(
      names = "--responsibilities",
      paramLabel = "RSPECIFIER",
      description = "matrices of the responsibilities of a mixture's models for each frame")
  private String responsibilities;

  @Option(
      names = "--align-lexicon",
      paramLabel = "FILE",
      description =
          "phones/align_lexicon.txt of the lang folder, for durations per phone in place of those"
              + " per word")
  private Path alignLexicon;

  @Option(
      names = "--frame-shift",
      paramLabel = "SECONDS",
      description = "time between two rows of the tables (default: ${DEFAULT-VALUE})")
  private double frameShift = 0.01;

  @Parameters(index = "0", paramLabel = "CTM", description = "words with times and posteriors")
  private Path ctm;

  @Parameters(index = "1", paramLabel = "FEATURES", description = "table to write")
  private Path output;

  @Override
  public Integer call() throws IOException {
    if (!(frameShift > 0)) {
      throw new StjemException("--frame-shift must be above 0, not " + frameShift);
    }
    if (trainLogDensity != null && logits == null && logDensity == null) {
      throw new StjemException("--train-log-density needs --logits or --log-density");
    }
    CtmTable words = CtmTable.read(ctm);
    FeatureExtractor extractor =
        new FeatureExtractor(
            frameShift,
            alignLexicon == null ? null : PhoneCounts.read(alignLexicon),
            trainLogDensity == null ? null : DensityRanks.read(trainLogDensity));
    FeatureTable table = null;
    int done = 0;
    int failed = 0;
    try (Inputs inputs = new Inputs()) {
      for (Map.Entry<String, List<CtmTable.Word>> utterance : words.utterances().entrySet()) {
        List<Map<String, Double>> features;
        try {
          features = extractor.features(utterance.getValue(), inputs.frames(utterance.getKey()));
        } catch (StjemException e) {
          log.warn("leaving out utterance {}: {}", utterance.getKey(), e.getMessage());
          failed++;
          continue;
        }
        if (table == null) {
          table = new FeatureTable(List.copyOf(features.get(0).keySet()));
        }
        for (int i = 0; i < features.size(); i++) {
          double[] values =
              features.get(i).values().stream().mapToDouble(Double::doubleValue).toArray();
          table.add(utterance.getKey(), new FeatureTable.Row(utterance.getValue().get(i), values));
        }
        done++;
      }
    }
    log.info("Done {} utterances, failed for {}", done, failed);
    if (table == null) {
      throw new StjemException("no utterance has features, failed for " + failed);
    }
    table.write(output);
    return 0;
  }

  /** The tables of frames, looked up by utterance. */
  private final class Inputs implements AutoCloseable {
    private final List<RandomAccessTableReader<?>> readers = new ArrayList<>();
    private RandomAccessTableReader<FloatMatrix> logitsReader;
    private RandomAccessTableReader<float[]> densityReader;
    private RandomAccessTableReader<FloatMatrix> responsibilitiesReader;

    Inputs() {
      try {
        logitsReader = logits == null ? null : opened(Tables.lookUpFloatMatrices(logits));
        densityReader = logDensity == null ? null : opened(Tables.lookUpFloatVectors(logDensity));
        responsibilitiesReader =
            responsibilities == null ? null : opened(Tables.lookUpFloatMatrices(responsibilities));
      } catch (StjemException e) {
        close();
        throw e;
      }
    }

    private <T> RandomAccessTableReader<T> opened(RandomAccessTableReader<T> reader) {
      readers.add(reader);
      return reader;
    }

    FeatureExtractor.Frames frames(String key) {
      return new FeatureExtractor.Frames(
          value(logitsReader, key), value(densityReader, key), value(responsibilitiesReader, key));
    }

    private static <T> T value(RandomAccessTableReader<T> reader, String key) {
      return reader == null ? null : reader.value(key);
    }

    @Override
    public void close() {
      readers.forEach(RandomAccessTableReader::close);
    }
  }
}
