package org.stjem.combine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.InputFeatures;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.options.FeatureArguments;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/**
 * The logits of several models, utterance by utterance, from model folders and logit tables alike.
 * The features drive it if there is a model folder, otherwise the first table does; further
 * archives are read in step ({@link AlignedArchive}) and script files are looked up, so that memory
 * does not grow with the number of utterances beyond the lines of the script files.
 */
public final class LogitInputs implements AutoCloseable {

  /**
   * Gives one model's logits of the utterance under a key, {@code driver} being its entry there.
   */
  private interface Source {
    FloatMatrix logits(String key, FloatMatrix driver);
  }

  private final List<String> names;
  private final List<Optional<ModelDescription>> descriptions = new ArrayList<>();
  private final List<Source> sources = new ArrayList<>();
  private final List<AutoCloseable> resources = new ArrayList<>();
  private SequentialTableReader<FloatMatrix> driver;
  private int numPdfs = -1;

  private LogitInputs(List<String> names) {
    this.names = List.copyOf(names);
  }

  /**
   * Opens the inputs.
   *
   * @param inputs model folders and rspecifiers of logits, in any order
   * @param featsRspecifier the features of the model folders; null if there are none
   * @param calibrations for each input {@link ModelFolder#OWN_CALIBRATION}, {@link
   *     ModelFolder#NO_CALIBRATION} or a calibration file; a table has none of its own
   * @param way how the features are prepared for each model
   * @param placement what computes the models
   * @throws StjemException if an input cannot be opened, features are missing or superfluous, or
   *     two models do not fit together
   */
  public static LogitInputs open(
      List<String> inputs,
      String featsRspecifier,
      FeatureArguments way,
      List<String> calibrations,
      Placement placement) {
    return open(
        inputs,
        featsRspecifier,
        way,
        calibrations,
        (folder, calibration) -> ModelFolder.load(folder, placement, calibration));
  }

