package org.stjem.frontend.cli;

import com.google.gson.GsonBuilder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.audio.Recording;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.Checksums;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.options.KaldiOptions;
import org.stjem.frontend.reverb.NoRoom;
import org.stjem.frontend.reverb.NoiseSource;
import org.stjem.frontend.reverb.PinkNoise;
import org.stjem.frontend.reverb.RecordedNoise;
import org.stjem.frontend.reverb.RecordedRir;
import org.stjem.frontend.reverb.ReverberantDataDir;
import org.stjem.frontend.reverb.Reverberator;
import org.stjem.frontend.reverb.Rir;
import org.stjem.frontend.reverb.Room;
import org.stjem.frontend.reverb.SimulatedRir;
import org.stjem.frontend.reverb.SourceDistance;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend reverberate}: a data directory in rooms, like the REVERB challenge's SimData. */
@CommandLine.Command(
    description = {
      "Makes a reverberant, noisy Kaldi data directory of a clean one, in the way of the REVERB"
          + " challenge's SimData: room impulse responses by the image-source method (or from"
          + " --rirs) and stationary noise (or from --noises). Utterances keep their number of"
          + " samples and the time of the direct sound, so alignments stay valid. Conditions"
          + " without a room are made by --anechoic, with or without noise and telephone line.",
      "OUT-DATA-DIR gets audio/*.wav (16 bit, mono), wav.scp with absolute paths, the text, speaker"
          + " and segment files, utt2cond (key, room, T60 in s, distance, SNR in dB) and"
          + " reverb.json. A run that was broken off goes on where it was if repeated.",
      "The result depends on --seed and the utterances' keys, not on their order or --nj. Give"
          + " training and test data different seeds, or they share their rooms' impulse responses.",
      "Examples:",
      "  reverberate --seed=1 data/train data/train_reverb",
      "  reverberate --anechoic --snr=5 data/test data/test_noisy",
      "  reverberate --anechoic --snr=Infinity --telephone data/test data/test_telephone",
      ""
    })
