package org.stjem.acoustic.generate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.kaldi.EntryException;

/**
 * Labels of frames for words: the phones of a lexicon, each as long as it is on average in
 * alignments, with silence before the first word and behind the last.
 */
public final class SpokenText {
  private final Map<String, List<Integer>> lexicon;
  private final int silence;
  private final Map<Integer, long[]> runs = new HashMap<>();

  /**
   * Text without durations yet.
   *
   * @param lexicon labels of the phones of each word
   * @param silence label of silence
   */
  public SpokenText(Map<String, List<Integer>> lexicon, int silence) {
    this.lexicon = Map.copyOf(lexicon);
    this.silence = silence;
  }

  /** Learns how long phones are; two of a kind in a row count as one. */
  public void learn(int[] labels) {
    int from = 0;
    for (int t = 1; t <= labels.length; t++) {
      if (t == labels.length || labels[t] != labels[from]) {
        long[] run = runs.computeIfAbsent(labels[from], unseen -> new long[2]);
        run[0] += t - from;
        run[1]++;
        from = t;
      }
    }
  }

  /**
   * The label of each frame.
   *
   * @throws EntryException if there are no words, the lexicon lacks one, or the alignments lack one
   *     of its phones
   */
  public int[] labels(List<String> words) {
    if (words.isEmpty()) {
      throw new EntryException("it has no words");
    }
    List<Integer> phones = new ArrayList<>();
    phones.add(silence);
    for (String word : words) {
      List<Integer> own = lexicon.get(word);
      if (own == null) {
        throw new EntryException("the lexicon has no word '" + word + "'");
      }
      phones.addAll(own);
    }
    phones.add(silence);
    List<Integer> labels = new ArrayList<>();
    for (int phone : phones) {
      long[] run = runs.get(phone);
      if (run == null) {
        throw new EntryException("the alignments have no phone of number " + phone);
      }
      for (long t = Math.max(1, Math.round((double) run[0] / run[1])); t > 0; t--) {
        labels.add(phone);
      }
    }
    return labels.stream().mapToInt(Integer::intValue).toArray();
  }
}
