package org.stjem.acoustic.ebm;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.io.AtomicFile;

/**
 * Trains an {@link EnergyNetwork} by mini-batches of labelled rows and SGLD samples, and keeps a
 * checkpoint from which the run goes on after a kill as if it had never stopped: weights,
 * optimiser, replay buffer, pending samples and random states. Runs of one seed are equal bit for
 * bit on one CPU with one number of threads.
 */
public final class Trainer implements AutoCloseable {
  /** A batch in so many is looked at for {@link TrainingStatus}. */
  private static final int LOOK_EVERY = 10;

  /** A state is none to return to if its loss is beyond this share of the limit. */
  private static final double GOOD_SHARE = 0.1;

  private static final int MOST_ROLLBACKS = 10;

  private static final long CHAIN_STREAM = 1;
  private static final long AUGMENT_STREAM = 2;
  private static final long ROLLBACK_STREAM = 1L << 31;
  private static final long LAYER_STREAM = 1L << 48;

  private final EnergyNetwork network;
  private final LabelledRows data;
  private final TrainerOptions options;
  private final TrainingListener listener;
  private final InstantSource clock;
  private final Adam adam;
  private final SeededRandom chainRandom;
  private final SeededRandom augmentRandom;
  private final ChainSampler sampler;
  private final int batchSize;
  private final long stepsPerEpoch;
  private final BatchMaker batches;
  private final BatchLoss batchLoss;
  private final WeightAverage average;
  private final double lossLimit;
  private long step;
  private int rollbacks;
  private boolean ignoreDivergence;
  private boolean diverged;
  private double lastLoss;

  /**
   * A run at its start.
   *
   * @param clock tells the speed
   * @throws TrainingException if data, network and options do not fit
   */
  public Trainer(
      EnergyNetwork network,
      TrainingData sets,
      TrainerOptions options,
      TrainingListener listener,
      InstantSource clock) {
    this.data = sets.labelled();
    if (data.rowSize() != network.rowSize() || data.classes() != network.classes()) {
      throw new TrainingException(
          "the data have rows of "
              + data.rowSize()
              + " values in "
              + data.classes()
              + " classes, the network takes "
              + network.rowSize()
              + " and gives "
              + network.classes());
    }
    Heads heads = network.heads();
    requireHeads(heads, data.heads());
    // Of several heads, one may lack labels of rows.
    boolean weight = options.terms().unlabelledWeight() > 0;
    if (sets.unlabelled() == null ? weight && heads.isOne() : !weight) {
      throw new TrainingException("unlabelled rows and a weight for them go together");
    }
    if (!heads.isOne() && options.objective() == Objective.JEM) {
      throw new TrainingException("jem trains one head, not " + heads.list().size());
    }
    if (options.terms().negativeRows() > 0 != (sets.negatives() != null)) {
      throw new TrainingException("given negatives and their number in a batch go together");
    }
    this.network = network;
    this.options = options;
    this.listener = listener;
    this.clock = clock;
    this.adam = new Adam(network, options.schedule().weightDecay());
    this.chainRandom = new SeededRandom(options.seed(), CHAIN_STREAM);
    this.augmentRandom = new SeededRandom(options.seed(), AUGMENT_STREAM);
    this.batchSize = Math.min(options.schedule().batchSize(), data.size());
    this.stepsPerEpoch = data.size() / batchSize;
    int denominator = batchSize + options.sampledRows() + options.terms().negativeRows();
    this.lossLimit =
        heads.list().stream()
            .mapToDouble(head -> head.weight() * Objective.lossLimit(head.columns(), denominator))
            .sum();
    this.sampler =
        options.objective().sampled()
            ? new ChainSampler(network, data, options.sampling(), chainRandom)
            : null;
    this.batches =
        new BatchMaker(
            sets,
            options,
            new BatchOrder(data.size(), batchSize, options.seed()),
            sampler,
            augmentRandom,
            totalSteps());
    this.batchLoss = new BatchLoss(heads, options);
    this.average =
        options.schedule().averaging() > 0
            ? new WeightAverage(network, options.schedule().averaging())
            : null;
  }

  private static void requireHeads(Heads ofNetwork, Heads ofData) {
    int[] columns = ofNetwork.list().stream().mapToInt(Head::columns).toArray();
    int[] classes = ofData.list().stream().mapToInt(Head::columns).toArray();
    if (!Arrays.equals(columns, classes)) {
      throw new TrainingException(
          "the data have labels of "
              + Arrays.toString(classes)
              + " classes, the network has heads of "
              + Arrays.toString(columns));
    }
  }

  /** Updates made so far. */
  public long step() {
    return step;
  }

  /** Updates of the whole run. */
  public long totalSteps() {
    return stepsPerEpoch * options.schedule().epochs();
  }

  /** The weights to use the network with: their average where they are averaged. */
  public Map<String, Tensor> evaluationWeights() {
    return average == null ? network.weights() : average.weights(network);
  }

