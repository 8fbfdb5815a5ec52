package org.stjem.acoustic.cli;

import java.util.Optional;
import org.stjem.acoustic.recognition.EndpointRules;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Option;

/** The command-line options of where the utterances of a recording end, named as Kaldi's. */
final class EndpointArguments {
  private static final EndpointRules KALDI = EndpointRules.DEFAULT;

  @Option(
      names = "--do-endpointing",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description =
          "divide recordings into utterances where their speakers pause, as Kaldi's rules say; the"
              + " search then starts anew (default: of standard input alone)")
  private Boolean endpoints;

  @Option(
      names = "--endpoint.rule1.min-trailing-silence",
      paramLabel = "SECONDS",
      description =
          "silence that ends an utterance even if it is all there was (default: ${DEFAULT-VALUE})")
  private double nothing = KALDI.nothing();

  @Option(
      names = "--endpoint.rule2.min-trailing-silence",
      paramLabel = "SECONDS",
      description =
          "silence that ends one where a sentence of the graph is very likely to end (default:"
              + " ${DEFAULT-VALUE})")
  private double certain = KALDI.certain();

  @Option(
      names = "--endpoint.rule3.min-trailing-silence",
      paramLabel = "SECONDS",
      description = "silence that ends one where it is likely to end (default: ${DEFAULT-VALUE})")
  private double probable = KALDI.probable();

  @Option(
      names = "--endpoint.rule4.min-trailing-silence",
      paramLabel = "SECONDS",
      description = "silence that ends one after any speech (default: ${DEFAULT-VALUE})")
  private double any = KALDI.any();

  @Option(
      names = "--endpoint.rule5.min-utterance-length",
      paramLabel = "SECONDS",
      description =
          "length after which an utterance ends even within speech (default: ${DEFAULT-VALUE})")
  private double longest = KALDI.longest();

  /**
   * The rules.
   *
   * @param otherwise whether there are any if the user does not say
   */
  Optional<EndpointRules> rules(boolean otherwise) {
    require(1, nothing);
    require(2, certain);
    require(3, probable);
    require(4, any);
    require(5, longest);
    return (endpoints == null ? otherwise : endpoints)
        ? Optional.of(new EndpointRules(certain, probable, any, nothing, longest))
        : Optional.empty();
  }

  private static void require(int rule, double seconds) {
    if (!(seconds > 0)) {
      throw new StjemException(
          "the time of --endpoint.rule" + rule + " must be above 0 seconds, not " + seconds);
    }
  }
}
