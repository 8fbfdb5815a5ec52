package org.stjem.frontend.lang;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.kaldi.KeyOrder;

/**
 * The phones of a dictionary, without markers of position.
 *
 * @param silence phones of silence and noise; those of one list are variants of one phone
 * @param nonsilence the phones of words; those of one list share the root of a decision tree
 * @param optionalSilence the silence phone that may stand between words
 * @param questions lists of phones that a decision tree may ask for
 */
record PhoneLists(
    List<List<String>> silence,
    List<List<String>> nonsilence,
    String optionalSilence,
    List<List<String>> questions) {

  static final String SILENCE_FILE = "silence_phones.txt";
  static final String NONSILENCE_FILE = "nonsilence_phones.txt";
  private static final String OPTIONAL_SILENCE_FILE = "optional_silence.txt";
  private static final String QUESTIONS_FILE = "extra_questions.txt";

  /** What phones of silence and noise are called in the lexica of Kaldi's recipes. */
  private static final Set<String> SILENCE_NAMES =
      Set.of("SIL", "SPN", "NSN", "LAU", "sil", "spn", "nsn", "lau");

  /**
   * Reads the lists of a dictionary folder.
   *
   * @throws StjemException if one is missing or malformed, or if a phone stands twice
   */
  static PhoneLists read(Path folder) {
    List<List<String>> silence = lines(folder.resolve(SILENCE_FILE));
    List<List<String>> nonsilence = lines(folder.resolve(NONSILENCE_FILE));
    Path optionalFile = folder.resolve(OPTIONAL_SILENCE_FILE);
    List<List<String>> optional = lines(optionalFile);
    if (optional.size() != 1 || optional.get(0).size() != 1) {
      throw new StjemException(optionalFile + " must hold one phone");
    }
    Path questionsFile = folder.resolve(QUESTIONS_FILE);
    PhoneLists lists =
        new PhoneLists(
            silence,
            nonsilence,
            optional.get(0).get(0),
            Files.exists(questionsFile) ? lines(questionsFile) : List.of());
    lists.check(folder);
    return lists;
  }

  private static List<List<String>> lines(Path file) {
    List<List<String>> lists = new ArrayList<>();
    try {
      for (String line : TextFile.lines(file)) {
        String[] phones = ByteText.words(line);
        if (phones.length == 0) {
          throw new StjemException(file + " line " + (lists.size() + 1) + " is empty");
        }
        lists.add(List.of(phones));
      }
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
    return lists;
  }

  private void check(Path folder) {
    Set<String> seen = new HashSet<>();
    for (List<List<String>> lists : List.of(silence, nonsilence)) {
      Path file = folder.resolve(lists == silence ? SILENCE_FILE : NONSILENCE_FILE);
      if (lists.isEmpty()) {
        throw new StjemException(file + " is empty");
      }
      for (List<String> list : lists) {
        for (String phone : list) {
          checkName(phone, file.toString());
          if (!seen.add(phone)) {
            throw new StjemException(
                file + " has the phone " + phone + " a second time, or has it besides silence");
          }
        }
      }
    }
    if (silence.stream().noneMatch(list -> list.contains(optionalSilence))) {
      throw new StjemException(
          folder.resolve(OPTIONAL_SILENCE_FILE)
              + " has the phone "
              + optionalSilence
              + ", which is not in "
              + SILENCE_FILE);
    }
    for (List<String> question : questions) {
      for (String phone : question) {
        if (!seen.contains(phone)) {
          throw new StjemException(
              folder.resolve(QUESTIONS_FILE)
                  + " has the phone "
                  + phone
                  + ", which is neither in "
                  + SILENCE_FILE
                  + " nor in "
                  + NONSILENCE_FILE);
        }
      }
    }
    nonsilence.forEach(list -> checkToldApart(list, folder));
  }

  private void checkToldApart(List<String> list, Path folder) {
    for (String phone : list) {
      for (String other : list) {
        if (!phone.equals(other)
            && questions.stream().allMatch(q -> q.contains(phone) == q.contains(other))) {
          throw new StjemException(
              folder.resolve(NONSILENCE_FILE)
                  + " has the phones "
                  + phone
                  + " and "
                  + other
                  + " in one line, but no question in "
                  + QUESTIONS_FILE
                  + " can tell them apart");
        }
      }
    }
  }

  /**
   * Refuses a name that a phone must not have.
   *
   * @throws StjemException that starts with {@code where}
   */
  static void checkName(String phone, String where) {
    String fault = null;
    if (phone.startsWith("#")) {
      fault = "names that start with # are disambiguation symbols, which are added later";
    } else if (phone.matches(".*_[BESI]")) {
      fault = "_B, _E, _S and _I at the end mark positions in words, which are added later";
    } else if (phone.equals("<eps>")) {
      fault = "that stands for no phone at all";
    }
    if (fault != null) {
      throw new StjemException(where + " has the phone " + phone + "; " + fault);
    }
  }

  /**
   * Lists for lexica that come without any: phones called SIL, SPN, NSN or LAU, in capitals or not,
   * are silence; variants of a phone that differ in a digit at the end, for stress or tone, share a
   * root, and a question for each digit can tell them apart.
   */
  static PhoneLists guess(List<Pronunciation> lexicon) {
    Set<String> silence = new LinkedHashSet<>();
    Map<String, List<String>> roots = new TreeMap<>(KeyOrder::compare);
    Map<String, List<String>> digits = new TreeMap<>(KeyOrder::compare);
    Set<String> phones = new TreeSet<>(KeyOrder::compare);
    lexicon.forEach(entry -> phones.addAll(entry.phones()));
    boolean lowerCase = phones.contains("sil") || phones.contains("spn");
    silence.add(lowerCase ? "sil" : "SIL");
    for (String phone : phones) {
      if (SILENCE_NAMES.contains(phone)) {
        silence.add(phone);
        continue;
      }
      boolean digit = phone.matches(".+[0-9]");
      String root = digit ? phone.substring(0, phone.length() - 1) : phone;
      roots.computeIfAbsent(root, name -> new ArrayList<>()).add(phone);
      if (digit) {
        digits
            .computeIfAbsent(phone.substring(root.length()), name -> new ArrayList<>())
            .add(phone);
      }
    }
    return new PhoneLists(
        silence.stream().map(List::of).toList(),
        List.copyOf(roots.values()),
        lowerCase ? "sil" : "SIL",
        List.copyOf(digits.values()));
  }

  /** All phones, those of silence first. */
  Set<String> all() {
    Set<String> phones = new LinkedHashSet<>();
    silence.forEach(phones::addAll);
    nonsilence.forEach(phones::addAll);
    return phones;
  }
}
