package org.stjem.combine.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code stjem combine match-log-z}: partition functions that make models comparable. */
@Command(
    description = {
      "The energies of two models differ by an unknown constant, log Z. This sets it so that every"
          + " model finds held-out speech of its own domain equally likely: log Z_i is the mean of"
          + " logsumexp_y f_i(x)_y over the frames of input i, which then have a mean log p(x) of 0.",
      "Each input is the table of logits of one model on speech of that model's own domain. Prints"
          + " the values in the form --log-z takes:",
      "",
      "  logz=$(stjem combine match-log-z ark:clean-on-clean.ark ark:reverb-on-reverb.ark)",
      "  stjem combine forward --log-z=$logz ark:clean.ark ark:reverb.ark ark:loglikes.ark",
      ""
    })
final class MatchLogZCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(MatchLogZCommand.class);

  @Parameters(
      arity = "1..*",
      paramLabel = "LOGITS-RSPECIFIER",
      description = "logits of each model on held-out speech of its own domain")
  private List<String> inputs;

  @Override
  public Integer call() {
    List<String> values = new ArrayList<>();
    for (String input : inputs) {
      values.add(String.format(Locale.ROOT, "%.4f", meanLogDensity(input)));
    }
    System.out.println(String.join(",", values));
    return 0;
  }

  private static double meanLogDensity(String input) {
    double sum = 0;
    long frames = 0;
    int failed = 0;
    try (SequentialTableReader<FloatMatrix> logits = Tables.readFloatMatrices(input)) {
      while (logits.next()) {
        try {
          FloatMatrix matrix = logits.value();
          double utterance = sumLogDensity(matrix);
          sum += utterance;
          frames += matrix.rows();
        } catch (EntryException e) {
          LOG.warn("utterance {} is skipped: {}", logits.key(), e.getMessage());
          failed++;
        }
      }
    }
    if (frames == 0) {
      throw new StjemException(input + " holds no frames");
    }
    LOG.info("{}: {} frames, failed for {} utterances", input, frames, failed);
    return sum / frames;
  }

  private static double sumLogDensity(FloatMatrix logits) {
    double sum = 0;
    for (int frame = 0; frame < logits.rows(); frame++) {
      double density = LogSumExp.of(logits.data(), frame * logits.cols(), logits.cols());
      if (!Double.isFinite(density)) {
        throw new EntryException("log p(x) of frame " + frame + " is " + density);
      }
      sum += density;
    }
    return sum;
  }
}