  /**
   * Trains to the end.
   *
   * @param checkpoint where the state is kept, or null for nowhere
   * @param checkpointEvery updates between two checkpoints
   * @param logEvery updates between two reports
   * @param onDivergence what to do if the loss is beyond {@link Objective#lossLimit}, or it or a
   *     parameter is not finite
   * @throws DivergenceException if it is, and the training is to stop then or has returned to a
   *     checkpoint ten times
   * @throws TrainingException if the tensor engine fails, such as for want of a GPU's memory
   * @throws StoppedException if the program is to end, see {@link ExitGuard}; after the current
   *     update, with a checkpoint of it if it is one to return to
   */
  public void run(Path checkpoint, int checkpointEvery, int logEvery, OnDivergence onDivergence)
      throws IOException {
    boolean rollback = onDivergence == OnDivergence.ROLLBACK;
    ignoreDivergence = onDivergence == OnDivergence.IGNORE;
    if (rollback && !Files.exists(checkpoint)) {
      save(checkpoint);
    }
    while (step < totalSteps()) {
      try {
        runOn(checkpoint, checkpointEvery, logEvery, rollback);
      } catch (DivergenceException e) {
        if (!rollback || rollbacks == MOST_ROLLBACKS) {
          tell(e);
          throw e;
        }
        int count = rollbacks + 1;
        resume(checkpoint);
        rollbacks = count;
        chainRandom.restore(new SeededRandom(options.seed(), ROLLBACK_STREAM + count).state());
        listener.rolledBack(step, e);
      } catch (EngineException e) {
        throw EngineFaults.translate(e);
      }
    }
  }

  private void tell(DivergenceException divergence) {
    if (!diverged) {
      diverged = true;
      listener.diverged(divergence);
    }
  }

  private void runOn(Path checkpoint, int checkpointEvery, int logEvery, boolean onlyGood)
      throws IOException {
    BatchMeter meter = newMeter();
    long started = clock.millis();
    long lastReport = started;
    long firstStep = step;
    network.setTrainable(true);
    while (step < totalSteps()) {
      int epoch = (int) (step / stepsPerEpoch);
      boolean report = (step + 1) % logEvery == 0 || step + 1 == totalSteps();
      boolean look = step % LOOK_EVERY == 0 || report;
      double norm = update(look ? meter : null, meter, report);
      if (report) {
        long now = clock.millis();
        double seconds = Math.max(1, now - lastReport) / 1000.0;
        double left = (now - started) / 1000.0 / (step - firstStep) * (totalSteps() - step);
        long reported = (step - 1) % logEvery + 1;
        listener.interval(
            meter.status(
                step,
                totalSteps(),
                epoch + 1,
                rate(),
                sampler,
                norm,
                reported * batchSize / seconds,
                left));
        meter = newMeter();
        lastReport = now;
      }
      boolean stop = ExitGuard.isEnding() && step < totalSteps();
      boolean due =
          checkpoint != null && (step % checkpointEvery == 0 || step == totalSteps() || stop);
      boolean epochEnds = step % stepsPerEpoch == 0;
      // The loss of the next update would tell, but too late for what is kept or measured now.
      if ((due || epochEnds) && !network.isFinite()) {
        throw new DivergenceException(step, "a parameter is not a finite number");
      }
      if (epochEnds) {
        epochEnded(epoch + 1);
      }
      if (due && !(onlyGood && Math.abs(lastLoss) > GOOD_SHARE * lossLimit)) {
        save(checkpoint);
        listener.checkpointWritten(step);
      }
      if (stop) {
        throw new StoppedException(step);
      }
    }
  }

  /** Learning rate of the last update. */
  private double rate() {
    return options.schedule().rate(step, totalSteps()) / (1L << rollbacks);
  }

  private void epochEnded(int epoch) throws IOException {
    if (average == null) {
      listener.epochEnded(epoch, step, network);
      return;
    }
    Map<String, Tensor> own = network.weights();
    network.setWeights(evaluationWeights());
    try {
      listener.epochEnded(epoch, step, network);
    } finally {
      network.setWeights(own);
    }
  }

  private BatchMeter newMeter() {
    return new BatchMeter(network.heads().first().columns(), options.terms().labelSmoothing());
  }

