package org.stjem.acoustic.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import org.stjem.acoustic.eval.WordAlignment;
import org.stjem.acoustic.eval.WordErrorRate;
import org.stjem.frontend.kaldi.KaldiOutput;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic wer}: word error rate, printed as Kaldi's {@code compute-wer} does. */
@CommandLine.Command(
    description = {
      "Counts the word errors of hypotheses against references and prints them as Kaldi's"
          + " compute-wer does.",
      "",
      "Example:",
      "  stjem acoustic wer --mode=present data/test/text hyp.txt",
      ""
    })
public final class WerCommand implements Callable<Integer> {
  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "references without hypothesis: present leaves them out, all counts their words as"
              + " deleted, strict refuses (default: ${DEFAULT-VALUE})")
  private WordErrorRate.Mode mode = WordErrorRate.Mode.STRICT;

  @Option(
      names = "--per-utt",
      paramLabel = "WXFILENAME",
      description =
          "write the aligned words and the counts of correct, substituted, inserted and deleted"
              + " words of each utterance, as Kaldi's wer_per_utt_details.pl")
  private String perUtterance;

  @Parameters(
      index = "0",
      paramLabel = "REF",
      description = "text table of the references, an rspecifier or a file")
  private String references;

  @Parameters(
      index = "1",
      paramLabel = "HYP",
      description = "text table of the hypotheses, an rspecifier or a file")
  private String hypotheses;

  @Override
  public Integer call() throws IOException {
    WordErrorRate score;
    if (perUtterance == null) {
      score = WordErrorRate.score(references, hypotheses, mode);
    } else {
      try (KaldiOutput details = KaldiOutput.open(perUtterance)) {
        score =
            WordErrorRate.score(
                references,
                hypotheses,
                mode,
                (key, reference, hypothesis) ->
                    write(details, WordAlignment.of(reference, hypothesis).details(key)));
        details.commit();
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    System.out.println(score);
    return 0;
  }

  private static void write(KaldiOutput out, String text) {
    try {
      out.writeText(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
