package org.stjem.frontend.reverb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.audio.Recording;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveWriter;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.FileNames;
import org.stjem.frontend.io.StjemException;

/**
 * A Kaldi data directory made from another: each recording of {@code wav.scp} in a room, as 16-bit
 * WAV in {@code audio}, and the files that stay true (transcripts, speakers, segments, lengths)
 * copied.
 *
 * <p>Besides, {@code reverb.json} holds the configuration and {@code utt2cond} one line per
 * recording: key, room, reverberation time in seconds, distance, signal-to-noise ratio in dB,
 * divided by tabs. {@code wav.scp} is written last. A run that was broken off goes on where it was,
 * if its configuration is the same.
 */
public final class ReverberantDataDir {
  private static final Logger log = LoggerFactory.getLogger(ReverberantDataDir.class);

  private static final List<String> STILL_TRUE =
      List.of(
          "text",
          "utt2spk",
          "spk2utt",
          "spk2gender",
          "utt2lang",
          "utt2uniq",
          "segments",
          "reco2file_and_channel",
          "reco2dur",
          "utt2dur",
          "utt2num_frames",
          "frame_shift",
          "stm",
          "glm",
          "ctm");

  private final Path target;
  private final Reverberator reverberator;
  private final List<Recording> recordings;
  private final Path source;

  /** What became of one recording. */
  private record Made(boolean done, boolean scaled, double seconds) {}

  /**
   * What a run did.
   *
   * @param done recordings that are there now
   * @param failed recordings that could not be read or reverberated
   * @param scaled recordings made now that were scaled down to keep them from clipping
   * @param seconds length of the recordings made now
   */
  public record Outcome(int done, int failed, int scaled, double seconds) {}

  /**
   * Reads {@code wav.scp}; writes nothing yet.
   *
   * @throws StjemException if it cannot be read or has no entry
   */
  public ReverberantDataDir(Path source, Path target, Reverberator reverberator) {
    this.source = source;
    this.target = target.toAbsolutePath().normalize();
    this.reverberator = reverberator;
    this.recordings = Recording.readScript(source.resolve("wav.scp"));
    if (source.toAbsolutePath().normalize().equals(this.target)) {
      throw new StjemException(source + " cannot be both the clean and the reverberant data");
    }
  }

  /** Number of recordings. */
  public int size() {
    return recordings.size();
  }

  /**
   * Makes the directory.
   *
   * @param configuration JSON for {@code reverb.json}, the same for runs with the same result
   * @param snr for {@code utt2cond}
   * @param jobs threads
   * @param eachDone called from any thread after each recording
   * @throws StjemException if something cannot be written
   */
  public Outcome make(String configuration, double snr, int jobs, Runnable eachDone) {
    try {
      prepare(configuration);
      List<Made> made = makeAll(jobs, eachDone);
      return finish(made, snr);
    } catch (IOException e) {
      throw new StjemException("cannot write to " + target + ": " + StjemException.reason(e), e);
    }
  }

  private void prepare(String configuration) throws IOException {
    Files.createDirectories(target.resolve("audio"));
    Files.deleteIfExists(target.resolve("wav.scp"));
    Path json = target.resolve("reverb.json");
    boolean resumed = Files.exists(json) && Files.readString(json).equals(configuration);
    if (!resumed) {
      Files.deleteIfExists(json);
      for (Recording recording : recordings) {
        Files.deleteIfExists(audio(recording.key()));
      }
      AtomicFile.writeString(json, configuration);
    }
  }

  private Path audio(String key) {
    return target.resolve("audio").resolve(FileNames.ofKey(key, ".wav"));
  }

  private List<Made> makeAll(int jobs, Runnable eachDone) throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(jobs);
    try {
      List<Future<Made>> futures = new ArrayList<>();
      for (Recording recording : recordings) {
        futures.add(
            pool.submit(
                () -> {
                  Made made = make(recording);
                  eachDone.run();
                  return made;
                }));
      }
      List<Made> all = new ArrayList<>();
      for (Future<Made> future : futures) {
        all.add(future.get());
      }
      return all;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException fault) {
        throw fault;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StjemException("interrupted; the same command goes on from here", e);
    } finally {
      pool.shutdownNow();
    }
  }

  private Made make(Recording recording) throws IOException {
    Path file = audio(recording.key());
    if (Files.exists(file)) {
      return new Made(true, false, 0);
    }
    WaveData wave;
    Reverberator.Result result;
    try {
      wave = recording.readFirstChannel();
      result = reverberator.reverberate(recording.key(), wave.channel(0), wave.sampleRate());
    } catch (StjemException e) {
      log.warn("Recording {}: {}", recording.key(), e.getMessage());
      return new Made(false, false, 0);
    }
    try (AtomicFile out = AtomicFile.create(file)) {
      WaveWriter.write(
          WaveData.mono(wave.sampleRate(), result.samples()), out.stream(), file.toString());
      out.commitWithoutSync();
    }
    return new Made(true, result.scale() < 1, wave.duration());
  }

  private Outcome finish(List<Made> made, double snr) throws IOException {
    for (String name : STILL_TRUE) {
      Path file = source.resolve(name);
      if (Files.isRegularFile(file)) {
        try (AtomicFile copy = AtomicFile.create(target.resolve(name))) {
          Files.copy(file, copy.stream());
          copy.commit();
        }
      }
    }
    StringBuilder conditions = new StringBuilder();
    StringBuilder script = new StringBuilder();
    int done = 0;
    int scaled = 0;
    double seconds = 0;
    for (int i = 0; i < made.size(); i++) {
      if (!made.get(i).done()) {
        continue;
      }
      String key = recordings.get(i).key();
      Condition condition = reverberator.condition(key);
      conditions.append(
          String.format(
              Locale.ROOT,
              "%s\t%s\t%.2f\t%s\t%s\n",
              key,
              condition.room(),
              condition.t60(),
              condition.distance(),
              snr));
      script.append(key).append(' ').append(ByteNames.of(audio(key))).append('\n');
      done++;
      scaled += made.get(i).scaled() ? 1 : 0;
      seconds += made.get(i).seconds();
    }
    AtomicFile.writeString(target.resolve("utt2cond"), conditions.toString());
    if (done > 0) {
      AtomicFile.writeString(target.resolve("wav.scp"), script.toString());
    }
    return new Outcome(done, made.size() - done, scaled, seconds);
  }
}