final class ReverberateCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ReverberateCommand.class);

  @Option(
      names = "--rooms",
      paramLabel = "ROOM",
      split = ",",
      defaultValue = "small,medium,large",
      description = "simulated rooms, with T60 of 0.25, 0.5 and 0.7 s (default: ${DEFAULT-VALUE})")
  private List<Room> rooms;

  @Option(
      names = "--distances",
      paramLabel = "DISTANCE",
      split = ",",
      defaultValue = "near,far",
      description = "speaker to microphone: near is 0.5 m, far 2 m (default: ${DEFAULT-VALUE})")
  private List<SourceDistance> distances;

  @Option(
      names = "--num-rirs",
      paramLabel = "N",
      defaultValue = "12",
      description = "simulated impulse responses per room and distance (default: ${DEFAULT-VALUE})")
  private int numRirs;

  @Option(
      names = "--rirs",
      paramLabel = "FILE",
      description =
          "instead of simulated ones, recorded impulse responses: lines 'name file.wav' as in"
              + " wav.scp; resampled where the speech has another sample rate")
  private Path rirs;

  @Option(
      names = "--anechoic",
      arity = "0..1",
      paramLabel = "BOOL",
      defaultValue = "false",
      fallbackValue = "true",
      description = "no rooms: the direct sound alone (default: ${DEFAULT-VALUE})")
  private boolean anechoic;

  @Option(
      names = "--telephone",
      arity = "0..1",
      paramLabel = "BOOL",
      defaultValue = "false",
      fallbackValue = "true",
      description =
          "speech and noise go through a telephone line at last: 300 to 3400 Hz, sampled at 8 kHz"
              + " on the way (default: ${DEFAULT-VALUE})")
  private boolean telephone;

  @Option(
      names = "--noises",
      paramLabel = "FILE",
      description =
          "instead of pink noise, recorded noises: lines 'name file.wav' as in wav.scp; resampled"
              + " where the speech has another sample rate")
  private Path noises;

  @Option(
      names = "--snr",
      paramLabel = "DB",
      converter = Decibels.class,
      defaultValue = "20",
      description =
          "power of direct sound and reflections within 50 ms over power of the noise, in dB;"
              + " Infinity for no noise (default: ${DEFAULT-VALUE})")
  private double snr;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "of all that is random (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--nj",
      paramLabel = "N",
      defaultValue = "0",
      description = "threads; 0 for one per core (default: ${DEFAULT-VALUE})")
  private int nj;

  @Parameters(index = "0", paramLabel = "DATA-DIR")
  private Path dataDir;

  @Parameters(index = "1", paramLabel = "OUT-DATA-DIR")
  private Path outDataDir;

  @Override
  public Integer call() {
    if (nj < 0) {
      throw new StjemException("--nj=" + nj + " is below 0");
    }
    if (anechoic && rirs != null) {
      throw new StjemException("--anechoic and --rirs do not go together");
    }
    NoiseSource noise = noises == null ? new PinkNoise() : new RecordedNoise(readNoises());
    Reverberator reverberator = new Reverberator(bank(), noise, snr, seed, telephone);
    ReverberantDataDir data = new ReverberantDataDir(dataDir, outDataDir, reverberator);
    int threads = nj == 0 ? Runtime.getRuntime().availableProcessors() : nj;
    long start = System.nanoTime();
    ReverberantDataDir.Outcome outcome;
    try (Progress progress = new Progress("reverberate", data.size())) {
      outcome = data.make(configuration(), snr, threads, progress::step);
    }
    report(outcome, (System.nanoTime() - start) / 1e9);
    if (outcome.done() == 0) {
      throw new StjemException("no recording was done, failed for " + outcome.failed());
    }
    return 0;
  }

  private List<Rir> bank() {
    if (anechoic) {
      return List.of(new NoRoom());
    }
    if (rirs == null) {
      return SimulatedRir.bank(rooms, distances, numRirs, seed);
    }
    return Recording.readScript(rirs).stream()
        .<Rir>map(rir -> new RecordedRir(rir.key(), rir.readFirstChannel()))
        .collect(Collectors.toList());
  }

  private Map<String, WaveData> readNoises() {
    Map<String, WaveData> waves = new LinkedHashMap<>();
    for (Recording noise : Recording.readScript(noises)) {
      waves.put(noise.key(), noise.readFirstChannel());
    }
    return waves;
  }

  private static void report(ReverberantDataDir.Outcome outcome, double seconds) {
    log.info(
        "Made {} s of audio in {} s, {} times real time; scaled {} utterances down to keep them"
            + " from clipping",
        Math.round(outcome.seconds()),
        Math.round(seconds),
        Math.round(outcome.seconds() / seconds),
        outcome.scaled());
    if (outcome.failed() > 0) {
      log.warn(
          "The copied text and speaker files still name the {} recordings that failed;"
              + " utils/fix_data_dir.sh takes them out",
          outcome.failed());
    }
    log.info("Done {} utterances, failed for {}", outcome.done(), outcome.failed());
  }

  /** All that the result depends on, as JSON. */
  private String configuration() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("command", "reverberate");
    all.put("data-dir", ByteNames.of(dataDir));
    all.put("wav-scp-sha256", Checksums.sha256(dataDir.resolve("wav.scp")));
    all.put("seed", seed);
    all.put("snr", Double.toString(snr));
    if (anechoic) {
      all.put("rooms", List.of());
    } else if (rirs == null) {
      all.put("rooms", rooms.stream().map(Room::label).collect(Collectors.toList()));
      all.put("t60", rooms.stream().map(Room::t60).collect(Collectors.toList()));
      all.put(
          "distances", distances.stream().map(SourceDistance::label).collect(Collectors.toList()));
      all.put(
          "metres", distances.stream().map(SourceDistance::metres).collect(Collectors.toList()));
      all.put("num-rirs", numRirs);
    } else {
      all.put("rirs", ByteNames.of(rirs));
      all.put("rirs-sha256", Checksums.sha256(rirs));
    }
    if (noises == null) {
      all.put("noise", "pink");
    } else {
      all.put("noises", ByteNames.of(noises));
      all.put("noises-sha256", Checksums.sha256(noises));
    }
    if (telephone) {
      all.put("telephone", true);
    }
    all.put("git-revision", System.getProperty("stjem.revision", "unknown"));
    return ByteText.json(new GsonBuilder().setPrettyPrinting().create().toJson(all)) + "\n";
  }

  /** A ratio in dB, which without noise is infinite. */
  private static final class Decibels implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return text.equals("Infinity") ? Double.POSITIVE_INFINITY : KaldiOptions.toDouble(text);
    }
  }
}
