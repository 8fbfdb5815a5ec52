package org.stjem.combine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.Computation;
import org.stjem.acoustic.net.DomainModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A combination of models that is a model itself, so that it can be served like any other. Members
 * compute at the same time, each on the frames its own context asks for; their rows belong to the
 * same frames by construction. A row depends on its context only, which is the widest of the
 * members' and reaches further by the window over which log p(x) is pooled. Thread-safe.
 *
 * <p>A member that fails or is too slow makes the rows fail; or, if it may, it is left out, with
 * the weights of the others, and tried again after a while. {@link #rowsOfPadded} names those left
 * out.
 */
public final class MixtureModel implements DomainModel {
  private static final Logger LOG = LoggerFactory.getLogger(MixtureModel.class);

  private final List<Member> members;
  private final Settings settings;
  private final LongSupplier clock;
  private final ModelDescription description;
  private final ExecutorService threads = Executors.newCachedThreadPool(MixtureModel::daemon);

  /** When each member may be asked again, by the clock; 0 while it takes part. */
  private final long[] absentUntil;

  /**
   * A model of the mixture.
   *
   * @param name for messages and clients
   * @param model owned by the mixture
   */
  public record Member(String name, AcousticModel model) {}

  /**
   * How members are combined.
   *
   * @param weights w_i, one for each member
   * @param logPartition log Z_i of the pooled and scaled densities
   * @param calibration scaling of the combination's posteriors
   * @param priors of the combination; without counts if they are not known
   * @param timeout how long a member may take for a batch of rows
   * @param retryAfter how long a member that failed is left out; empty if rows fail without it
   */
  public record Settings(
      CombinationMethod method,
      double[] weights,
      double[] logPartition,
      DensityPooling pooling,
      Optional<PosteriorScaling> calibration,
      PriorSettings priors,
      Duration timeout,
      Optional<Duration> retryAfter) {}

  /**
   * Puts the models together.
   *
   * @param members two or more, over the same pdfs and features
   * @param clock nanoseconds since some moment
   * @throws StjemException if two members do not fit together; names the difference
   */
  public MixtureModel(List<Member> members, Settings settings, LongSupplier clock) {
    this.members = List.copyOf(members);
    this.settings = settings;
    this.clock = clock;
    this.absentUntil = new long[members.size()];
    Member first = members.get(0);
    for (Member other : members) {
      ModelAgreement.check(
          first.name(), first.model().description(), other.name(), other.model().description());
    }
    if (settings.priors().classCounts().length > 0
        && settings.priors().classCounts().length != first.model().description().numPdfs()) {
      throw new StjemException(
          "the class counts are of "
              + settings.priors().classCounts().length
              + " pdfs, the models have "
              + first.model().description().numPdfs());
    }
    this.description = describe();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "member");
    thread.setDaemon(true);
    return thread;
  }

  private ModelDescription describe() {
    return describe(
        members.stream().map(Member::name).toList(),
        members.stream().map(member -> member.model().description()).toList(),
        settings.method(),
        settings.pooling(),
        settings.priors());
  }

  /** What a combination of models that agree says of itself. */
  static ModelDescription describe(
      List<String> names,
      List<ModelDescription> models,
      CombinationMethod method,
      DensityPooling pooling,
      PriorSettings priors) {
    ModelDescription first = models.get(0);
    int left = 0;
    int right = 0;
    Map<String, String> features = first.featureOptions();
    for (ModelDescription other : models) {
      left = Math.max(left, other.leftContext());
      right = Math.max(right, other.rightContext());
      features = features.isEmpty() ? other.featureOptions() : features;
    }
    String parts =
        IntStream.range(0, names.size())
            .mapToObj(i -> models.get(i).objective() + " " + names.get(i))
            .collect(Collectors.joining(", "));
    return new ModelDescription(
        first.formatVersion(),
        "combination of " + parts,
        method.toString(),
        List.of(),
        "",
        first.featureDim(),
        left + pooling.framesBack(),
        right + pooling.framesAhead(),
        first.numPdfs(),
        first.frameShiftMs(),
        first.featureNormalisation(),
        features,
        first.inputMean(),
        first.inputStddev(),
        priors.classCounts(),
        Map.of(),
        first.seed(),
        first.revision(),
        models.stream()
            .map(ModelDescription::precision)
            .distinct()
            .collect(Collectors.joining("; ")));
  }

  @Override
  public ModelDescription description() {
    return description;
  }

  /** Rows have the same bits in any batch if those of every member have. */
  @Override
  public Computation computation() {
    List<Computation> parts = members.stream().map(member -> member.model().computation()).toList();
    return new Computation(
        parts.stream().map(Computation::engine).distinct().collect(Collectors.joining("; ")),
        parts.stream().map(Computation::precision).distinct().collect(Collectors.joining("; ")),
        Computation.RowBits.ofAll(parts.stream().map(Computation::rowBits).toList()));
  }

  @Override
  public PriorSettings priorSettings() {
    return settings.priors();
  }

  @Override
  public FloatMatrix logits(FloatMatrix features) {
    if (features.cols() != description.featureDim()) {
      throw new StjemException(
          "features have dimension "
              + features.cols()
              + ", the models expect "
              + description.featureDim());
    }
    if (features.rows() == 0) {
      return new FloatMatrix(0, description.numPdfs());
    }
    int left = description.leftContext();
    int dim = features.cols();
    FloatMatrix padded = new FloatMatrix(left + features.rows() + description.rightContext(), dim);
    for (int t = 0; t < padded.rows(); t++) {
      int source = Math.min(Math.max(t - left, 0), features.rows() - 1);
      System.arraycopy(features.data(), source * dim, padded.data(), t * dim, dim);
    }
    return logitsOfPadded(padded);
  }

  @Override
  public FloatMatrix logitsOfPadded(FloatMatrix features) {
    return logitsOfPadded(List.of(features)).get(0);
  }

  @Override
  public List<FloatMatrix> logitsOfPadded(List<FloatMatrix> stretches) {
    return rowsOfPadded(stretches).logits();
  }

  @Override
  public Rows rowsOfPadded(List<FloatMatrix> stretches) {
    List<Integer> present = present();
    List<Future<List<FloatMatrix>>> pending = new ArrayList<>();
    for (int i : present) {
      AcousticModel model = members.get(i).model();
      List<FloatMatrix> own =
          stretches.stream().map(stretch -> cut(stretch, model.description())).toList();
      pending.add(threads.submit(() -> model.logitsOfPadded(own)));
    }
    long deadline = System.nanoTime() + settings.timeout().toNanos();
    List<Integer> taking = new ArrayList<>();
    List<List<FloatMatrix>> answers = new ArrayList<>();
    for (int k = 0; k < pending.size(); k++) {
      int i = present.get(k);
      try {
        answers.add(await(pending.get(k), deadline));
        taking.add(i);
      } catch (StjemException e) {
        pending.forEach(other -> other.cancel(true));
        leave(i, e);
        // Members that have answered are asked again, which costs little and keeps this simple.
        return rowsOfPadded(stretches);
      }
    }
    List<FloatMatrix> rows = new ArrayList<>();
    for (int s = 0; s < stretches.size(); s++) {
      List<FloatMatrix> logits = new ArrayList<>();
      for (List<FloatMatrix> answer : answers) {
        logits.add(answer.get(s));
      }
      rows.add(combine(taking, logits));
    }
    List<String> missing =
        IntStream.range(0, members.size())
            .filter(i -> !taking.contains(i))
            .mapToObj(i -> members.get(i).name())
            .toList();
    return new Rows(rows, missing);
  }

  private List<FloatMatrix> await(Future<List<FloatMatrix>> answer, long deadline) {
    try {
      return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new StjemException("did not answer within " + settings.timeout().toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StjemException fault
          ? fault
          : new StjemException("failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StjemException("interrupted", e);
    }
  }

  /** The part of a stretch that a member needs for the frames within reach of the window. */
  private FloatMatrix cut(FloatMatrix stretch, ModelDescription member) {
    int from = description.leftContext() - settings.pooling().framesBack() - member.leftContext();
    int behind =
        description.rightContext() - settings.pooling().framesAhead() - member.rightContext();
    return stretch.rows(from, stretch.rows() - behind);
  }

  private FloatMatrix combine(List<Integer> taking, List<FloatMatrix> logits) {
    DensityPooling pooling = settings.pooling();
    List<FloatMatrix> pooled = new ArrayList<>();
    for (FloatMatrix matrix : logits) {
      pooled.add(
          pooling.apply(matrix).rows(pooling.framesBack(), matrix.rows() - pooling.framesAhead()));
    }
    double[] weights = taking.stream().mapToDouble(i -> settings.weights()[i]).toArray();
    double[] logPartition = taking.stream().mapToDouble(i -> settings.logPartition()[i]).toArray();
    if (Arrays.stream(weights).sum() == 0) {
      Arrays.fill(weights, 1);
    }
    FloatMatrix joint = settings.method().combination(weights, logPartition).logJoint(pooled);
    return settings.calibration().map(scaling -> scaling.apply(joint)).orElse(joint);
  }

  @Override
  public List<String> domains() {
    return members.stream().map(Member::name).toList();
  }

  /** Of all members, whether or not one has left. */
  @Override
  public Posteriors domainPosteriors(FloatMatrix features) {
    List<FloatMatrix> logits =
        members.stream().map(member -> member.model().logits(features)).toList();
    Combination combination =
        settings.method().combination(settings.weights(), settings.logPartition());
    return new Posteriors(
        combination.responsibilities(logits.stream().map(settings.pooling()::apply).toList()),
        combination
            .responsibilities(logits.stream().map(settings.pooling().ofUtterance()::apply).toList())
            .row(0));
  }

  private synchronized List<Integer> present() {
    List<Integer> present = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      if (absentUntil[i] != 0 && clock.getAsLong() - absentUntil[i] >= 0) {
        absentUntil[i] = 0;
        LOG.info("model {} is asked again", members.get(i).name());
      }
      if (absentUntil[i] == 0) {
        present.add(i);
      }
    }
    if (present.isEmpty()) {
      throw new StjemException("none of the combined models answers");
    }
    return present;
  }

  /** Leaves a member out, or throws if that is not allowed. */
  private synchronized void leave(int i, StjemException fault) {
    String name = members.get(i).name();
    if (settings.retryAfter().isEmpty()) {
      throw new StjemException("model " + name + ": " + fault.getMessage(), fault);
    }
    LOG.warn("model {} leaves the combination: {}", name, fault.getMessage());
    long until = clock.getAsLong() + settings.retryAfter().get().toNanos();
    absentUntil[i] = until == 0 ? 1 : until;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    members.forEach(member -> member.model().close());
  }
}
