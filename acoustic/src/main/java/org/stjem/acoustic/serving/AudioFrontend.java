package org.stjem.acoustic.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.stjem.acoustic.net.FeatureNormalisation;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * The features of one model, made from audio: filterbanks by the options in its description, and
 * its {@link FeatureNormalisation}.
 */
public final class AudioFrontend {
  static final String GLOBAL_STATS = ModelFolder.GLOBAL_STATS;

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
    return of(description, folder, false);
  }

  /**
   * The same for sounds each of which is all that its speaker says, so that features may be
   * normalised by speakers.
   */
  public static AudioFrontend ofLoneUtterances(ModelDescription description, Path folder) {
    return of(description, folder, true);
  }

  private static AudioFrontend of(
      ModelDescription description, Path folder, boolean loneUtterances) {
    FbankOptions options = fbankOptions(description);
    FeatureNormalisation normalisation =
        loneUtterances
            ? FeatureNormalisation.ofLoneUtterances(description, folder)
            : FeatureNormalisation.of(description, folder);
    int dim = options.dim();
    return new AudioFrontend(
        options,
        normalisation.needsWholeUtterance(),
        memory -> FeatureNormaliser.of(normalisation, dim, memory));
  }

  /**
   * The options that a model's features are made with.
   *
   * @throws StjemException if it does not say, or they do not fit it
   */
  public static FbankOptions fbankOptions(ModelDescription description) {
    if (description.featureOptions().isEmpty()) {
      throw new StjemException("the model does not say how its features were made");
    }
    FbankOptions options = new FbankOptions();
    List<String> arguments = new ArrayList<>();
    description.featureOptions().forEach((name, value) -> arguments.add("--" + name + "=" + value));
    FeatureNormalisation.parse(options, arguments);
    options.check();
    if (options.dim() != description.featureDim()) {
      throw new StjemException(
          "the model's feature options give "
              + options.dim()
              + " dimensions, it takes "
              + description.featureDim());
    }
    return options;
  }

  /** Whether two folders of one description normalise features by the same global statistics. */
  public static boolean sameStatistics(ModelDescription description, Path one, Path other) {
    if (!FeatureNormalisation.isOnline(description.featureNormalisation())) {
      return true;
    }
    try {
      return Files.mismatch(one.resolve(GLOBAL_STATS), other.resolve(GLOBAL_STATS)) == -1;
    } catch (IOException e) {
      return false;
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
    return normalise(extractor.compute(wave));
  }

  /** Whether the first features are known only when the whole utterance is. */
  public boolean rowsAfterEnd() {
    return rowsAfterEnd;
  }

  /**
   * The features of an utterance whose samples come bit by bit, at its start.
   *
   * @param key of the utterance, for the dither
   */
  public FeatureStream stream(String key) {
    FbankExtractor extractor = new FbankExtractor(options);
    extractor.start(1, FbankExtractor.seedOf(0, key));
    return new FeatureStream(
        extractor, normaliser.apply(new MemoryShare(new AtomicLong(), Long.MAX_VALUE)));
  }

  /** The same without normalisation. */
  public FeatureStream rawStream(String key) {
    FbankExtractor extractor = new FbankExtractor(options);
    extractor.start(1, FbankExtractor.seedOf(0, key));
    return new FeatureStream(extractor, FeatureNormaliser.none());
  }

  /**
   * Normalises features of a whole utterance.
   *
   * @param raw {@code [frames, dim]}, not changed
   */
  public FloatMatrix normalise(FloatMatrix raw) {
    FeatureNormaliser normalise =
        normaliser.apply(new MemoryShare(new AtomicLong(), Long.MAX_VALUE));
    FloatMatrix features = normalise.accept(raw);
    return rowsAfterEnd ? normalise.finish(Integer.MAX_VALUE) : features;
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
