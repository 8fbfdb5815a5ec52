package org.stjem.acoustic.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.cmvn.OnlineCmvn;
import org.stjem.frontend.cmvn.OnlineCmvnOptions;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.options.KaldiOptions;
import picocli.CommandLine;

/**
 * The features of one model, made from audio: filterbanks by the options in its description, and
 * the normalisation that its description names: {@code none}, {@code per-utterance mean}, {@code
 * per-utterance mean and variance}, or {@code online} followed by options of {@link
 * OnlineCmvnOptions} if they are not the defaults. The global statistics for the last are those in
 * {@value #GLOBAL_STATS} in the model folder.
 */
public final class AudioFrontend {
  static final String GLOBAL_STATS = ModelFolder.GLOBAL_STATS;

  private static final String ONLINE = "online";
  private static final String MEAN = "per-utterance mean";
  private static final String MEAN_AND_VARIANCE = "per-utterance mean and variance";

  private final FbankOptions options;
  private final boolean rowsAfterEnd;
  private final Function<MemoryShare, FeatureNormaliser> normaliser;

  private AudioFrontend(
      FbankOptions options,
      boolean rowsAfterEnd,
      Function<MemoryShare, FeatureNormaliser> normaliser) {
    this.options = options;
    this.rowsAfterEnd = rowsAfterEnd;
    this.normaliser = normaliser;
  }

  /**
   * The frontend of a model.
   *
   * @param folder where statistics are looked for
   * @throws StjemException saying why audio cannot be taken for this model
   */
  public static AudioFrontend of(ModelDescription description, Path folder) {
    if (description.featureOptions().isEmpty()) {
      throw new StjemException("the model does not say how its features were made");
    }
    FbankOptions options = new FbankOptions();
    List<String> arguments = new ArrayList<>();
    description.featureOptions().forEach((name, value) -> arguments.add("--" + name + "=" + value));
    parse(options, arguments);
    options.check();
    if (options.dim() != description.featureDim()) {
      throw new StjemException(
          "the model's feature options give "
              + options.dim()
              + " dimensions, it takes "
              + description.featureDim());
    }
    String words = description.featureNormalisation();
    int dim = options.dim();
    if (words.equals("none")) {
      return new AudioFrontend(options, false, memory -> FeatureNormaliser.none());
    }
    if (words.equals(MEAN) || words.equals(MEAN_AND_VARIANCE)) {
      boolean variances = words.equals(MEAN_AND_VARIANCE);
      return new AudioFrontend(
          options, true, memory -> FeatureNormaliser.perUtterance(dim, variances, memory));
    }
    if (words.equals(ONLINE) || words.startsWith(ONLINE + " ")) {
      OnlineCmvnOptions online = new OnlineCmvnOptions();
      List<String> parts = Arrays.asList(words.strip().split("\\s+"));
      parse(online, parts.subList(1, parts.size()));
      CmvnStats global =
          CmvnStats.of(KaldiObjects.readDoubleMatrix(folder.resolve(GLOBAL_STATS).toString()));
      // Made once here, so that options or statistics that do not fit are found before a stream.
      new OnlineCmvn(online, global);
      return new AudioFrontend(
          options, false, memory -> FeatureNormaliser.online(new OnlineCmvn(online, global)));
    }
    throw new StjemException("the model's feature normalisation is '" + words + "'");
  }

  /** Whether two folders of one description normalise features by the same global statistics. */
  static boolean sameStatistics(ModelDescription description, Path one, Path other) {
    if (!description.featureNormalisation().startsWith(ONLINE)) {
      return true;
    }
    try {
      return Files.mismatch(one.resolve(GLOBAL_STATS), other.resolve(GLOBAL_STATS)) == -1;
    } catch (IOException e) {
      return false;
    }
  }

  private static void parse(Object options, List<String> arguments) {
    try {
      KaldiOptions.parser(options).parseArgs(arguments.toArray(new String[0]));
    } catch (CommandLine.ParameterException e) {
      throw new StjemException("the model's feature options: " + e.getMessage(), e);
    }
  }

  /** Sampling rate of the audio in Hz. */
  public int sampleRate() {
    return Math.round(options.sampleFrequency);
  }

  /** How many samples give so many frames, at least one. */
  public int samples(int frames) {
    return options.snipEdges
        ? options.windowSize() + (frames - 1) * options.windowShift()
        : frames * options.windowShift();
  }

  /**
   * Features of a whole utterance, normalised.
   *
   * @param key of the utterance, for the dither
   * @param wave samples at 16-bit scale
   */
  public FloatMatrix features(String key, float[] wave) {
    FbankExtractor extractor = new FbankExtractor(options);
    extractor.start(1, FbankExtractor.seedOf(0, key));
    FeatureNormaliser normalise =
        normaliser.apply(new MemoryShare(new AtomicLong(), Long.MAX_VALUE));
    FloatMatrix features = normalise.accept(extractor.compute(wave));
    return rowsAfterEnd ? normalise.finish(Integer.MAX_VALUE) : features;
  }

  /** Whether the first features are known only when the whole utterance is. */
  boolean rowsAfterEnd() {
    return rowsAfterEnd;
  }

  /**
   * A source at the start of an utterance.
   *
   * @param key of the utterance, for the dither
   * @param memory what it may hold back
   */
  FrameSource open(String key, MemoryShare memory) {
    FbankExtractor extractor = new FbankExtractor(options);
    extractor.start(1, FbankExtractor.seedOf(0, key));
    return new AudioSource(extractor, options.windowShift(), normaliser.apply(memory));
  }
}
