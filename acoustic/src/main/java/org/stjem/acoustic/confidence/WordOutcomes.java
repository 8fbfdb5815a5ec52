package org.stjem.acoustic.confidence;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.acoustic.wer.WordAlignment;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/**
 * Which words are right: those that the alignment with the fewest errors pairs with the same word
 * of the reference. Deleted words have no confidence and are counted apart.
 *
 * @param words the words of all utterances that have a reference
 * @param right whether each of them is right
 * @param references number of words of the references
 * @param deletions words of the references that the hypotheses lack
 * @param unknown utterances that have words but no reference; they are left out
 * @param rightByUtterance whether the words of each utterance are right
 * @param <T> what stands for a word
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
public record WordOutcomes<T>(
    List<T> words,
    boolean[] right,
    int references,
    int deletions,
    int unknown,
    Map<String, boolean[]> rightByUtterance) {

  /**
   * Aligns words with references. An utterance without words has all of its reference deleted.
   *
   * @param references rspecifier or file name of a text
   * @param utterances words by utterance
   * @param spelling of a word
   * @throws StjemException if the references cannot be read, or no utterance has one
   */
  public static <T> WordOutcomes<T> of(
      String references, Map<String, List<T>> utterances, Function<T, String> spelling) {
    List<T> words = new ArrayList<>();
    List<Boolean> right = new ArrayList<>();
    Map<String, boolean[]> byUtterance = new LinkedHashMap<>();
    Set<String> unknown = new HashSet<>(utterances.keySet());
    int spoken = 0;
    int deletions = 0;
    try (SequentialTableReader<List<String>> reader =
        Tables.readTokenVectors(Transcripts.rspecifier(references))) {
      while (reader.next()) {
        unknown.remove(reader.key());
        List<T> own = utterances.getOrDefault(reader.key(), List.of());
        List<String> spelled = own.stream().map(spelling).toList();
        List<String> reference = reader.value();
        spoken += reference.size();
        for (WordAlignment.Pair pair : WordAlignment.of(reference, spelled).pairs()) {
          if (pair.operation() == 'D') {
            deletions++;
          } else {
            right.add(pair.operation() == 'C');
          }
        }
        boolean[] flags = new boolean[own.size()];
        for (int i = 0; i < flags.length; i++) {
          flags[i] = right.get(words.size() + i);
        }
        byUtterance.put(reader.key(), flags);
        words.addAll(own);
      }
    }
    if (words.isEmpty()) {
      throw new StjemException("no utterance with words has a reference in " + references);
    }
    boolean[] flags = new boolean[right.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = right.get(i);
    }
    return new WordOutcomes<>(words, flags, spoken, deletions, unknown.size(), byUtterance);
  }

  /** Number of words that are right. */
  public int numRight() {
    int count = 0;
    for (boolean flag : right) {
      count += flag ? 1 : 0;
    }
    return count;
  }
}
