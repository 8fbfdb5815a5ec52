package org.stjem.acoustic.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.data.FrameCorpus;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.ebm.TrainingData;
import org.stjem.acoustic.ebm.TrainingException;
import org.stjem.acoustic.eval.Calibration;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.acoustic.eval.FrameCalibration;
import org.stjem.acoustic.eval.ScoreKind;
import org.stjem.acoustic.monitor.MonitoredRun;
import org.stjem.acoustic.net.FeatureNormalisation;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.Priors;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Trains one acoustic model into a folder; what else the folder gets, {@link MonitoredRun} says.
 */
public final class AcousticTraining {
  private static final Logger LOG = LoggerFactory.getLogger(AcousticTraining.class);
  private static final int EVALUATION_BLOCK = 256;

  /** In standard deviations; what compression of archives adds to a mean of 0 is less. */
  private static final double NORMALISED = 0.01;

  private static final double NOT_NORMALISED = 0.5;

  private final TrainingRecipe recipe;
  private final Path folder;

  public AcousticTraining(TrainingRecipe recipe, Path folder) {
    this.recipe = recipe;
    this.folder = folder;
  }

  /**
   * Trains and saves the model.
   *
   * @param corpus training frames
   * @param heldOut frames to evaluate on after each epoch, or null
   * @param unlabelled frames to learn from without labels, or null
   * @param negatives frames of another domain, or null
   */
  public void run(
      FrameCorpus corpus, FrameCorpus heldOut, FrameCorpus unlabelled, FrameCorpus negatives)
      throws IOException {
    warnOfNormalisation(corpus);
    StartingModel init =
        recipe.init() == null
            ? null
            : StartingModel.read(recipe.init(), !corpus.further().isEmpty());
    if (init != null) {
      init.normalise(corpus);
    }
    ModelDescription description = describe(corpus);
    if (init != null) {
      init.requireNetworkOf(description);
    }
    for (FrameCorpus other : Arrays.asList(heldOut, unlabelled, negatives)) {
      if (other != null) {
        other.normaliseBy(corpus.mean(), corpus.stddev());
      }
    }
    MonitoredRun run =
        new MonitoredRun(
            folder, recipe.run(), "frames", heldOut == null ? null : n -> evaluate(n, heldOut));
    try (EnergyNetwork network =
        TorchModels.newNetwork(description, Engines.device(recipe.device()), recipe.dropout())) {
      if (init != null) {
        network.setWeights(init.weights());
      }
      TrainingData data = new TrainingData(corpus, unlabelled, negatives);
      Map<String, Tensor> weights = run.train(network, data, recipe.trainer(), recipe.options());
      ModelFolder.save(folder, description, weights);
      run.clear();
    }
  }

  /** Features less the mean have mean 0 in all dimensions, and others do not. */
  private void warnOfNormalisation(FrameCorpus corpus) {
    float[] mean = corpus.mean();
    float[] stddev = corpus.stddev();
    double[] off = new double[mean.length];
    for (int d = 0; d < off.length; d++) {
      off[d] = Math.abs(mean[d]) / stddev[d];
    }
    double most = Arrays.stream(off).max().orElse(0);
    String words = recipe.featureNormalisation();
    if (words.equals(FeatureNormalisation.NONE) && most < NORMALISED) {
      LOG.warn(
          "the features have mean 0 in all dimensions, so they seem to be normalised, but the model"
              + " will say '{}'; say what was done by --feature-normalisation, else nobody who"
              + " scores can know",
          words);
    }
    if (words.startsWith("per-") && most > NOT_NORMALISED) {
      LOG.warn(
          "--feature-normalisation={} is noted in the model, but the mean of the features is up to"
              + " {} standard deviations from 0, so they do not seem to be normalised so",
          words,
          String.format(Locale.ROOT, "%.1f", most));
    }
  }

  private ModelDescription describe(FrameCorpus corpus) {
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            recipe.trainer().objective().toString(),
            recipe.architecture(),
            recipe.hiddenLayers(),
            recipe.activation(),
            corpus.featureDim(),
            recipe.leftContext(),
            recipe.rightContext(),
            corpus.classes(),
            recipe.frameShiftMs(),
            recipe.featureNormalisation(),
            recipe.featureOptions(),
            corpus.mean(),
            corpus.stddev(),
            corpus.further().isEmpty()
                ? Priors.smoothed(corpus.classCounts(), recipe.trainer().terms().labelSmoothing())
                : new double[0],
            recipe.options(),
            recipe.trainer().seed(),
            recipe.revision());
    return description
        .withFilters(recipe.filters())
        .withHeads(recipe.heads().of(corpus, recipe.trainer().terms().labelSmoothing()));
  }

  private static CalibrationReport evaluate(EnergyNetwork network, FrameCorpus heldOut) {
    FrameCalibration calibration = new FrameCalibration(Calibration.DEFAULT_BINS, ScoreKind.LOGITS);
    SeededRandom unused = new SeededRandom(0, 0);
    for (int first = 0; first < heldOut.size(); first += EVALUATION_BLOCK) {
      int count = Math.min(EVALUATION_BLOCK, heldOut.size() - first);
      float[] rows = new float[count * heldOut.rowSize()];
      int[] pdfs = new int[count];
      for (int i = 0; i < count; i++) {
        heldOut.copyRow(first + i, rows, i * heldOut.rowSize(), unused);
        pdfs[i] = heldOut.label(first + i);
      }
      float[] logits = network.logits(rows, count);
      if (FiniteNumbers.indexOfOther(logits, 0, logits.length) >= 0) {
        throw new TrainingException("the network's logits are not finite");
      }
      calibration.add(firstHead(network, count, logits), pdfs);
    }
    return calibration.report();
  }

  /** What is held out has labels of the first head. */
  private static FloatMatrix firstHead(EnergyNetwork network, int rows, float[] logits) {
    int all = network.classes();
    int columns = network.heads().first().columns();
    FloatMatrix first = new FloatMatrix(rows, columns);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(logits, row * all, first.data(), row * columns, columns);
    }
    return first;
  }
}