  static LogitInputs open(
      List<String> inputs,
      String featsRspecifier,
      FeatureArguments way,
      List<String> calibrations,
      BiFunction<Path, String, AcousticModel> loader) {
    LogitInputs opened = new LogitInputs(inputs);
    try {
      opened.describe();
      opened.drive(featsRspecifier);
      for (int i = 0; i < inputs.size(); i++) {
        opened.sources.add(
            opened.source(inputs.get(i), featsRspecifier, way, calibrations.get(i), loader));
      }
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** Reads the descriptions of the model folders and compares them, before anything is loaded. */
  private void describe() {
    String firstModel = null;
    ModelDescription first = null;
    for (String input : names) {
      if (Tables.isSpecifier(input)) {
        descriptions.add(Optional.empty());
        continue;
      }
      if (!Files.isDirectory(ByteNames.path(input))) {
        throw new StjemException(
            input + " is neither a model folder nor an rspecifier such as ark:logits.ark");
      }
      ModelDescription description = ModelFolder.describe(ByteNames.path(input));
      descriptions.add(Optional.of(description));
      if (first == null) {
        firstModel = input;
        first = description;
        numPdfs = description.numPdfs();
      } else {
        ModelAgreement.check(firstModel, first, input, description);
      }
    }
  }

  private void drive(String featsRspecifier) {
    boolean models = descriptions.stream().anyMatch(Optional::isPresent);
    if (models && featsRspecifier == null) {
      throw new StjemException("model folders need --feats");
    }
    if (!models && featsRspecifier != null) {
      throw new StjemException("--feats is of no use without a model folder among the inputs");
    }
    driver = Tables.readFloatMatrices(models ? featsRspecifier : names.get(0));
    resources.add(driver);
  }

  private Source source(
      String input,
      String featsRspecifier,
      FeatureArguments way,
      String calibration,
      BiFunction<Path, String, AcousticModel> loader) {
    if (descriptions.get(sources.size()).isPresent()) {
      AcousticModel model = loader.apply(ByteNames.path(input), calibration);
      resources.add(model);
      InputFeatures in = way.of(model.description(), ByteNames.path(input), featsRspecifier);
      return (key, features) -> model.logits(in.prepare(features));
    }
    Source table = table(input);
    if (calibration.equals(ModelFolder.OWN_CALIBRATION)
        || calibration.equals(ModelFolder.NO_CALIBRATION)) {
      return table;
    }
    PosteriorScaling scaling = PosteriorScaling.read(ByteNames.path(calibration));
    return (key, driver) -> scaling.apply(table.logits(key, driver));
  }

  private Source table(String input) {
    boolean drivenByFeatures = descriptions.stream().anyMatch(Optional::isPresent);
    if (!drivenByFeatures && sources.isEmpty()) {
      return (key, logits) -> logits;
    }
    if (isArchive(input)) {
      AlignedArchive<FloatMatrix> archive =
          new AlignedArchive<>(input, Tables.readFloatMatrices(input));
      resources.add(archive);
      return (key, unused) -> archive.value(key);
    }
    RandomAccessTableReader<FloatMatrix> script = Tables.lookUpFloatMatrices(input);
    resources.add(script);
    return (key, unused) -> script.value(key);
  }

  private static boolean isArchive(String rspecifier) {
    String options = rspecifier.substring(0, rspecifier.indexOf(':'));
    return Arrays.asList(options.split("[, ]")).contains("ark");
  }

  /** The inputs, as they were given. */
  public List<String> names() {
    return names;
  }

  /** The priors of the inputs; empty for a table, and for a model that knows none. */
  public List<Optional<PriorSettings>> priors() {
    List<Optional<PriorSettings>> priors = new ArrayList<>();
    for (String name : names) {
      priors.add(
          Tables.isSpecifier(name)
              ? Optional.empty()
              : Optional.of(ModelFolder.priors(ByteNames.path(name)))
                  .filter(PriorSettings::areKnown));
    }
    return priors;
  }

  /** Moves to the next utterance; false after the last. */
  public boolean next() {
    return driver.next();
  }

  /** The key of the current utterance. */
  public String key() {
    return driver.key();
  }

  /**
   * The logits of the current utterance.
   *
   * @return one matrix {@code [frames, pdfs]} per input, all of one shape
   * @throws EntryException if an input lacks the utterance or has another number of frames; the
   *     following utterances can still be combined
   * @throws StjemException if the inputs are of models over different pdfs
   */
  public List<FloatMatrix> logits() {
    String key = key();
    FloatMatrix entry = driver.value();
    if (entry.rows() == 0) {
      throw new EntryException("no frames");
    }
    List<FloatMatrix> logits = new ArrayList<>();
    for (Source source : sources) {
      logits.add(source.logits(key, entry));
    }
    for (int i = 0; i < logits.size(); i++) {
      if (logits.get(i).rows() != logits.get(0).rows()) {
        throw new EntryException(
            String.format(
                Locale.ROOT,
                "%s has %d frames, %s has %d",
                names.get(0),
                logits.get(0).rows(),
                names.get(i),
                logits.get(i).rows()));
      }
      numPdfs = numPdfs < 0 ? logits.get(i).cols() : numPdfs;
      if (logits.get(i).cols() != numPdfs) {
        throw new StjemException(
            String.format(
                Locale.ROOT,
                "%s has %d columns, not the %d pdfs of the other models; models over different"
                    + " pdfs cannot be combined",
                names.get(i),
                logits.get(i).cols(),
                numPdfs));
      }
    }
    return logits;
  }

  @Override
  public void close() {
    StjemException fault = null;
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (StjemException e) {
        fault = e;
      } catch (Exception e) {
        fault = new StjemException("closing an input failed: " + e.getMessage(), e);
      }
    }
    resources.clear();
    if (fault != null) {
      throw fault;
    }
  }
}
