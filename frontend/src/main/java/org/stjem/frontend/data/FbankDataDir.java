package org.stjem.frontend.data;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.fbank.UtteranceFbank;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.Checksums;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/**
 * Makes the features and normalisation statistics of a data directory on all cores
 * (steps/make_fbank.sh, steps/compute_cmvn_stats.sh).
 *
 * <p>Archives, script files and tables depend on the data and settings only, not on the number of
 * threads. While a run is under way, {@code LOG-DIR/make_fbank_NAME.parts} holds its configuration
 * and a record of every archive that is done; a run that was broken off goes on from there, if its
 * configuration is the same. {@code feats.scp} appears last.
 */
public final class FbankDataDir {
  private static final Logger log = LoggerFactory.getLogger(FbankDataDir.class);

  /** Small enough to lose little when a run is broken off, large enough to keep files few. */
  private static final int UTTERANCES_PER_PART = 500;

  /** For a small directory: enough parts for many cores. */
  private static final int FEWEST_PARTS = 16;

  private final Path dataDir;
  private final Path logDir;
  private final Path featureDir;
  private final String name;
  private final FbankSettings settings;
  private final Path partsDir;
  private final String configuration;
  private final List<FeaturePart> parts;

  /**
   * What a run did.
   *
   * @param done utterances that have features now
   * @param failures why the others have none, by utterance
   */
  public record Outcome(int done, Map<String, String> failures) {}

  /**
   * What is written into the data directory beside {@code feats.scp}.
   *
   * @param frames whether {@code utt2num_frames} is
   * @param durations whether {@code utt2dur} is
   * @param cmvn whether {@code cmvn.scp} is
   * @param frameShift content of {@code frame_shift}
   * @param conf content of {@code conf/fbank.conf}
   */
  public record Extras(
      boolean frames, boolean durations, boolean cmvn, String frameShift, String conf) {}

