package org.stjem.acoustic.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.wer.OracleChoice;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.acoustic.wer.WordErrorRate;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic wer-oracle}: the best choice between systems for each utterance. */
@Command(
    description = {
      "Takes for each utterance, knowing its reference, the system that has the fewest errors, and"
          + " prints the word error rate of that choice as 'acoustic wer' does: a bound for what a"
          + " choice between the systems can reach.",
      "",
      "  stjem acoustic wer-oracle data/test/text clean.txt reverberant.txt",
      ""
    })
final class WerOracleCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(WerOracleCommand.class);

  @Mixin private final ScoringArguments scoring = new ScoringArguments(WordErrorRate.Mode.STRICT);

  @Option(
      names = "--write",
      paramLabel = "WSPECIFIER",
      description = "also write the words chosen; a bare file name is meant as ark,t:")
  private String write;

  @Mixin private final ReferenceArgument references = new ReferenceArgument();

  @Parameters(
      index = "1..*",
      arity = "2..*",
      paramLabel = "HYP",
      description = "text tables of the hypotheses, two or more systems")
  private List<String> hypotheses;

  @Override
  public Integer call() {
    Transcripts transcripts = Transcripts.read(references.table, hypotheses, scoring.mode);
    OracleChoice choice = new OracleChoice(transcripts);
    if (write != null) {
      write(transcripts, choice);
    }
    List<String> times = new ArrayList<>();
    for (int system = 0; system < hypotheses.size(); system++) {
      int index = system;
      long count = choice.chosen().stream().filter(chosen -> chosen == index).count();
      times.add(hypotheses.get(system) + " " + count);
    }
    LOG.info("chosen: {}", String.join(", ", times));
    System.out.println(choice.rate());
    return 0;
  }

  private void write(Transcripts transcripts, OracleChoice choice) {
    String wspecifier = Tables.isSpecifier(write) ? write : "ark,t:" + write;
    try (TableWriter<List<String>> writer = Tables.writeTokenVectors(wspecifier)) {
      for (int i = 0; i < transcripts.utterances().size(); i++) {
        writer.write(transcripts.utterances().get(i).key(), choice.hypotheses().get(i));
      }
      writer.commit();
    }
  }
}
