package org.stjem.combine.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.net.Priors;
import org.stjem.combine.Combination;
import org.stjem.combine.CombinationMethod;
import org.stjem.combine.DensityPooling;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiObjects;
import picocli.CommandLine.Option;

/** The options that say how models are combined. */
final class CombinationArguments {
  @Option(
      names = "--method",
      defaultValue = "mixture",
      description =
          "mixture: Eq. 26; to compare with: posterior-mean, geometric-mean of the likelihoods,"
              + " inverse-entropy (default ${DEFAULT-VALUE})")
  private String method;

  @Option(
      names = "--weights",
      split = ",",
      paramLabel = "W",
      description = "weight of each input, scaled to a sum of 1 (default: equal weights)")
  private double[] weights;

  @Option(
      names = "--log-z",
      split = ",",
      paramLabel = "LOGZ",
      description =
          "log partition function of each input, in nats; 'combine match-log-z' and 'combine fit'"
              + " find them (default: 0 for all)")
  private double[] logZ;

  @Option(
      names = "--pool-frames",
      defaultValue = "1",
      description =
          "weigh each model by its mean log p(x) over a window of this many frames, an odd number;"
              + " 0 for the whole utterance, 1 for frame by frame as in Eq. 24 (default"
              + " ${DEFAULT-VALUE})")
  private int poolFrames;

  @Option(
      names = "--pool-past",
      arity = "0..1",
      paramLabel = "BOOL",
      defaultValue = "false",
      fallbackValue = "true",
      description =
          "the window ends at the frame instead of being centred there, so that nothing waits"
              + " (default ${DEFAULT-VALUE})")
  private boolean poolPast;

  @Option(
      names = "--density-scale",
      defaultValue = "1.0",
      description =
          "factor of log p(x) - log Z in the weight of a model; 'combine fit' finds it (default"
              + " ${DEFAULT-VALUE})")
  private double densityScale;

  @Option(
      names = "--class-frame-counts",
      paramLabel = "FILE",
      description =
          "vector of frame counts for the prior (default: the weighted mean of the model folders'"
              + " priors)")
  private String classFrameCounts;

  @Option(
      names = "--prior-floor",
      description =
          "pdfs of a relative frequency below this are switched off (default: that of the model"
              + " folders, or 1e-10)")
  private Double priorFloor;

  @Option(
      names = "--prior-scale",
      description = "weight of the log prior (default: that of the model folders, or 1)")
  private Double priorScale;

  @Option(
      names = "--calibration",
      split = ",",
      paramLabel = "auto|none|FILE",
      defaultValue = ModelFolder.OWN_CALIBRATION,
      description =
          "scaling of the inputs' posteriors, one for all or one for each: that of the model"
              + " folder if it has one, none, or a file of 'acoustic calibrate' (default"
              + " ${DEFAULT-VALUE})")
  private List<String> calibration;

  @Option(
      names = "--mixture-calibration",
      paramLabel = "FILE",
      description = "scaling of the combination's posteriors (default: none)")
  private Path mixtureCalibration;

  /** The combination of so many inputs. */
  Combination combination(int size) {
    return CombinationMethod.of(method).combination(weights(size), offsets(size));
  }

  CombinationMethod method() {
    return CombinationMethod.of(method);
  }

  /** Whether the prior is given, rather than that of the models. */
  boolean hasClassFrameCounts() {
    return classFrameCounts != null;
  }

  /** Refuses what has no counterpart in a graph that computes frame by frame. */
  void checkFrameByFrame() {
    if (method() != CombinationMethod.MIXTURE) {
      throw new StjemException("--method=" + method + " cannot be exported; mixture, Eq. 26, can");
    }
    if (poolFrames != 1) {
      throw new StjemException(
          "log p(x) pooled over frames cannot be exported; --pool-frames="
              + poolFrames
              + " must be 1");
    }
  }

  /** Factor of log p(x) - log Z. */
  double densityScale() {
    pooling();
    return densityScale;
  }

  /** All that decides how so many models are combined, in words. */
  String description(int size) {
    return String.join(
        "\n",
        method,
        Arrays.toString(weights(size)),
        Arrays.toString(logZ(size)),
        windowOptions(),
        Double.toString(densityScale),
        String.valueOf(classFrameCounts),
        priorFloor + " " + priorScale,
        String.join(",", calibrations(size)),
        String.valueOf(mixtureCalibration));
  }

  /** w_i, not scaled. */
  double[] weights(int size) {
    double[] shares = weights;
    if (shares == null) {
      shares = new double[size];
      Arrays.fill(shares, 1);
    }
    return sized("--weights", shares, size);
  }

  /** log Z_i of each input. */
  double[] logZ(int size) {
    return sized("--log-z", logZ == null ? new double[size] : logZ, size);
  }

