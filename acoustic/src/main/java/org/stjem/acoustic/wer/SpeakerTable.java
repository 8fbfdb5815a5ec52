package org.stjem.acoustic.wer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KeyOrder;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.Tables;

/**
 * Word errors per speaker, as {@code utils/scoring/wer_per_spk_details.pl} sums and prints them.
 */
public final class SpeakerTable {
  private static final int SPEAKER_WIDTH = 15;
  private static final List<String> COLUMNS =
      List.of("#SENT", "#WORD", "Corr", "Sub", "Ins", "Del", "Err", "S.Err");

  private final Map<String, ErrorCounts> speakers = new TreeMap<>(KeyOrder::compare);

  /**
   * Sums the errors of one system.
   *
   * @param utt2spk rspecifier or file name: a key and its speaker per line
   * @throws StjemException if it cannot be read or lacks an utterance
   */
  public static SpeakerTable of(Transcripts transcripts, int system, String utt2spk) {
    SpeakerTable table = new SpeakerTable();
    try (RandomAccessTableReader<List<String>> speakers =
        Tables.lookUpTokenVectors(Transcripts.rspecifier(utt2spk))) {
      for (Transcripts.Utterance utterance : transcripts.utterances()) {
        table
            .speakers
            .computeIfAbsent(
                speaker(speakers, utt2spk, utterance.key()), speaker -> new ErrorCounts())
            .add(WordAlignment.of(utterance.reference(), utterance.hypotheses().get(system)));
      }
    }
    return table;
  }

  /** The speaker that a table names for an utterance. */
  static String speaker(RandomAccessTableReader<List<String>> table, String name, String key) {
    if (!table.hasKey(key) || table.value(key).size() != 1) {
      throw new StjemException(name + " names no speaker of utterance " + key);
    }
    return table.value(key).get(0);
  }

  /** The speakers in order. */
  List<String> speakers() {
    return List.copyOf(speakers.keySet());
  }

  ErrorCounts counts(String speaker) {
    return speakers.get(speaker);
  }

  /** The table: per speaker and at last for all, a line of counts and one of percentages. */
  @Override
  public String toString() {
    int width = SPEAKER_WIDTH;
    for (String speaker : speakers.keySet()) {
      width = Math.max(width, speaker.codePointCount(0, speaker.length()));
    }
    StringBuilder out = new StringBuilder();
    List<Object> cells = new ArrayList<>(COLUMNS);
    line(out, width, "SPEAKER", "id ", cells);
    ErrorCounts sum = new ErrorCounts();
    for (Map.Entry<String, ErrorCounts> speaker : speakers.entrySet()) {
      sum.add(speaker.getValue());
      lines(out, width, speaker.getKey(), speaker.getValue());
    }
    lines(out, width, "SUM", sum);
    return out.toString();
  }

  private static void lines(StringBuilder out, int width, String name, ErrorCounts counts) {
    List<Object> raw = new ArrayList<>(List.of(counts.sentences(), counts.words()));
    List<Object> percentages = new ArrayList<>(raw);
    long[] columns = counts.columns();
    for (int i = 0; i < columns.length; i++) {
      boolean ofSentences = i == columns.length - 1;
      long whole = ofSentences ? counts.sentences() : counts.words();
      raw.add(columns[i]);
      percentages.add(String.format(Locale.ROOT, "%.2f", 100.0 * columns[i] / whole));
    }
    line(out, width, name, "raw", raw);
    if (counts.words() > 0) {
      line(out, width, name, "sys", percentages);
    }
  }

  private static void line(
      StringBuilder out, int width, String name, String kind, List<Object> cells) {
    out.append(name)
        .append(" ".repeat(width - name.codePointCount(0, name.length())))
        .append(' ')
        .append(kind);
    for (Object cell : cells) {
      out.append(String.format(Locale.ROOT, " %10s", cell));
    }
    out.append('\n');
  }
}
