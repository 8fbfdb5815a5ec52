package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.generate.Request;
import org.stjem.acoustic.generate.SequenceModel;
import org.stjem.acoustic.generate.SpokenText;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stjem acoustic speak}. */
@Command(
    description = {
      "Makes speech of text: the phones of a lexicon, each as long as on average in alignments, with"
          + " silence at both ends, and what 'generate' makes of such labels.",
      "OUT-DIR gets what 'generate' writes: features, labels, audio and a page.",
      "",
      "e.g.: stjem acoustic speak --speaker=fash --lexicon=lexicon.txt --phones=phones.txt"
          + " --durations=ark:phones-train.txt exp/two text exp/spoken",
      ""
    },
    sortOptions = false)
final class SpeakCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(SpeakCommand.class);

  @Spec private CommandSpec command;

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(
      index = "1",
      paramLabel = "TEXT",
      description = "words of each utterance behind its key; a table or a file")
  private String text;

  @Parameters(index = "2", paramLabel = "OUT-DIR", description = "folder to write, new or empty")
  private Path out;

  @Option(
      names = "--lexicon",
      required = true,
      paramLabel = "FILE",
      description = "a word and its phones a line; the first pronunciation of a word counts")
  private Path lexicon;

  @Option(
      names = "--phones",
      required = true,
      paramLabel = "FILE",
      description = "a phone of the lexicon and its label, a number of the model, a line")
  private Path phones;

  @Option(
      names = "--durations",
      required = true,
      paramLabel = "RSPECIFIER",
      description = "labels of the frames of real speech, which tell how long phones are")
  private String durations;

  @Option(
      names = "--silence",
      paramLabel = "PHONE",
      defaultValue = "SIL",
      description =
          "the phone before the first word and behind the last (default: ${DEFAULT-VALUE})")
  private String silence;

  @Mixin private final GenerationArguments generation = new GenerationArguments();

  @Override
  public Integer call() throws IOException {
    Map<String, Integer> numbers = numbers();
    if (!numbers.containsKey(silence)) {
      throw new StjemException(phones + " has no phone '" + silence + "', the --silence");
    }
    SpokenText spoken = new SpokenText(words(numbers), numbers.get(silence));
    try (SequentialTableReader<int[]> reader = Tables.readIntVectors(durations)) {
      while (reader.next()) {
        spoken.learn(reader.value());
      }
    }
    generation.run(folder, out, command, true, model -> requests(model, spoken));
    return 0;
  }

  private Map<String, Integer> numbers() throws IOException {
    Map<String, Integer> numbers = new HashMap<>();
    for (String line : TextFile.lines(phones)) {
      String[] fields = ByteText.words(line);
      if (fields.length != 2 || !fields[1].matches("[0-9]{1,7}")) {
        throw new StjemException(phones + ": expected 'phone number', found '" + line + "'");
      }
      numbers.put(fields[0], Integer.parseInt(fields[1]));
    }
    return numbers;
  }

  private Map<String, List<Integer>> words(Map<String, Integer> numbers) throws IOException {
    Map<String, List<Integer>> words = new HashMap<>();
    for (String line : TextFile.lines(lexicon)) {
      String[] fields = ByteText.words(line);
      if (fields.length < 2) {
        throw new StjemException(lexicon + ": expected 'word phones', found '" + line + "'");
      }
      List<Integer> own = new ArrayList<>();
      for (int i = 1; i < fields.length; i++) {
        Integer number = numbers.get(fields[i]);
        if (number == null) {
          throw new StjemException(
              phones + " has no phone '" + fields[i] + "' of word '" + fields[0] + "'");
        }
        own.add(number);
      }
      words.putIfAbsent(fields[0], own);
    }
    return words;
  }

  private List<Request> requests(SequenceModel model, SpokenText spoken) {
    List<Request> requests = new ArrayList<>();
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    try (SequentialTableReader<List<String>> reader =
        Tables.readTokenVectors(Transcripts.rspecifier(text))) {
      while (reader.next()) {
        try {
          int[] labels = spoken.labels(reader.value());
          model.checkLabels(labels);
          requests.add(
              new Request(reader.key(), reader.key(), labels, labels.length, requests.size() + 1L));
          tally.done();
        } catch (EntryException e) {
          tally.failed(reader.key(), e);
        }
      }
    }
    tally.finish();
    return requests;
  }
}
