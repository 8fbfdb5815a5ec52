package org.stjem.acoustic.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.stjem.acoustic.net.AcousticModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic recognize}: audio to words. */
@Command(
    description = {
      "Makes words of audio: features as the model's, normalised as the model's, its scores, and a"
          + " search through Kaldi's decoding graph that runs in step with them.",
      "WAV, FLAC or SPHERE files of one channel at the model's sampling rate, tables of such files,"
          + " or '-' for standard input, which is such a file or 16-bit samples without header:"
          + " words are printed as soon as nothing that comes can change them. Confidences are"
          + " posteriors of the lattice, or probabilities by a confidence model.",
      "A recording that is no good is named in a sentence, the others go on, and the exit status is"
          + " 1. 'combine recognize' does the same with a mixture of models.",
      "",
      "Example:",
      "  stjem acoustic recognize exp/st-jem exp/tri/graph hello.wav",
      "  stjem acoustic recognize --format=ctm exp/st-jem exp/tri/graph scp:data/test/wav.scp",
      "  arecord -t raw -f S16_LE -r 16000 | stjem acoustic recognize exp/st-jem exp/tri/graph -",
      ""
    })
final class RecognizeCommand implements Callable<Integer> {
  @Mixin private final LocalModelArguments local = new LocalModelArguments();

  @Mixin private final TranscriptArguments transcripts = new TranscriptArguments();

  @Parameters(
      index = "2..*",
      arity = "1..*",
      paramLabel = "WAV|WAV-RSPECIFIER|-",
      description = "recordings")
  private List<String> inputs;

  @Override
  public Integer call() {
    transcripts.check(inputs);
    try (AcousticModel model = local.load()) {
      return transcripts.run(local.recognizer(model), inputs);
    }
  }
}
