package org.stjem.acoustic.cli;

import com.google.gson.GsonBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.generate.Generated;
import org.stjem.acoustic.generate.GenerationPage;
import org.stjem.acoustic.generate.SequenceModel;
import org.stjem.acoustic.generate.SequenceShape;
import org.stjem.acoustic.generate.SpectralStatistics;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.FileNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.vocoder.SpectrogramPicture;

/** What {@code acoustic generate} writes: archives, audio, page, measures. */
final class GenerationFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GenerationFolder.class);

  private final Path folder;
  private final Path finalFolder;
  private final SequenceModel model;
  private final String real;
  private final int shown;
  private final SequenceAudio audio;
  private final TableWriter<FloatMatrix> feats;

  /** Null where sequences have none. */
  private final TableWriter<int[]> labels;

  private final StringBuilder waves = new StringBuilder();
  private final SpectralStatistics spectra = new SpectralStatistics();
  private final List<Generated> first = new ArrayList<>();
  private double startEnergy;
  private double endEnergy;
  private long frames;

  /**
   * Opens the files.
   *
   * @param folder where they are written
   * @param finalFolder what it will be called
   * @param conditional whether the sequences have labels
   * @param real rspecifier of real features, or null
   * @param cmvn statistics for the audio, or null
   * @param shown sequences that the page shows
   */
  GenerationFolder(
      Path folder,
      Path finalFolder,
      SequenceModel model,
      boolean conditional,
      String real,
      String cmvn,
      int shown)
      throws IOException {
    this.folder = folder;
    this.finalFolder = finalFolder.toAbsolutePath();
    this.model = model;
    this.real = real;
    this.shown = shown;
    this.audio = audio(cmvn);
    this.feats = Tables.writeFloatMatrices("ark:" + ByteNames.of(folder.resolve("feats.ark")));
    this.labels =
        conditional
            ? Tables.writeIntVectors("ark:" + ByteNames.of(folder.resolve("labels.ark")))
            : null;
    Files.createDirectory(folder.resolve("wav"));
  }

  /** Null where there can be none, unless it was asked for. */
  private SequenceAudio audio(String cmvn) {
    try {
      return new SequenceAudio(model.description(), cmvn);
    } catch (StjemException e) {
      if (cmvn != null) {
        throw e;
      }
      LOG.warn("no audio and no pictures are made: {}", e.getMessage());
      return null;
    }
  }

  /**
   * Looks, before anything is computed, whether the audio of a sequence can be made.
   *
   * @param source key of its labels
   * @throws StjemException if there are no statistics for it
   */
  void require(String source) {
    if (audio != null) {
      audio.require(source);
    }
  }

  /** Writes a sequence. */
  void write(Generated made) throws IOException {
    feats.write(made.key(), made.features());
    if (labels != null) {
      labels.write(made.key(), made.labels());
    }
    spectra.addGenerated(made);
    int count = made.features().rows();
    startEnergy += count * made.course()[0];
    endEnergy += count * made.course()[made.course().length - 1];
    frames += count;
    if (first.size() < shown) {
      first.add(made);
    }
    if (audio != null) {
      Path wave = wave(made);
      audio.write(folder.resolve(wave), made.key(), audio.plain(made.source(), made.features()));
      waves
          .append(made.key())
          .append(' ')
          .append(ByteNames.of(finalFolder.resolve(wave)))
          .append('\n');
    }
  }

  private static Path wave(Generated made) {
    return Path.of("wav").resolve(FileNames.ofKey(made.key(), ".wav"));
  }

  /** Ends the archives, and writes measures and page. */
  void finish(Map<String, String> options, double cpuSeconds) throws IOException {
    feats.commit();
    if (labels != null) {
      labels.commit();
    }
    if (audio != null) {
      AtomicFile.writeString(folder.resolve("wav.scp"), waves.toString());
    }
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put("energy per frame at the start, nats", startEnergy / frames);
    measures.put("energy per frame at the end, nats", endEnergy / frames);
    Map<String, FloatMatrix> shownReal = readReal(measures);
    double variety = spectra.variety();
    if (Double.isFinite(variety)) {
      measures.put("distance between samples of the same labels, dB", variety);
    }
    double seconds = frames * model.description().frameShiftMs() / 1000;
    measures.put("seconds generated", seconds);
    measures.put("processor seconds per second generated", cpuSeconds / seconds);
    measures.forEach((name, value) -> LOG.info("{}: {}", name, value));
    writeJson(options, measures);
    GenerationPage page = new GenerationPage("Speech generated by " + options.get("model"));
    page.measures(measures);
    page.courses(first);
    for (Generated made : first) {
      page.sequence(
          made, picture(made, shownReal.get(made.source())), audio == null ? null : wave(made));
    }
    page.options(options);
    AtomicFile.writeString(folder.resolve("index.html"), page.html());
  }

  private void writeJson(Map<String, String> options, Map<String, Double> measures)
      throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("revision", System.getProperty("stjem.revision", "unknown"));
    all.put("options", options);
    all.put("measures", measures);
    AtomicFile.writeString(
        folder.resolve("generate.json"),
        ByteText.json(new GsonBuilder().setPrettyPrinting().create().toJson(all)) + "\n");
  }

  /** Measures real speech; returns that of the sequences shown. */
  private Map<String, FloatMatrix> readReal(Map<String, Double> measures) {
    Map<String, FloatMatrix> found = new LinkedHashMap<>();
    if (real == null) {
      return found;
    }
    double energy = 0;
    long realFrames = 0;
    int next = 0;
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(real)) {
      while (reader.next()) {
        FloatMatrix features = reader.value();
        float[] x = model.normalised(features);
        SequenceShape shape = model.shape(List.of(features.rows()));
        double[] score = new double[1];
        model.score(shape).gradient(x, score);
        energy -= score[0];
        realFrames += features.rows();
        spectra.addReal(features);
        if (labels == null && next < first.size()) {
          found.put(first.get(next++).source(), features);
        } else if (first.stream().anyMatch(it -> it.source().equals(reader.key()))) {
          found.put(reader.key(), features);
        }
      }
    }
    measures.put("energy −log p(x) per frame of real speech, nats", energy / realFrames);
    measures.put("distance of average spectra, dB", spectra.averageDistance());
    return found;
  }

  private byte[] picture(Generated made, FloatMatrix realFeatures) throws IOException {
    if (audio == null) {
      return null;
    }
    SpectrogramPicture picture = new SpectrogramPicture(audio.options());
    if (realFeatures != null) {
      picture.add("real", audio.plain(made.source(), realFeatures));
    }
    picture.add("generated", audio.plain(made.source(), made.features()));
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      picture.write(png);
    } catch (StjemException e) {
      LOG.warn("no pictures are made: {}", e.getMessage());
      return null;
    }
    return png.toByteArray();
  }

  @Override
  public void close() {
    feats.close();
    if (labels != null) {
      labels.close();
    }
    if (audio != null) {
      audio.close();
    }
  }
}
