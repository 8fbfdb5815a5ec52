package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.generate.SequenceModel;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say whose voices each utterance gets. */
final class SpeakerArguments {
  @Option(
      names = "--speaker",
      paramLabel = "NAME",
      split = ",",
      description = "the speaker of all utterances; where two are needed, both, with a comma")
  private List<String> names;

  @Option(
      names = "--speakers",
      paramLabel = "FILE",
      description = "the speaker of each utterance, or both, a line each; a table or a file")
  private String file;

  @Mixin private final SpeakerHead head;

  private final int count;
  private final Map<String, List<String>> table = new HashMap<>();

  /**
   * For so many speakers of each utterance.
   *
   * @param weight of the speakers, unless another is asked for
   */
  SpeakerArguments(int count, double weight) {
    this.count = count;
    this.head = new SpeakerHead(weight);
  }

  /**
   * Loads the model with all its heads.
   *
   * @throws StjemException if it has no head of speakers, or does not know one that all utterances
   *     are to have
   */
  SequenceModel load(Path folder, String device) {
    if ((names == null) == (file == null)) {
      throw new StjemException("one of --speaker and --speakers must be given");
    }
    if (file != null) {
      read();
    }
    SequenceModel model = head.load(folder, device);
    try {
      if (names != null) {
        columns(names);
      }
      return model;
    } catch (StjemException e) {
      model.close();
      throw new StjemException("model " + folder + ": " + e.getMessage(), e);
    }
  }

  private void read() {
    try (SequentialTableReader<List<String>> lines =
        Tables.readTokenVectors(Transcripts.rspecifier(file))) {
      while (lines.next()) {
        table.put(lines.key(), lines.value());
      }
    }
  }

  /**
   * The columns of an utterance's speakers among those of all heads.
   *
   * @throws EntryException if it has none, or one that the model does not know
   */
  int[] columns(String key) {
    List<String> own = names == null ? table.get(key) : names;
    if (own == null) {
      throw new EntryException(file + " names no speaker of it");
    }
    return columns(own);
  }

  private int[] columns(List<String> own) {
    if (own.size() != count) {
      throw new EntryException(
          "speakers '"
              + String.join(" ", own)
              + "': "
              + (count == 1 ? "one is needed" : count + " are needed"));
    }
    return own.stream().mapToInt(head::column).toArray();
  }
}