  /**
   * Prepares a run: finds out what an earlier one with the same configuration has done, or clears
   * its traces. The data directory was validated.
   *
   * @param dataDir the data directory
   * @param logDir for the state of the run and the list of failures; made if missing
   * @param featureDir for archives and their script files; made if missing
   * @param settings how features are made
   * @throws StjemException if a folder cannot be used, or a recording of a segment is missing
   */
  public FbankDataDir(Path dataDir, Path logDir, Path featureDir, FbankSettings settings) {
    // Finds unfit options before anything is changed.
    new UtteranceFbank(settings.fbank(), settings.utterance());
    this.dataDir = dataDir;
    this.logDir = logDir;
    this.featureDir = featureDir.toAbsolutePath();
    this.name = ByteNames.of(dataDir.toAbsolutePath().normalize().getFileName());
    this.settings = settings;
    this.partsDir = ByteNames.resolve(logDir, "make_fbank_" + name + ".parts");
    if (this.featureDir.toString().matches(".*[\\s,].*")) {
      throw new StjemException(
          "a script file cannot hold the folder '"
              + this.featureDir
              + "', which has a blank or comma");
    }
    this.configuration = configuration();
    this.parts = parts(Utterance.of(dataDir));
    try {
      Files.createDirectories(this.featureDir);
      Files.createDirectories(partsDir);
      Path json = partsDir.resolve("configuration.json");
      if (!Files.exists(json) || !Files.readString(json).equals(configuration)) {
        clear(partsDir);
        AtomicFile.writeString(json, configuration);
      }
      removeUnfinished();
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  /** All that the result depends on, as JSON. */
  private String configuration() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("command", "make-fbank");
    all.put("features", ByteNames.of(featureDir));
    for (String file : List.of("wav.scp", "segments", "utt2spk", "spk2warp", "utt2warp")) {
      Path path = dataDir.resolve(file);
      if (Files.isRegularFile(path)) {
        all.put(file + "-sha256", Checksums.sha256(path));
      }
    }
    Gson gson =
        new GsonBuilder()
            .setPrettyPrinting()
            .serializeNulls()
            .serializeSpecialFloatingPointValues()
            .create();
    all.put("settings", settings);
    all.put("git-revision", System.getProperty("stjem.revision", "unknown"));
    return ByteText.json(gson.toJson(all)) + "\n";
  }

  private List<FeaturePart> parts(List<Utterance> utterances) {
    int size = utterances.size();
    int wanted = (size + UTTERANCES_PER_PART - 1) / UTTERANCES_PER_PART;
    int count = Math.min(size, Math.max(FEWEST_PARTS, wanted));
    List<FeaturePart> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) size * i / count);
      int to = (int) ((long) size * (i + 1) / count);
      String file = "raw_fbank_" + name + "." + (i + 1);
      all.add(
          new FeaturePart(
              utterances.subList(from, to),
              ByteNames.resolve(featureDir, file + ".ark"),
              ByteNames.resolve(featureDir, file + ".scp"),
              partsDir.resolve(Integer.toString(i + 1))));
    }
    return all;
  }

  private static void clear(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  /** Removes archives that a run was writing when it was killed. */
  private void removeUnfinished() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(featureDir, ".raw_fbank_*.tmp")) {
      for (Path file : files) {
        if (ByteNames.of(file.getFileName()).startsWith(".raw_fbank_" + name + ".")) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Number of utterances of which an earlier run has not made features. */
  public int remaining() {
    return parts.stream().filter(part -> !part.isDone()).mapToInt(FeaturePart::size).sum();
  }

  /** Number of utterances. */
  public int size() {
    return parts.stream().mapToInt(FeaturePart::size).sum();
  }

  /**
   * Makes the features that are missing, then the tables of the data directory.
   *
   * @param jobs threads
   * @param extras what is written beside {@code feats.scp}
   * @param eachDone called from any thread after each utterance
   * @throws StjemException if something cannot be written
   */
  public Outcome make(int jobs, Extras extras, Runnable eachDone) {
    try {
      backUp("feats.scp");
      Map<String, Float> warps = warps();
      List<Callable<Void>> tasks = new ArrayList<>();
      for (FeaturePart part : parts) {
        if (!part.isDone()) {
          tasks.add(
              () -> {
                part.make(settings, warps, eachDone);
                return null;
              });
        }
      }
      Parallel.run(tasks, jobs);
      return finish(jobs, extras);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private void backUp(String file) throws IOException {
    Path path = dataDir.resolve(file);
    if (Files.exists(path)) {
      Path backup = Files.createDirectories(dataDir.resolve(".backup"));
      log.info("Moving {} to {}", path, backup);
      Files.move(path, backup.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Warp factors by utterance; null if the directory has none. */
  private Map<String, Float> warps() {
    Path bySpeaker = dataDir.resolve("spk2warp");
    Path byUtterance = dataDir.resolve("utt2warp");
    if (Files.isRegularFile(bySpeaker)) {
      log.info("Using VTLN warp factors from {}", bySpeaker);
      Map<String, String> factors = secondFields(bySpeaker);
      Map<String, Float> warps = new HashMap<>();
      secondFields(dataDir.resolve("utt2spk"))
          .forEach((key, speaker) -> warps.put(key, Float.valueOf(factors.get(speaker))));
      return warps;
    }
    if (Files.isRegularFile(byUtterance)) {
      log.info("Using VTLN warp factors from {}", byUtterance);
      Map<String, Float> warps = new HashMap<>();
      secondFields(byUtterance).forEach((key, factor) -> warps.put(key, Float.valueOf(factor)));
      return warps;
    }
    return null;
  }

  private static Map<String, String> secondFields(Path file) {
    Map<String, String> fields = new HashMap<>();
    for (DataFile.Line line : DataFile.read(file).lines()) {
      fields.put(line.key(), line.fields()[1]);
    }
    return fields;
  }

  private Outcome finish(int jobs, Extras extras) throws IOException {
    StringBuilder script = new StringBuilder();
    Map<String, String> features = new HashMap<>();
    List<FeaturePart.Result> done = new ArrayList<>();
    Map<String, String> failures = new LinkedHashMap<>();
    for (FeaturePart part : parts) {
      for (FeaturePart.Result result : part.results()) {
        if (result.fault() == null) {
          done.add(result);
        } else {
          failures.put(result.key(), result.fault());
        }
      }
      for (String line : TextFile.lines(part.script())) {
        script.append(line).append('\n');
        String[] fields = line.split(" ", 2);
        features.put(fields[0], fields[1]);
      }
    }
    writeFailures(failures);
    if (!done.isEmpty()) {
      writeExtras(extras, done, features, jobs);
      AtomicFile.writeString(
          ByteNames.resolve(logDir, "make_fbank_" + name + ".json"), configuration);
      AtomicFile.writeString(dataDir.resolve("feats.scp"), script.toString());
    }
    clear(partsDir);
    Files.delete(partsDir);
    return new Outcome(done.size(), failures);
  }

  /** The file that lists the utterances that failed, with the reason. */
  public Path failureList() {
    return ByteNames.resolve(logDir, "make_fbank_" + name + ".failed");
  }

  private void writeFailures(Map<String, String> failures) throws IOException {
    if (failures.isEmpty()) {
      Files.deleteIfExists(failureList());
      return;
    }
    StringBuilder lines = new StringBuilder();
    failures.forEach((key, fault) -> lines.append(key).append(' ').append(fault).append('\n'));
    AtomicFile.writeString(failureList(), lines.toString());
  }

  private void writeExtras(
      Extras extras, List<FeaturePart.Result> done, Map<String, String> features, int jobs)
      throws IOException {
    if (extras.frames()) {
      try (TableWriter<Integer> writer = Tables.writeInts(text("utt2num_frames"))) {
        done.forEach(result -> writer.write(result.key(), result.frames()));
        writer.commit();
      }
    }
    if (extras.durations()) {
      try (TableWriter<Double> writer = Tables.writeDoubles(text("utt2dur"))) {
        done.forEach(result -> writer.write(result.key(), (double) result.seconds()));
        writer.commit();
      }
    }
    AtomicFile.writeString(dataDir.resolve("frame_shift"), extras.frameShift() + "\n");
    Files.createDirectories(dataDir.resolve("conf"));
    AtomicFile.writeString(dataDir.resolve("conf/fbank.conf"), extras.conf());
    if (extras.cmvn()) {
      writeStats(features, jobs);
    }
  }

  private String text(String file) {
    return "ark,t:" + ByteNames.of(dataDir.resolve(file));
  }

  private void writeStats(Map<String, String> features, int jobs) throws IOException {
    DataFile spk2utt = DataFile.read(dataDir.resolve("spk2utt"));
    Path stats = ByteNames.resolve(featureDir, "cmvn_" + name + ".ark");
    Path script = ByteNames.resolve(featureDir, "cmvn_" + name + ".scp");
    String wspecifier = "ark,scp:" + ByteNames.of(stats) + "," + ByteNames.of(script);
    int speakers = SpeakerStats.write(spk2utt, features, wspecifier, jobs);
    if (speakers < spk2utt.lines().size()) {
      log.warn(
          "It seems not all of the speakers got CMVN statistics ({} != {})",
          speakers,
          spk2utt.lines().size());
    }
    AtomicFile.writeString(dataDir.resolve("cmvn.scp"), TextFile.read(script));
  }

  private StjemException cannotWrite(IOException e) {
    return new StjemException(
        "cannot write the features of " + dataDir + ": " + StjemException.reason(e), e);
  }
}
