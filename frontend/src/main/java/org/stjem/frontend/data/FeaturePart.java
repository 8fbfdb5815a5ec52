package org.stjem.frontend.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.audio.SampleSource;
import org.stjem.frontend.audio.SpooledWave;
import org.stjem.frontend.fbank.UtteranceFbank;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.kaldi.FloatRows;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/**
 * Some of the utterances of a data directory, whose features go into one archive. What became of
 * each is written to a record after the archive, so that the record tells that the part is done.
 */
final class FeaturePart {
  private static final Logger log = LoggerFactory.getLogger(FeaturePart.class);
  private static final String FAILED = "-";

  private final List<Utterance> utterances;
  private final Path archive;
  private final Path script;
  private final Path record;

  /**
   * What became of an utterance.
   *
   * @param frames number of frames
   * @param seconds length of the audio
   * @param fault why there are no features; null if there are
   */
  record Result(String key, int frames, float seconds, String fault) {}

  FeaturePart(List<Utterance> utterances, Path archive, Path script, Path record) {
    this.utterances = utterances;
    this.archive = archive;
    this.script = script;
    this.record = record;
  }

  int size() {
    return utterances.size();
  }

  Path script() {
    return script;
  }

  /** Whether a run has made the part, and nobody has removed it since. */
  boolean isDone() {
    return Files.exists(record) && Files.exists(archive) && Files.exists(script);
  }

  /** What became of the utterances of a part that is done. */
  List<Result> results() throws IOException {
    List<Result> results = new ArrayList<>();
    for (String line : TextFile.lines(record)) {
      String[] fields = line.split("\t", 3);
      results.add(
          fields[1].equals(FAILED)
              ? new Result(fields[0], 0, 0, fields[2])
              : new Result(
                  fields[0], Integer.parseInt(fields[1]), Float.parseFloat(fields[2]), null));
    }
    return results;
  }

  /**
   * Computes the features and writes archive, script file and record. An utterance that fails is
   * warned about and left out.
   *
   * @param warps VTLN warp factors by utterance; null for that of the settings
   * @param eachDone called after each utterance
   */
  void make(FbankSettings settings, Map<String, Float> warps, Runnable eachDone)
      throws IOException {
    Maker maker = new Maker(settings, warps);
    StringBuilder lines = new StringBuilder();
    String specifier = "ark,scp:" + ByteNames.of(archive) + "," + ByteNames.of(script);
    try (maker;
        TableWriter<FloatRows> writer = Tables.writeFloatRows(specifier, settings.compression())) {
      for (Utterance utterance : utterances) {
        String outcome;
        try {
          outcome = maker.make(utterance, writer);
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          log.warn("{}: no features: {}", utterance.key(), e.getMessage());
          outcome = FAILED + "\t" + e.getMessage().replaceAll("\\s+", " ");
        }
        lines.append(utterance.key()).append('\t').append(outcome).append('\n');
        eachDone.run();
      }
      writer.commit();
    }
    AtomicFile.writeString(record, lines.toString());
  }

  /** Makes features of one utterance after the other. */
  private static final class Maker implements AutoCloseable {
    private final FbankSettings settings;
    private final Map<String, Float> warps;
    private final UtteranceFbank fbank;

    /** The last recording, for the next segment is often of the same. */
    private SpooledWave wave;

    /** Its key, if it was of a segment. */
    private String loaded;

    Maker(FbankSettings settings, Map<String, Float> warps) {
      this.settings = settings;
      this.warps = warps;
      this.fbank = new UtteranceFbank(settings.fbank(), settings.utterance());
    }

    /** Returns the number of frames and the duration in seconds, divided by a tab. */
    String make(Utterance utterance, TableWriter<FloatRows> writer) {
      SampleSource samples = read(utterance);
      Float warp = warps == null ? settings.utterance().vtlnWarp : warps.get(utterance.key());
      if (warp == null) {
        throw new StjemException("there is no warp factor for it");
      }
      FloatRows features = fbank.compute(utterance.key(), samples, warp);
      if (features.rows() == 0) {
        throw new StjemException(samples.duration() + " s are too short for a frame");
      }
      writer.write(utterance.key(), features);
      return features.rows() + "\t" + samples.duration();
    }

    private SampleSource read(Utterance utterance) {
      Segment segment = utterance.segment();
      if (segment == null || !segment.recording().equals(loaded)) {
        close();
        wave = utterance.recording().spool(settings.raw());
      }
      if (segment == null) {
        return wave;
      }
      loaded = segment.recording();
      return segment.cut(wave, settings.minSegmentLength(), settings.maxOvershoot());
    }

    @Override
    public void close() {
      if (wave != null) {
        wave.close();
      }
      wave = null;
      loaded = null;
    }
  }
}
