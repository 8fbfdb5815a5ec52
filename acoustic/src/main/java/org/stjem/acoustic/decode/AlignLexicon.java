package org.stjem.acoustic.decode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    pronunciations
        .computeIfAbsent(numbers[0], word -> new ArrayList<>())
        .add(Arrays.copyOfRange(numbers, 2, numbers.length));
  }

  /**
   * Finds the times of the words of a path.
   *
   * @throws StjemException if its phones are not those of its words
   */
  public List<WordTime> times(BestPath path, TransitionModel model) {
    List<Phone> phones = phones(path.transitionIds(), model);
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
        int begin = phones.get(phone).firstFrame;
        Phone last = phones.get(phone + length - 1);
        times.add(new WordTime(words[word], begin, last.firstFrame + last.frames - begin));
        word++;
      } else {
        length = length(phones, phone, SILENCE, fits, word);
      }
      phone += length;
    }
    return times;
  }

  /** Whether the phones from one (row) on can be those of the words from one (column) on. */
  private boolean[][] fits(List<Phone> phones, int[] words) {
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

  /** Length of a pronunciation of {@code word} that the phones from {@code from} on have, or 0. */
  private int length(List<Phone> phones, int from, int word, boolean[][] fits, int nextWord) {
    for (int[] pronunciation : pronunciations.getOrDefault(word, List.of())) {
      int end = from + pronunciation.length;
      boolean same = end <= phones.size() && fits[end][nextWord];
      for (int i = 0; same && i < pronunciation.length; i++) {
        same = phones.get(from + i).id == pronunciation[i];
      }
      if (same) {
        return pronunciation.length;
      }
    }
    return 0;
  }

  private record Phone(int id, int firstFrame, int frames) {}

  /**
   * Divides an alignment into phones (hmm/hmm-utils.h, SplitToPhones). Where models are reordered,
   * the self-loops of a phone's last state follow the transition that leaves it.
   */
  private static List<Phone> phones(int[] transitionIds, TransitionModel model) {
    boolean reordered = isReordered(transitionIds, model);
    List<Phone> phones = new ArrayList<>();
    int begin = 0;
    for (int frame = 0; frame < transitionIds.length; frame++) {
      int id = transitionIds[frame];
      boolean ends = frame == transitionIds.length - 1;
      if (model.isFinal(id)) {
        int end = frame;
        while (reordered
            && end + 1 < transitionIds.length
            && isLoopOf(transitionIds[end + 1], id, model)) {
          end++;
        }
        frame = end;
        ends = true;
      }
      if (ends) {
        phones.add(new Phone(model.phone(id), begin, frame + 1 - begin));
        begin = frame + 1;
      }
    }
    return phones;
  }

  private static boolean isLoopOf(int loop, int id, TransitionModel model) {
    return model.isSelfLoop(loop) && model.transitionState(loop) == model.transitionState(id);
  }

  private static boolean isReordered(int[] transitionIds, TransitionModel model) {
    for (int i = 1; i < transitionIds.length; i++) {
      if (!model.isSelfLoop(transitionIds[i - 1])
          && isLoopOf(transitionIds[i], transitionIds[i - 1], model)) {
        return true;
      }
    }
    return false;
  }
}
