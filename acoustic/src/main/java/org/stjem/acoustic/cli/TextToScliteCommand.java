package org.stjem.acoustic.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.wer.ScliteText;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiOutput;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic text-to-sclite}: a Kaldi text as NIST's scoring program takes it. */
@Command(
    description = {
      "Writes references or hypotheses as NIST's sclite takes them: trn for scoring without times,"
          + " or stm as the reference of the ctm that 'acoustic decode --ctm' writes. In a trn file,"
          + " sclite -i spu_id takes what precedes the first - or _ of the utterance for its"
          + " speaker.",
      "",
      "Example:",
      "  stjem acoustic text-to-sclite data/test/text ref.trn",
      "  stjem acoustic text-to-sclite hyp.txt hyp.trn",
      "  sclite -s -i spu_id -r ref.trn trn -h hyp.trn trn",
      "  stjem acoustic text-to-sclite --format=stm --utt2spk=data/test/utt2spk data/test/text \\",
      "    ref.stm",
      "  sclite -s -r ref.stm stm -h hyp.ctm ctm",
      ""
    })
public final class TextToScliteCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(TextToScliteCommand.class);

  /** Later than any utterance ends. */
  private static final double NO_END = 99_999;

  /** The files that can be written. */
  enum Format {
    TRN,
    STM;

    /** The name that options take. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "trn or stm (default: ${DEFAULT-VALUE})")
  private Format format = Format.TRN;

  @Option(
      names = "--utt2spk",
      paramLabel = "FILE",
      description = "speakers for stm (default: each utterance its own)")
  private String utt2spk;

  @Option(
      names = "--utt2dur",
      paramLabel = "FILE",
      description = "durations in seconds for stm (default: longer than any utterance)")
  private String utt2dur;

  @Parameters(index = "0", paramLabel = "TEXT", description = "text table, an rspecifier or a file")
  private String text;

  @Parameters(index = "1", paramLabel = "OUT", description = "file to write, or - or | command")
  private String output;

  @Override
  public Integer call() throws IOException {
    int done = 0;
    try (SequentialTableReader<List<String>> reader =
            Tables.readTokenVectors(Transcripts.rspecifier(text));
        RandomAccessTableReader<List<String>> speakers = lookUp(utt2spk);
        RandomAccessTableReader<List<String>> durations = lookUp(utt2dur);
        KaldiOutput out = KaldiOutput.open(output)) {
      while (reader.next()) {
        String key = reader.key();
        List<String> words = reader.value();
        words.stream()
            .filter(ScliteText::isMarkup)
            .forEach(word -> log.warn("sclite takes '{}' of {} for markup", word, key));
        if (format == Format.TRN) {
          out.writeText(ScliteText.trn(key, words));
        } else {
          String speaker = speakers == null ? key : only(speakers, key, utt2spk);
          double seconds = durations == null ? NO_END : seconds(only(durations, key, utt2dur), key);
          out.writeText(ScliteText.stm(key, speaker, seconds, words));
        }
        done++;
      }
      if (done == 0) {
        throw new StjemException(text + " holds no utterances");
      }
      out.commit();
    }
    log.info("Done {} utterances, failed for 0", done);
    return 0;
  }

  private static RandomAccessTableReader<List<String>> lookUp(String table) {
    return table == null ? null : Tables.lookUpTokenVectors(Transcripts.rspecifier(table));
  }

  private static String only(RandomAccessTableReader<List<String>> table, String key, String name) {
    if (!table.hasKey(key) || table.value(key).size() != 1) {
      throw new StjemException(name + " has no value for utterance " + key);
    }
    return table.value(key).get(0);
  }

  private double seconds(String value, String key) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new StjemException(
          utt2dur + " gives utterance " + key + " the duration '" + value + "'", e);
    }
  }
}
