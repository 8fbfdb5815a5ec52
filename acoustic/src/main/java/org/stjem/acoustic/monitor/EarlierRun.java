package org.stjem.acoustic.monitor;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.TrainingException;

/** What an earlier training has left in the folder of the one that is asked for now. */
public final class EarlierRun {
  private static final Logger LOG = LoggerFactory.getLogger(EarlierRun.class);
  private static final String MODEL = "model.json";

  /** Options that change how a training runs and is watched, not what it learns. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "log-interval",
          "checkpoint-interval",
          "restart",
          "on-divergence",
          "device",
          "num-threads",
          "max-failed");

  /** What stands among the options for the content of the data and of the starting weights. */
  public static final String TRAINING_DATA = "training-data";

  public static final String HELD_OUT_DATA = "held-out-data";
  public static final String UNLABELLED_DATA = "unlabelled-data";
  public static final String NEGATIVE_DATA = "negative-data";
  public static final String STARTING_WEIGHTS = "init-sha256";

  private static final Set<String> CONTENTS =
      Set.of(TRAINING_DATA, HELD_OUT_DATA, UNLABELLED_DATA, NEGATIVE_DATA);

  /** Where data lie, which does not matter once their content is known; given or not does. */
  private static final Set<String> PLACES =
      Set.of(
          "features",
          "alignments",
          "transition-model",
          "held-out-feats",
          "held-out-ali",
          "unlabelled-feats",
          "negative-feats",
          "data",
          "negatives",
          "init");

  /** What stands among the options and is none. */
  private static final Set<String> ARGUMENTS =
      Set.of(
          "features",
          "alignments",
          "data",
          TRAINING_DATA,
          HELD_OUT_DATA,
          UNLABELLED_DATA,
          NEGATIVE_DATA,
          STARTING_WEIGHTS);

  private EarlierRun() {}

  /**
   * Whether the training of these options has ended in {@code folder}, so that nothing is left to
   * do; then it says so.
   *
   * <p>To be asked twice: before the data are read, and with {@link #TRAINING_DATA} and its like
   * among the options thereafter. Data that lie elsewhere now are taken for the same at first, if
   * the journal knows what they were; their content then decides.
   *
   * @param options every option of the run by name, as the first line of the journal has them
   * @param restart whether what is there is to be thrown away; then nothing is ever done
   * @throws TrainingException if the folder holds a model that was not trained there, or a training
   *     with other options, finished or not; names the options and what to do
   */
  public static boolean isFinished(Path folder, Map<String, String> options, boolean restart)
      throws IOException {
    Path journal = folder.resolve(FinishedRun.JOURNAL);
    if (restart) {
      return false;
    }
    if (!Files.exists(journal)) {
      if (Files.exists(folder.resolve(MODEL))) {
        throw new TrainingException(
            folder
                + " holds a model that was not trained there; name another folder, or --restart to"
                + " put the new model in its place");
      }
      return false;
    }
    boolean model = Files.exists(folder.resolve(MODEL));
    boolean checkpoint = Files.exists(folder.resolve(MonitoredRun.CHECKPOINT));
    boolean nothingToLose = !model && !checkpoint;
    if (nothingToLose || new JsonLines(journal).objects().isEmpty()) {
      return false;
    }
    FinishedRun earlier = new FinishedRun(folder);
    // Until everything is written the checkpoint stays.
    boolean finished = model && !checkpoint && earlier.hasEnded();
    JsonObject before = earlier.options();
    boolean moved = before.has(TRAINING_DATA) && isMoved(before, options);
    List<String> differences = differences(before, options);
    if (!differences.isEmpty()) {
      throw new TrainingException(
          folder
              + (finished ? " holds a finished training" : " holds a training that was broken off")
              + " with other options: "
              + String.join("; ", differences)
              + ". Name another folder, or --restart to throw it away and train anew");
    }
    if (moved && !options.containsKey(TRAINING_DATA)) {
      LOG.info(
          "the data of the training in {} lay elsewhere; they are read to see whether these are the"
              + " same",
          folder);
      return false;
    }
    if (finished) {
      LOG.info(
          "{} is done: this training has ended; nothing is changed (--restart trains anew,"
              + " --init={} OTHER-DIR goes on from it)",
          folder,
          folder);
    }
    return finished;
  }

  private static boolean isMoved(JsonObject before, Map<String, String> now) {
    return PLACES.stream().anyMatch(name -> !Objects.equals(text(before, name), now.get(name)));
  }

  private static List<String> differences(JsonObject before, Map<String, String> now) {
    Set<String> names = new TreeSet<>(now.keySet());
    names.addAll(before.keySet());
    names.removeAll(WITHOUT_EFFECT);
    boolean bothKnow = before.has(TRAINING_DATA) && now.containsKey(TRAINING_DATA);
    if (!bothKnow) {
      names.removeAll(CONTENTS);
    }
    List<String> found = new ArrayList<>();
    for (String name : names) {
      String old = text(before, name);
      String given = now.get(name);
      boolean place = before.has(TRAINING_DATA) && PLACES.contains(name);
      if (place ? (old == null) != (given == null) : !Objects.equals(old, given)) {
        String dashes = ARGUMENTS.contains(name) ? "" : "--";
        found.add(dashes + name + " was " + shown(old) + ", now " + shown(given));
      }
    }
    return found;
  }

  /** The value of an option, null if there is none. */
  private static String text(JsonObject options, String name) {
    JsonElement value = options.get(name);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : null;
  }

  private static String shown(String value) {
    return value == null ? "not given" : value.isEmpty() ? "empty" : value;
  }
}
