package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.stjem.acoustic.net.FeatureNormalisation;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.serving.AudioFrontend;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveWriter;
import org.stjem.frontend.cmvn.Cmvn;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.DoubleMatrix;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.vocoder.MelVocoder;

/** Audio of features that are normalised as a model's. */
final class SequenceAudio implements AutoCloseable {
  private final FbankOptions options;
  private final MelVocoder vocoder;
  private final boolean variances;
  private final RandomAccessTableReader<DoubleMatrix> table;
  private final Cmvn common;

  /**
   * For the features of a model.
   *
   * @param cmvn statistics that undo the normalisation, a table by utterance or a file for all;
   *     null if there is none to undo
   * @throws StjemException saying why there can be no audio
   */
  SequenceAudio(ModelDescription description, String cmvn) {
    options = AudioFrontend.fbankOptions(description);
    options.dither = 0;
    vocoder = new MelVocoder(options, MelVocoder.ITERATIONS, MelVocoder.MOMENTUM, 0);
    String words = description.featureNormalisation();
    if (cmvn == null && !words.equals(FeatureNormalisation.NONE)) {
      throw new StjemException(
          "the model's features were normalised by '"
              + words
              + "'; --cmvn says which mean the audio is to have");
    }
    variances = words.endsWith("and variance");
    boolean isTable = cmvn != null && Tables.isSpecifier(cmvn);
    table = isTable ? Tables.lookUpDoubleMatrices(cmvn) : null;
    common = cmvn == null || isTable ? null : reversing(KaldiObjects.readDoubleMatrix(cmvn));
  }

  private Cmvn reversing(DoubleMatrix stats) {
    return Cmvn.reversing(CmvnStats.of(stats), variances);
  }

  /** Options of the features. */
  FbankOptions options() {
    return options;
  }

  /**
   * Looks for the statistics of a key.
   *
   * @throws StjemException if there are none
   */
  void require(String key) {
    if (table != null) {
      reversing(table.value(key));
    }
  }

  /**
   * Features with their normalisation undone.
   *
   * @param key of the statistics
   * @throws StjemException if there are none, or of another dimension
   */
  FloatMatrix plain(String key, FloatMatrix features) {
    if (table != null) {
      return reversing(table.value(key)).apply(features);
    }
    return common == null ? features : common.apply(features);
  }

  /**
   * Writes a 16-bit WAV.
   *
   * @param plain features that are not normalised
   */
  void write(Path file, String key, FloatMatrix plain) throws IOException {
    MelVocoder.Audio audio = vocoder.audio(plain);
    try (AtomicFile target = AtomicFile.create(file)) {
      WaveData wave = WaveData.mono(Math.round(options.sampleFrequency), audio.samples());
      WaveWriter.write(wave, target.stream(), key);
      target.commitWithoutSync();
    }
  }

  @Override
  public void close() {
    if (table != null) {
      table.close();
    }
  }
}
