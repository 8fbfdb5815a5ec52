package org.stjem.acoustic.cli;

import java.util.Locale;
import java.util.function.Supplier;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.serving.AudioFrontend;
import org.stjem.frontend.kaldi.FloatMatrix;

/** What is made of features to be told apart from them. */
enum OutlierSet {
  /** Nothing. */
  AS_IT_IS,
  /** The frames in reverse order. */
  REVERSED,
  /** Independent Gaussian values with the mean and variance that the model was trained on. */
  NOISE,
  /** Features of {@link OutlierAudio#whiteNoise} as the model's own frontend makes them. */
  WHITE_NOISE,
  /** Features of {@link OutlierAudio#chords} as the model's own frontend makes them. */
  TONES;

  /** The set that a user calls {@code name}, or null. */
  static OutlierSet of(String name) {
    for (OutlierSet set : values()) {
      if (set != AS_IT_IS && set.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(name)) {
        return set;
      }
    }
    return null;
  }

  /** Whether it is made as audio. */
  boolean isAudio() {
    return this == WHITE_NOISE || this == TONES;
  }

  /**
   * Makes one utterance, as long as {@code features}.
   *
   * @param frontend makes features of audio
   * @param stream tells what is random in one utterance from that in another
   */
  FloatMatrix make(
      FloatMatrix features,
      ModelDescription model,
      Supplier<AudioFrontend> frontend,
      long seed,
      long stream) {
    SeededRandom random = new SeededRandom(seed, stream);
    int frames = features.rows();
    return switch (this) {
      case AS_IT_IS -> features;
      case REVERSED -> features.reversed();
      case NOISE -> noise(frames, model, random);
      case WHITE_NOISE -> {
        AudioFrontend made = frontend.get();
        yield made.features("noise", OutlierAudio.whiteNoise(made.samples(frames), random));
      }
      case TONES -> {
        AudioFrontend made = frontend.get();
        yield made.features(
            "tones", OutlierAudio.chords(made.samples(frames), made.sampleRate(), random));
      }
    };
  }

  private static FloatMatrix noise(int frames, ModelDescription model, SeededRandom random) {
    FloatMatrix made = new FloatMatrix(frames, model.featureDim());
    for (int t = 0; t < frames; t++) {
      for (int d = 0; d < made.cols(); d++) {
        made.set(
            t, d, (float) (model.inputMean()[d] + model.inputStddev()[d] * random.nextGaussian()));
      }
    }
    return made;
  }
}