  /** Makes one update; gives the gradient norm if asked for, else NaN. */
  private double update(BatchMeter look, BatchMeter losses, boolean wantNorm) {
    BatchRows batch = batches.batch(step);
    AddedTerms terms = options.terms();
    int scored = batchSize + batch.sampled();
    // What layers such as dropout draw; a seed for each update, so that no state needs to be kept.
    Engine.getEngine("PyTorch")
        .setRandomSeed(new SeededRandom(options.seed(), LAYER_STREAM + step).nextInt());
    GradientPenalty penalty =
        terms.gradientPenalty() > 0 ? new GradientPenalty(network, batch.x(), scored) : null;
    try (NDManager scope = network.newManager()) {
      NDArray input = network.rows(scope, batch.x(), batch.rows());
      double loss;
      NDArray logits;
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        logits = network.logits(input, true);
        NDArray total = batchLoss.of(scope, logits, batch);
        NDArray differentiated = total;
        if (penalty != null) {
          NDArray term = penalty.surrogate(network, scope);
          differentiated = total.add(Objective.weighted(term, terms.gradientPenalty()));
        }
        double withoutPenalty = total.getFloat();
        loss = withoutPenalty;
        if (penalty != null) {
          loss += terms.gradientPenalty() * penalty.value();
        }
        guard(withoutPenalty, loss);
        collector.backward(differentiated);
      }
      if (penalty != null) {
        losses.addGradientPenalty(penalty.value());
      }
      losses.addLoss(loss);
      boolean learn = sampler != null && sampler.adaptive();
      if (look != null || learn) {
        // Meter and adaptation look at the first head.
        NDArray first =
            network.heads().isOne() ? logits : Heads.columns(logits, network.heads().first());
        float[] values = first.toFloatArray();
        if (look != null) {
          look.add(values, batch);
        }
        if (learn) {
          sampler.learn(values, batch);
        }
      }
      double norm = wantNorm ? adam.gradientNorm() : Double.NaN;
      step++;
      adam.update(step, rate());
      if (average != null) {
        average.update(step);
      }
      return norm;
    }
  }

  /** The gradient penalty has no natural scale, it need only be finite. */
  private void guard(double withoutPenalty, double loss) {
    lastLoss = withoutPenalty;
    if (Math.abs(withoutPenalty) <= lossLimit && Double.isFinite(loss)) {
      return;
    }
    DivergenceException divergence = new DivergenceException(step + 1, loss, lossLimit);
    if (!ignoreDivergence || !Double.isFinite(loss)) {
      throw divergence;
    }
    tell(divergence);
  }

  /** Writes the whole state of the run to {@code path}, atomically. */
  public void save(Path path) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    network.weights().forEach((name, tensor) -> tensors.put("weight." + name, tensor));
    tensors.putAll(adam.state());
    if (average != null) {
      tensors.putAll(average.state());
    }
    if (sampler != null) {
      tensors.putAll(sampler.state());
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("step", Long.toString(step));
    metadata.put("rollbacks", Integer.toString(rollbacks));
    metadata.put("chainRandom", Arrays.toString(chainRandom.state()));
    metadata.put("augmentRandom", Arrays.toString(augmentRandom.state()));
    metadata.put("options", options.toString());
    metadata.put("rows", Integer.toString(data.size()));
    new SafeTensors(tensors, metadata).write(path);
  }

  /**
   * Restores the state from {@code path} if that file exists, and clears away what a kill left of a
   * checkpoint half written.
   *
   * @return whether it did
   * @throws TrainingException if the file was written by a run with other options or data
   */
  public boolean resume(Path path) throws IOException {
    AtomicFile.deleteAbandoned(path);
    if (!Files.exists(path)) {
      return false;
    }
    SafeTensors saved = SafeTensors.read(path);
    Map<String, String> metadata = saved.metadata();
    same(path, "other options", metadata.get("options"), options.toString());
    same(path, "another number of rows", metadata.get("rows"), Integer.toString(data.size()));
    Map<String, Tensor> weights = new LinkedHashMap<>();
    saved
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith("weight.")) {
                weights.put(name.substring("weight.".length()), tensor);
              }
            });
    network.setWeights(weights);
    adam.restore(saved.tensors());
    if (average != null) {
      average.restore(saved.tensors());
    }
    if (sampler != null) {
      sampler.restore(saved.tensors());
    }
    step = Long.parseLong(metadata.get("step"));
    rollbacks = Integer.parseInt(metadata.get("rollbacks"));
    chainRandom.restore(words(metadata.get("chainRandom")));
    augmentRandom.restore(words(metadata.get("augmentRandom")));
    return true;
  }

  private static void same(Path path, String what, String saved, String now) {
    if (now.equals(saved)) {
      return;
    }
    throw new TrainingException(
        path
            + ": a run with "
            + what
            + ": "
            + differences(saved, now)
            + "; --restart throws it away and trains anew");
  }

  /** Of two records as text, their components that differ. */
  private static String differences(String saved, String now) {
    List<String> before = components(saved);
    List<String> after = components(now);
    List<String> found = new ArrayList<>();
    for (int i = 0; i < Math.min(before.size(), after.size()); i++) {
      if (!before.get(i).equals(after.get(i))) {
        found.add("saved " + before.get(i) + ", now " + after.get(i));
      }
    }
    return found.isEmpty() || before.size() != after.size()
        ? "it was made by another version of the program"
        : String.join("; ", found);
  }

  /** The parts {@code name=value}, those that hold further parts without them. */
  private static List<String> components(String text) {
    return Arrays.stream(text.split("[\\[\\],]"))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  private static long[] words(String text) {
    return Arrays.stream(text.substring(1, text.length() - 1).split(", "))
        .mapToLong(Long::parseLong)
        .toArray();
  }

  @Override
  public void close() {
    adam.close();
    if (average != null) {
      average.close();
    }
  }
}
