package org.stjem.acoustic.decode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.decode.PhoneSpans.Span;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * The pronunciations of {@code phones/align_lexicon.int}, by which the phones of a best path are
 * divided among its words, as Kaldi's {@code lattice-align-words-lexicon} does.
 *
 * <p>A line has the word as the decoding graph has it, the word as it is to be printed (not used
 * here) and its phones; word 0 stands for silence between words.
 */
public final class AlignLexicon {
  private static final int SILENCE = 0;

  private final Map<Integer, List<int[]>> pronunciations = new HashMap<>();

  /** Those of words other than silence, by their first phone. */
  private final Map<Integer, List<int[]>> byFirstPhone = new HashMap<>();

  /**
   * When a word was spoken.
   *
   * @param word word id
   * @param firstFrame the first of its frames, counted from 0
   * @param frames number of frames
   */
  public record WordTime(int word, int firstFrame, int frames) {}

  private AlignLexicon() {}

  /**
   * Reads the pronunciations.
   *
   * @throws StjemException if the file cannot be read or a line holds anything but three or more
   *     integers
   */
  public static AlignLexicon read(Path path) {
    AlignLexicon lexicon = new AlignLexicon();
    try {
      int number = 0;
      for (String line : TextFile.lines(path)) {
        number++;
        lexicon.add(ByteText.words(line), path + " line " + number);
      }
    } catch (IOException e) {
      throw new StjemException("cannot read " + path + ": " + StjemException.reason(e), e);
    }
    return lexicon;
  }

  private void add(String[] fields, String where) {
    if (fields.length < 3) {
      throw new StjemException(where + " must be two word ids and at least one phone");
    }
    int[] numbers = new int[fields.length];
    for (int i = 0; i < fields.length; i++) {
      try {
        numbers[i] = Integer.parseInt(fields[i]);
      } catch (NumberFormatException e) {
        throw new StjemException(where + " has '" + fields[i] + "' in place of an integer", e);
      }
    }
    int[] phones = Arrays.copyOfRange(numbers, 2, numbers.length);
    pronunciations.computeIfAbsent(numbers[0], word -> new ArrayList<>()).add(phones);
    if (numbers[0] != SILENCE) {
      byFirstPhone.computeIfAbsent(phones[0], phone -> new ArrayList<>()).add(phones);
    }
  }

  /**
   * Finds the times of the words of a path.
   *
   * @throws StjemException if its phones are not those of its words
   */
  public List<WordTime> times(BestPath path, TransitionModel model) {
    int[] ids = path.transitionIds();
    List<Span> phones = new PhoneSpans(model, PhoneSpans.isReordered(ids, model)).of(ids, true);
    int[] words = path.words();
    boolean[][] fits = fits(phones, words);
    if (!fits[0][0]) {
      throw new StjemException("its phones are not the lexicon's for its words");
    }
    List<WordTime> times = new ArrayList<>();
    int phone = 0;
    int word = 0;
    while (phone < phones.size()) {
      int length = word < words.length ? length(phones, phone, words[word], fits, word + 1) : 0;
      if (length > 0) {
        int begin = phones.get(phone).firstFrame();
        Span last = phones.get(phone + length - 1);
        times.add(new WordTime(words[word], begin, last.firstFrame() + last.frames() - begin));
        word++;
      } else {
        length = length(phones, phone, SILENCE, fits, word);
      }
      phone += length;
    }
    return times;
  }

  /** Whether the phones from one (row) on can be those of the words from one (column) on. */
  private boolean[][] fits(List<Span> phones, int[] words) {
    boolean[][] fits = new boolean[phones.size() + 1][words.length + 1];
    fits[phones.size()][words.length] = true;
    for (int phone = phones.size() - 1; phone >= 0; phone--) {
      for (int word = words.length; word >= 0; word--) {
        fits[phone][word] =
            length(phones, phone, SILENCE, fits, word) > 0
                || (word < words.length && length(phones, phone, words[word], fits, word + 1) > 0);
      }
    }
    return fits;
  }

  /** The different lengths of those pronunciations of {@code word} that the phones begin with. */
  int[] lengths(List<Span> phones, int word) {
    return pronunciations.getOrDefault(word, List.of()).stream()
        .filter(pronunciation -> pronunciation.length <= phones.size())
        .filter(pronunciation -> agree(phones, pronunciation, pronunciation.length))
        .mapToInt(pronunciation -> pronunciation.length)
        .distinct()
        .toArray();
  }

  /**
   * Whether more phones than these may make {@code word}, or silence; if {@code word} is 0, any
   * word, whose label may come after all of its phones.
   */
  boolean mayBegin(List<Span> phones, int word) {
    if (phones.isEmpty()) {
      return true;
    }
    boolean begun =
        word == SILENCE
            ? mayBegin(phones, byFirstPhone.getOrDefault(phones.get(0).id(), List.of()), 0)
            : mayBegin(phones, pronunciations.getOrDefault(word, List.of()), 1);
    return begun || mayBegin(phones, pronunciations.getOrDefault(SILENCE, List.of()), 1);
  }

  private static boolean mayBegin(List<Span> phones, List<int[]> among, int atLeastMore) {
    for (int[] pronunciation : among) {
      if (phones.size() + atLeastMore <= pronunciation.length
          && agree(phones, pronunciation, phones.size())) {
        return true;
      }
    }
    return false;
  }

  private static boolean agree(List<Span> phones, int[] pronunciation, int length) {
    for (int i = 0; i < length; i++) {
      if (phones.get(i).id() != pronunciation[i]) {
        return false;
      }
    }
    return true;
  }

  /** Length of a pronunciation of {@code word} that the phones from {@code from} on have, or 0. */
  private int length(List<Span> phones, int from, int word, boolean[][] fits, int nextWord) {
    for (int[] pronunciation : pronunciations.getOrDefault(word, List.of())) {
      int end = from + pronunciation.length;
      boolean same = end <= phones.size() && fits[end][nextWord];
      for (int i = 0; same && i < pronunciation.length; i++) {
        same = phones.get(from + i).id() == pronunciation[i];
      }
      if (same) {
        return pronunciation.length;
      }
    }
    return 0;
  }
}
