package org.stjem.acoustic.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.stjem.acoustic.wer.SpeakerTable;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.acoustic.wer.WordAlignment;
import org.stjem.acoustic.wer.WordErrorRate;
import org.stjem.acoustic.wer.WordPairs;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiOutput;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic wer}: word error rate, printed as Kaldi's {@code compute-wer} does. */
@CommandLine.Command(
    description = {
      "Counts the word errors of hypotheses against references and prints them as Kaldi's"
          + " compute-wer does; on request also the tables that Kaldi's score.sh leaves in"
          + " wer_details.",
      "",
      "Example:",
      "  stjem acoustic wer --mode=present data/test/text hyp.txt",
      "  stjem acoustic wer --utt2spk=data/test/utt2spk --per-spk=- --ops=ops data/test/text hyp.txt",
      ""
    })
public final class WerCommand implements Callable<Integer> {
  @Mixin private final ScoringArguments scoring = new ScoringArguments(WordErrorRate.Mode.STRICT);

  @Option(
      names = "--per-utt",
      paramLabel = "WXFILENAME",
      description =
          "write the aligned words and the counts of correct, substituted, inserted and deleted"
              + " words of each utterance, as Kaldi's wer_per_utt_details.pl")
  private String perUtterance;

  @Option(
      names = "--per-spk",
      paramLabel = "WXFILENAME",
      description =
          "write the counts of each speaker, as Kaldi's wer_per_spk_details.pl; needs --utt2spk")
  private String perSpeaker;

  @Option(
      names = "--utt2spk",
      paramLabel = "FILE",
      description = "text table of the utterances' speakers, an rspecifier or a file")
  private String utt2spk;

  @Option(
      names = "--ops",
      paramLabel = "WXFILENAME",
      description =
          "write how often each word was recognised as which, the confusion pairs, as Kaldi's"
              + " wer_ops_details.pl")
  private String wordPairs;

  @Mixin private final ReferenceArgument references = new ReferenceArgument();

  @Parameters(
      index = "1",
      paramLabel = "HYP",
      description = "text table of the hypotheses, an rspecifier or a file")
  private String hypotheses;

  @Override
  public Integer call() throws IOException {
    if (perSpeaker != null && utt2spk == null) {
      throw new StjemException("--per-spk needs --utt2spk, the speakers of the utterances");
    }
    Transcripts transcripts = Transcripts.read(references.table, List.of(hypotheses), scoring.mode);
    if (perUtterance != null) {
      write(perUtterance, details(transcripts));
    }
    if (perSpeaker != null) {
      write(perSpeaker, SpeakerTable.of(transcripts, 0, utt2spk).toString());
    }
    if (wordPairs != null) {
      write(wordPairs, WordPairs.of(transcripts, 0).toString());
    }
    System.out.println(WordErrorRate.of(transcripts, 0));
    return 0;
  }

  private static String details(Transcripts transcripts) {
    StringBuilder details = new StringBuilder();
    for (Transcripts.Utterance utterance : transcripts.utterances()) {
      if (utterance.complete()) {
        WordAlignment alignment =
            WordAlignment.of(utterance.reference(), utterance.hypotheses().get(0));
        details.append(alignment.details(utterance.key()));
      }
    }
    return details.toString();
  }

  private static void write(String wxfilename, String text) throws IOException {
    try (KaldiOutput out = KaldiOutput.open(wxfilename)) {
      out.writeText(text);
      out.commit();
    }
  }
}