  /** The constants that go with scaled densities: β log Z_i. */
  double[] offsets(int size) {
    return Arrays.stream(logZ(size)).map(value -> densityScale * value).toArray();
  }

  private static double[] sized(String option, double[] values, int size) {
    if (values.length != size) {
      throw new StjemException(
          option + " has " + values.length + " values for " + size + " inputs");
    }
    return values;
  }

  /** How log p(x) is pooled and scaled before models are added. */
  DensityPooling pooling() {
    return new DensityPooling(poolFrames, poolPast, densityScale);
  }

  /** The same window without the scale. */
  DensityPooling window() {
    return new DensityPooling(poolFrames, poolPast, 1);
  }

  /** Log p(x) of the whole utterance, scaled, on which the posterior over domains rests. */
  DensityPooling utterance() {
    return new DensityPooling(0, false, densityScale);
  }

  /** The window as options. */
  String windowOptions() {
    return "--pool-frames=" + poolFrames + (poolPast ? "\n--pool-past=true" : "");
  }

  /** The calibration of each input, see {@link ModelFolder#load}. */
  List<String> calibrations(int size) {
    if (calibration.size() == 1) {
      return Collections.nCopies(size, calibration.get(0));
    }
    if (calibration.size() != size) {
      throw new StjemException(
          "--calibration has " + calibration.size() + " values for " + size + " inputs");
    }
    return calibration;
  }

  /** The calibration of the combination. */
  Optional<PosteriorScaling> mixtureCalibration() {
    return Optional.ofNullable(mixtureCalibration).map(PosteriorScaling::read);
  }

  /**
   * The prior of the combination: of the counts given, or Σ_i w_i p_i(y) of the models.
   *
   * @param names of the inputs, for messages
   * @param stored the priors of the inputs, of those that know them
   * @throws StjemException if no counts are given and an input knows none, or if neither floor nor
   *     scale is given where the inputs' differ
   */
  PriorSettings priors(List<String> names, List<Optional<PriorSettings>> stored) {
    double[] counts =
        classFrameCounts == null ? meanOf(stored) : KaldiObjects.readDoubleVector(classFrameCounts);
    return new PriorSettings(counts, floor(names, stored), scale(names, stored));
  }

  /** Floor and scale for a combination whose counts nobody knows. */
  PriorSettings priorsWithoutCounts(List<String> names, List<Optional<PriorSettings>> stored) {
    return new PriorSettings(new double[0], floor(names, stored), scale(names, stored));
  }

  private double floor(List<String> names, List<Optional<PriorSettings>> stored) {
    return priorFloor != null
        ? priorFloor
        : common("floor", names, stored, PriorSettings::floor, Priors.DEFAULT_FLOOR);
  }

  private double scale(List<String> names, List<Optional<PriorSettings>> stored) {
    return priorScale != null
        ? priorScale
        : common("scale", names, stored, PriorSettings::scale, PriorSettings.DEFAULT_SCALE);
  }

  /** The value that all inputs have that have one. */
  private static double common(
      String property,
      List<String> names,
      List<Optional<PriorSettings>> stored,
      ToDoubleFunction<PriorSettings> value,
      double otherwise) {
    int first = -1;
    for (int i = 0; i < stored.size(); i++) {
      if (stored.get(i).isEmpty()) {
        continue;
      }
      first = first < 0 ? i : first;
      double one = value.applyAsDouble(stored.get(first).get());
      double other = value.applyAsDouble(stored.get(i).get());
      if (one != other) {
        throw new StjemException(
            String.format(
                Locale.ROOT,
                "models differ in prior %s: %s has %s, %s has %s; give --prior-%s",
                property,
                names.get(first),
                one,
                names.get(i),
                other,
                property));
      }
    }
    return first < 0 ? otherwise : value.applyAsDouble(stored.get(first).get());
  }

  private double[] meanOf(List<Optional<PriorSettings>> stored) {
    List<double[]> counts = new ArrayList<>();
    for (Optional<PriorSettings> settings : stored) {
      settings.ifPresent(known -> counts.add(known.classCounts()));
    }
    if (counts.size() < stored.size()) {
      throw new StjemException(
          "--output=loglikes of logit tables, or of models that know no priors, needs"
              + " --class-frame-counts");
    }
    return Priors.mean(weights(stored.size()), counts);
  }

  /** The priors of each model by itself. */
  List<PriorSettings> priorsOfEach(List<Optional<PriorSettings>> stored) {
    List<PriorSettings> priors = new ArrayList<>();
    for (Optional<PriorSettings> settings : stored) {
      if (settings.isEmpty() || classFrameCounts != null) {
        throw new StjemException(
            "--priors=own needs model folders only, which know their priors, and no --class-frame-counts");
      }
      priors.add(settings.get().with(priorFloor, priorScale));
    }
    return priors;
  }
}
