package org.stjem.frontend.lang;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * A lexicon: lines of a word and its phones, and between them a probability if the name of the file
 * starts with {@code lexiconp}, and three numbers on silence around the word if it starts with
 * {@code lexiconp_silprob}.
 */
final class LexiconFile {
  /** Words that stand for something else in graphs (utils/validate_dict_dir.pl). */
  private static final Set<String> RESERVED = Set.of("<s>", "</s>", "<eps>");

  /** The beginning of the name of a lexicon that also knows where silence is likely. */
  static final String SILENCE_NAME = "lexiconp_silprob";

  private LexiconFile() {}

  /**
   * Reads a lexicon.
   *
   * @param known phones that may occur; null for any
   * @throws StjemException if it cannot be read, is empty, or has a line that is malformed, repeats
   *     another one, or has a phone that is not in the lists
   */
  static List<Pronunciation> read(Path path, Set<String> known) {
    String name = path.getFileName().toString();
    int numbers = name.startsWith(SILENCE_NAME) ? 4 : name.startsWith("lexiconp") ? 1 : 0;
    List<Pronunciation> entries = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    try {
      int number = 0;
      for (String line : TextFile.lines(path)) {
        number++;
        String where = path + " line " + number;
        Pronunciation entry = parse(ByteText.words(line), numbers, where);
        for (String phone : entry.phones()) {
          checkPhone(entry.word(), phone, known, where);
        }
        Integer earlier = lines.put(entry.word() + " " + String.join(" ", entry.phones()), number);
        if (earlier != null) {
          throw new StjemException(
              where + " repeats line " + earlier + ": the same phones for " + entry.word());
        }
        entries.add(entry);
      }
    } catch (IOException e) {
      throw new StjemException("cannot read lexicon " + path + ": " + StjemException.reason(e), e);
    }
    if (entries.isEmpty()) {
      throw new StjemException("lexicon " + path + " is empty");
    }
    return entries;
  }

  private static Pronunciation parse(String[] fields, int numbers, String where) {
    if (fields.length == 0) {
      throw new StjemException(where + " is empty");
    }
    String word = fields[0];
    if (RESERVED.contains(word) || word.startsWith("#")) {
      throw new StjemException(
          where + " has the word " + word + ", which stands for something else in graphs");
    }
    double probability = 1;
    if (numbers > 0) {
      probability = fields.length < 2 ? Double.NaN : number(fields[1]);
      if (!(probability > 0 && probability <= 1)) {
        throw new StjemException(
            where
                + " has '"
                + (fields.length < 2 ? "" : fields[1])
                + "' as the probability of "
                + word
                + "; it must be above 0 and not above 1");
      }
    }
    Pronunciation.Silence silence = null;
    if (numbers > 1 && fields.length > numbers) {
      String silenceAround = "for silence around " + word;
      silence =
          new Pronunciation.Silence(
              positive(fields[2], 1, where, silenceAround),
              positive(fields[3], Double.POSITIVE_INFINITY, where, silenceAround),
              positive(fields[4], Double.POSITIVE_INFINITY, where, silenceAround));
    }
    int first = numbers + 1;
    if (fields.length <= first) {
      throw new StjemException(where + " has no pronunciation for the word " + word);
    }
    return new Pronunciation(
        word, probability, silence, List.of(fields).subList(first, fields.length));
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /**
   * A number above 0 and below a limit.
   *
   * @throws StjemException if it is none; says where it stands, and what for
   */
  static double positive(String text, double limit, String where, String what) {
    double value = number(text);
    if (value > 0 && value < limit) {
      return value;
    }
    throw new StjemException(
        where
            + " has '"
            + text
            + "' "
            + what
            + "; it must be a number above 0"
            + (limit == Double.POSITIVE_INFINITY ? "" : " and below " + (int) limit));
  }

  private static void checkPhone(String word, String phone, Set<String> known, String where) {
    PhoneLists.checkName(phone, where);
    if (known != null && !known.contains(phone)) {
      throw new StjemException(
          where
              + ": the word "
              + word
              + " has the phone "
              + phone
              + ", which is neither in "
              + PhoneLists.SILENCE_FILE
              + " nor in "
              + PhoneLists.NONSILENCE_FILE);
    }
  }
}
