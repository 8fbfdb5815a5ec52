package org.stjem.acoustic.wer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/** References and, for each of them, the hypotheses of one or more systems. Held in memory. */
public final class Transcripts {
  private final List<Utterance> utterances = new ArrayList<>();
  private int absent;

  /**
   * One utterance to be scored.
   *
   * @param key of the utterance
   * @param reference its words
   * @param hypotheses the words each system found, in the order of the systems; empty where a
   *     system has none
   * @param complete whether every system has a hypothesis
   */
  public record Utterance(
      String key, List<String> reference, List<List<String>> hypotheses, boolean complete) {}

  private Transcripts() {}

  /**
   * Reads the utterances to be scored, as {@code compute-wer} and, for several systems, {@code
   * compute-wer-bootci} choose them.
   *
   * @param references rspecifier or file name of a text: a key and its words per line
   * @param hypotheses likewise, one per system
   * @param mode what to do with an utterance that a system has no hypothesis for
   * @throws StjemException if a table cannot be read, or in strict mode a hypothesis is missing
   */
  public static Transcripts read(
      String references, List<String> hypotheses, WordErrorRate.Mode mode) {
    Transcripts result = new Transcripts();
    List<RandomAccessTableReader<List<String>>> lookUps = new ArrayList<>();
    try (SequentialTableReader<List<String>> reader =
        Tables.readTokenVectors(rspecifier(references))) {
      for (String table : hypotheses) {
        lookUps.add(Tables.lookUpTokenVectors(rspecifier(table)));
      }
      while (reader.next()) {
        result.add(reader, hypotheses, lookUps, mode);
      }
    } finally {
      lookUps.forEach(RandomAccessTableReader::close);
    }
    return result;
  }

  private void add(
      SequentialTableReader<List<String>> reader,
      List<String> tables,
      List<RandomAccessTableReader<List<String>>> lookUps,
      WordErrorRate.Mode mode) {
    String key = reader.key();
    List<List<String>> hypotheses = new ArrayList<>();
    boolean complete = true;
    for (int i = 0; i < lookUps.size(); i++) {
      if (lookUps.get(i).hasKey(key)) {
        hypotheses.add(lookUps.get(i).value(key));
        continue;
      }
      if (mode == WordErrorRate.Mode.STRICT) {
        throw new StjemException(
            "no hypothesis for key "
                + key
                + " in "
                + tables.get(i)
                + "; --mode=present leaves such utterances out, --mode=all counts their words as"
                + " deleted");
      }
      hypotheses.add(List.of());
      complete = false;
    }
    if (!complete) {
      absent++;
    }
    if (complete || mode == WordErrorRate.Mode.ALL) {
      utterances.add(new Utterance(key, reader.value(), hypotheses, complete));
    }
  }

  /** An rspecifier as it is; a file name as the archive that it is. */
  public static String rspecifier(String table) {
    return Tables.isSpecifier(table) ? table : "ark:" + table;
  }

  /** The utterances in the order of the references. */
  public List<Utterance> utterances() {
    return Collections.unmodifiableList(utterances);
  }

  /** References that some system has no hypothesis for. */
  public int absent() {
    return absent;
  }
}
