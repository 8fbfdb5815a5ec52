package org.stjem.acoustic.watch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.DomainModel;
import org.stjem.acoustic.recognition.AudioClip;
import org.stjem.acoustic.recognition.EndpointRules;
import org.stjem.acoustic.recognition.HeardPath;
import org.stjem.acoustic.recognition.RecognizedWord;
import org.stjem.acoustic.recognition.Recognizer;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;

/** Looks into a recognizer: what it makes of the frames of a sound. Thread-safe. */
public final class Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
  private static final double MS_PER_SECOND = 1000;
  private static final double PERCENT = 100;

  /** Posteriors and shares are sent as bytes of so many steps. */
  private static final int STEPS = 255;

  /** Phones that are the best of fewer frames are left out. */
  private static final int LEAST_FRAMES = 2;

  /** Other words that are shown for a word at most. */
  private static final int ALTERNATIVES = 4;

  private final String name;
  private final Recognizer recognizer;
  private final PhoneGroups phones;
  private final Optional<SpeechRange> range;

  private Watcher(String name, Recognizer recognizer, Optional<SpeechRange> range) {
    this.name = name;
    this.recognizer = recognizer;
    this.phones = new PhoneGroups(recognizer.graph());
    this.range = range;
  }

  /**
   * Looks into a recognizer.
   *
   * @param name of the model, for readers
   * @param rangeFile what is usual of speech that the model knows; null if nobody knows
   */
  public static Watcher of(String name, Recognizer recognizer, Path rangeFile) {
    return new Watcher(name, recognizer, Optional.ofNullable(rangeFile).map(SpeechRange::read));
  }

  /**
   * Measures what is usual of speech that a model knows, and writes it.
   *
   * @param waves table of recordings
   * @param most so many of them at most
   * @param falseRefusals share of them that may be answered with "I do not know this"
   * @throws StjemException if none of them can be heard
   */
  public static void measureRange(
      Recognizer recognizer, String waves, int most, double falseRefusals, Path file)
      throws IOException {
    List<RangeFit.Heard> all = new ArrayList<>();
    Watcher watcher = new Watcher("", recognizer, Optional.empty());
    try (SequentialTableReader<AudioClip> table =
        Tables.read(waves, in -> AudioClip.read(in, recognizer.sampleRate()))) {
      while (all.size() < most && table.next()) {
        try {
          float[] samples = table.value().samples();
          Look look = watcher.look(watcher.rawFeatures(table.key(), samples), 0, Optional.empty());
          all.add(
              new RangeFit.Heard(
                  look.measures,
                  look.heard.recognition().words(),
                  (double) samples.length / recognizer.sampleRate()));
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          LOG.warn("{} is left out of the range of speech: {}", table.key(), e.getMessage());
        }
      }
    }
    if (all.isEmpty()) {
      throw new StjemException("--reference: no recording of " + waves + " can be heard");
    }
    SpeechRange range = new RangeFit(all, watcher.framesPerSecond(), falseRefusals).fit();
    range.write(file);
    LOG.info(
        String.format(
            Locale.ROOT,
            "of %d known recordings %.1f %% are refused by thresholds of the others",
            range.utterances(),
            PERCENT * range.falseRefusals()));
  }

  private FloatMatrix rawFeatures(String key, float[] samples) {
    Sound sound = new Sound(recognizer.frontend().rawStream(key));
    sound.accept(samples);
    sound.end();
    return sound.features();
  }

  Recognizer recognizer() {
    return recognizer;
  }

  private double frameShift() {
    return recognizer.model().description().frameShiftMs() / MS_PER_SECOND;
  }

  private int framesPerSecond() {
    return Math.max(1, (int) Math.round(1 / frameShift()));
  }

  /** What a page needs to know before it hears anything. */
  Map<String, Object> about() {
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("model", name);
    about.put("sampleRate", recognizer.sampleRate());
    about.put("frameShift", frameShift());
    about.put("wordsAfterEnd", recognizer.wordsAfterEnd());
    about.put(
        "domains",
        recognizer.model() instanceof DomainModel mixture ? mixture.domains() : List.of());
    about.put("range", range.map(SpeechRange::logDensity).orElse(null));
    about.put("falseRefusals", range.map(SpeechRange::falseRefusals).orElse(null));
    about.put("rangeUtterances", range.map(SpeechRange::utterances).orElse(0));
    return about;
  }

  private record Look(
      FloatMatrix features, FloatMatrix logits, HeardPath heard, Measures measures) {}

  private Look look(FloatMatrix raw, double seconds, Optional<EndpointRules> endpoints) {
    if (raw.rows() == 0) {
      throw new StjemException("it is too short for a frame of features");
    }
    FloatMatrix features = recognizer.frontend().normalise(raw);
    FloatMatrix logits = recognizer.model().logits(features);
    HeardPath heard =
        HeardPath.joined(recognizer.hear("sound", features, logits, seconds, endpoints));
    TransitionModel transitions = recognizer.graph().transitions();
    int[] pdfs = Arrays.stream(heard.transitionIds()).map(transitions::pdf).toArray();
    int[] phonesOfPath = Arrays.stream(heard.transitionIds()).map(transitions::phone).toArray();
    return new Look(
        features,
        logits,
        heard,
        Measures.of(logits, recognizer.loglikes(logits), pdfs, phonesOfPath));
  }

  /**
   * What is made of a sound.
   *
   * @param raw its features so far, not normalised
   * @param seconds its length so far
   * @param last whether it has ended
   * @param endpoints where its utterances end; none if it is one
   */
  Map<String, Object> view(
      FloatMatrix raw, double seconds, boolean last, Optional<EndpointRules> endpoints) {
    Look look = look(raw, seconds, endpoints);
    List<RecognizedWord> words = look.heard.recognition().words();
    int settled = recognizer.wordsAfterEnd() ? 0 : look.heard.settled();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("frames", raw.rows());
    view.put("last", last);
    view.put("density", rounded(look.measures.logDensity()));
    view.put("phones", phones(look));
    if (recognizer.model() instanceof DomainModel mixture) {
      view.put("domains", domains(mixture.domainPosteriors(look.features)));
    }
    List<Map<String, Object>> shown = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      shown.add(word(words.get(i), last || i < settled));
    }
    view.put("words", shown);
    Judgement judgement =
        Judgement.of(look.measures, framesPerSecond(), words, seconds, range.orElse(null));
    view.put("known", judgement.known());
    view.put("judgement", judgement.text());
    view.put("strange", judgement.strange());
    return view;
  }

  private static List<Double> rounded(double[] values) {
    return Arrays.stream(values).mapToObj(value -> Math.round(value * 100) / 100.0).toList();
  }

  /** The phones that are ever the best, in the order in which they come. */
  private Map<String, Object> phones(Look look) {
    FloatMatrix posteriors = phones.posteriors(look.logits, look.measures.logDensity());
    int groups = posteriors.cols();
    int[] best = new int[posteriors.rows()];
    int[] counts = new int[groups];
    for (int t = 0; t < best.length; t++) {
      for (int g = 1; g < groups; g++) {
        best[t] = posteriors.get(t, g) > posteriors.get(t, best[t]) ? g : best[t];
      }
      counts[best[t]]++;
    }
    int[] rows =
        Arrays.stream(best).distinct().filter(group -> counts[group] >= LEAST_FRAMES).toArray();
    byte[] data = new byte[rows.length * best.length];
    for (int row = 0; row < rows.length; row++) {
      for (int t = 0; t < best.length; t++) {
        data[row * best.length + t] = (byte) Math.round(STEPS * posteriors.get(t, rows[row]));
      }
    }
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("names", Arrays.stream(rows).mapToObj(phones.names()::get).toList());
    shown.put("posteriors", Base64.getEncoder().encodeToString(data));
    return shown;
  }

  private static Map<String, Object> domains(DomainModel.Posteriors posteriors) {
    FloatMatrix frames = posteriors.frames();
    byte[] data = new byte[frames.rows() * frames.cols()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) Math.round(STEPS * frames.data()[i]);
    }
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("frames", Base64.getEncoder().encodeToString(data));
    shown.put("utterance", posteriors.utterance());
    return shown;
  }

  private static Map<String, Object> word(RecognizedWord word, boolean settled) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("word", word.word());
    shown.put("begin", word.begin());
    shown.put("end", word.end());
    shown.put("confidence", word.confidence());
    shown.put("settled", settled);
    shown.put(
        "alternatives",
        word.alternatives().stream()
            .limit(ALTERNATIVES)
            .map(other -> List.of(other.word(), other.posterior()))
            .toList());
    return shown;
  }
}
