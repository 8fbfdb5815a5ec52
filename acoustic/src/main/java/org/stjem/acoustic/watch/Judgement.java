package org.stjem.acoustic.watch;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.stjem.acoustic.recognition.RecognizedWord;

/**
 * Whether a sound is of the kind that the model knows.
 *
 * @param known null if nothing can be said yet, or at all
 * @param text a sentence for the reader
 * @param strange for each second what is unusual of it, empty for nothing
 */
record Judgement(Boolean known, String text, List<String> strange) {
  private static final String UNKNOWN = "I do not know this: ";

  /** Fewer seconds than this say nothing. */
  private static final double SHORTEST = 0.5;

  /**
   * Judges a sound.
   *
   * @param frames frames of a second
   * @param range of known speech, or null
   */
  static Judgement of(
      Measures measures,
      int frames,
      List<RecognizedWord> words,
      double seconds,
      SpeechRange range) {
    List<String> strange = strange(measures, frames, range);
    if (seconds < SHORTEST) {
      return new Judgement(null, "Too short to say anything yet.", strange);
    }
    if (words.isEmpty()) {
      return new Judgement(false, UNKNOWN + "I hear no words.", strange);
    }
    long count = strange.stream().filter(what -> !what.isEmpty()).count();
    if (2 * count >= strange.size()) {
      return new Judgement(false, UNKNOWN + mostly(strange), strange);
    }
    if (range == null) {
      return new Judgement(
          null,
          "Words were found; whether the sound is of the kind I know I cannot say, since nothing"
              + " tells how known speech looks (--reference).",
          strange);
    }
    if (meanConfidence(words) < range.leastConfidence()) {
      return new Judgement(false, UNKNOWN + "the words are guesses.", strange);
    }
    return new Judgement(true, "This sounds like the speech I know.", strange);
  }

  static double meanConfidence(List<RecognizedWord> words) {
    return words.stream().mapToDouble(RecognizedWord::confidence).average().orElse(0);
  }

  private static List<String> strange(Measures measures, int frames, SpeechRange range) {
    double[] density = Measures.seconds(measures.logDensity(), frames);
    String[] strange = new String[density.length];
    double[] entropy = Measures.seconds(measures.entropy(), frames);
    double[] misfit = Measures.seconds(measures.misfit(), frames);
    double[] length = Measures.seconds(measures.length(), frames);
    for (int s = 0; s < strange.length; s++) {
      strange[s] =
          range == null ? "" : strange(density[s], entropy[s], misfit[s], length[s], range);
    }
    return List.of(strange);
  }

  private static String strange(
      double density, double entropy, double misfit, double length, SpeechRange range) {
    int low = range.tail();
    int high = range.secondDensity().length - 1 - low;
    if (density < range.secondDensity()[low]) {
      return "log p(x) is lower than that of known speech";
    }
    if (density > range.secondDensity()[high]) {
      return "log p(x) is higher than that of known speech";
    }
    if (misfit > range.secondMisfit()[high]) {
      return "no words of the graph fit it";
    }
    if (length > range.secondLength()[high]) {
      return "one sound lasts longer than those of known speech";
    }
    return entropy > range.secondEntropy()[high] ? "no phone fits it well" : "";
  }

  /** What most of the strange seconds are. */
  private static String mostly(List<String> strange) {
    return strange.stream()
            .filter(what -> !what.isEmpty())
            .collect(Collectors.groupingBy(what -> what, Collectors.counting()))
            .entrySet()
            .stream()
            .max(Map.Entry.comparingByValue())
            .orElseThrow()
            .getKey()
        + ".";
  }
}
