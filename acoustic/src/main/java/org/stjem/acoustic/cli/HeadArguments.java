package org.stjem.acoustic.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.data.HeadLabels;
import org.stjem.acoustic.train.TrainedHeads;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Option;

/** The options of a training with several heads. */
final class HeadArguments {
  private static final String FIRST = "pdfs";

  @Option(
      names = "--head",
      paramLabel = "NAME=RSPECIFIER",
      description =
          "a further head, with a number from 0 for each frame as its labels; may be given again")
  private List<String> ofFrames;

  @Option(
      names = "--utterance-head",
      paramLabel = "NAME=FILE",
      description =
          "a further head, with a word for each utterance as its labels, such as"
              + " speakers=data/train/utt2spk; a table or a file; may be given again")
  private List<String> ofUtterances;

  @Option(
      names = "--first-head",
      paramLabel = "NAME",
      description =
          "what the head is called whose labels are ALI-RSPECIFIER, where there are further ones"
              + " (default: pdfs)")
  private String first;

  @Option(
      names = "--head-weight",
      paramLabel = "NAME=W",
      description =
          "weight of a head's loss, and of its score in the energy that is sampled (default: 1)")
  private Map<String, Double> weights;

  /** Whether there are heads after the first. */
  boolean isGiven() {
    return ofFrames != null || ofUtterances != null;
  }

  /**
   * What the heads are called and weigh.
   *
   * @throws StjemException if two have one name, or a weight is of none
   */
  TrainedHeads heads() {
    if (!isGiven()) {
      if (first != null || weights != null) {
        throw new StjemException(
            "--first-head and --head-weight need further heads, of --head or --utterance-head");
      }
      return TrainedHeads.ONE;
    }
    TrainedHeads heads =
        new TrainedHeads(first == null ? FIRST : first, weights == null ? Map.of() : weights);
    List<String> further = new ArrayList<>();
    given(ofFrames).forEach(text -> further.add(split("--head", text)[0]));
    given(ofUtterances).forEach(text -> further.add(split("--utterance-head", text)[0]));
    heads.check(further);
    return heads;
  }

  /** Reads the labels of the further heads. */
  List<HeadLabels> read() {
    List<HeadLabels> heads = new ArrayList<>();
    for (String text : given(ofFrames)) {
      String[] parts = split("--head", text);
      heads.add(HeadLabels.ofFrames(parts[0], frames(parts[1])));
    }
    for (String text : given(ofUtterances)) {
      String[] parts = split("--utterance-head", text);
      heads.add(HeadLabels.ofUtterances(parts[0], utterances(parts[1])));
    }
    return heads;
  }

  private static List<String> given(List<String> options) {
    return options == null ? List.of() : options;
  }

  private static String[] split(String option, String text) {
    String[] parts = text.split("=", 2);
    if (parts.length != 2 || !parts[0].matches("[A-Za-z0-9._-]+") || parts[1].isEmpty()) {
      throw new StjemException(
          option
              + "="
              + text
              + ": must be NAME=LABELS, with a name of letters, digits, '.', '_' and '-'");
    }
    return parts;
  }

  private static Map<String, int[]> frames(String rspecifier) {
    Map<String, int[]> labels = new HashMap<>();
    try (SequentialTableReader<int[]> table = Tables.readIntVectors(rspecifier)) {
      while (table.next()) {
        labels.put(table.key(), table.value());
      }
    }
    return labels;
  }

  /**
   * Words by utterance, such as speakers.
   *
   * @param table rspecifier or file name
   * @throws StjemException if an utterance has none, or several
   */
  static Map<String, String> utterances(String table) {
    Map<String, String> labels = new HashMap<>();
    try (SequentialTableReader<List<String>> words =
        Tables.readTokenVectors(Transcripts.rspecifier(table))) {
      while (words.next()) {
        if (words.value().size() != 1) {
          throw new TableException(
              table
                  + ": utterance "
                  + words.key()
                  + " has "
                  + words.value().size()
                  + " words, not one label");
        }
        labels.put(words.key(), words.value().get(0));
      }
    }
    return labels;
  }
}
