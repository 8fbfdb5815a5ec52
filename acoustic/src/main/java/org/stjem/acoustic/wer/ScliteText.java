package org.stjem.acoustic.wer;

import java.util.List;
import java.util.Locale;

/**
 * Lines of the text files that NIST's {@code sclite} takes: {@code trn} for references and
 * hypotheses without times, {@code stm} for the references and {@code ctm} for the hypotheses with
 * times. Times count from the beginning of the utterance, which is a recording of its own.
 */
public final class ScliteText {
  private static final String CHANNEL = "1";

  private ScliteText() {}

  /** The line {@code WORDS (KEY)}. */
  public static String trn(String key, List<String> words) {
    String text = String.join(" ", words);
    return text + (text.isEmpty() ? "(" : " (") + key + ")\n";
  }

  /**
   * The line {@code KEY 1 SPEAKER 0.00 END WORDS}.
   *
   * @param seconds where the utterance ends
   */
  public static String stm(String key, String speaker, double seconds, List<String> words) {
    return String.format(Locale.ROOT, "%s %s %s 0.00 %.2f", key, CHANNEL, speaker, seconds)
        + (words.isEmpty() ? "" : " ")
        + String.join(" ", words)
        + "\n";
  }

  /** The line {@code KEY 1 BEGIN DURATION WORD}, times in seconds. */
  public static String ctm(String key, double begin, double duration, String word) {
    return String.format(Locale.ROOT, "%s %s %.3f %.3f %s\n", key, CHANNEL, begin, duration, word);
  }

  /**
   * The line {@code KEY 1 BEGIN DURATION WORD CONFIDENCE}.
   *
   * @param confidence probability that the word is right
   * @param digits decimals of the confidence
   */
  public static String ctm(
      String key, double begin, double duration, String word, double confidence, int digits) {
    String line = ctm(key, begin, duration, word);
    return line.substring(0, line.length() - 1)
        + String.format(Locale.ROOT, " %." + digits + "f\n", confidence);
  }

  /**
   * Whether {@code sclite} takes a word for markup: a comment, an alternative, an optional word.
   */
  public static boolean isMarkup(String word) {
    return word.equals("@")
        || word.startsWith(";;")
        || word.startsWith("{")
        || word.startsWith("<")
        || (word.startsWith("(") && word.endsWith(")"));
  }
}
