package org.stjem.combine.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.eval.FrameCalibration;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem combine domains}: how often the posterior over domains is right. */
@Command(
    description = {
      "How often the posterior over domains names the right one, from the vectors that 'combine"
          + " forward --domain-posteriors' wrote. Table i holds speech of the domain of input i.",
      "Prints a Markdown table with, for each domain: utterances, how many are right, mean"
          + " posterior of the right domain, and mean -log of it in nats.",
      "",
      "  stjem combine domains --names=clean,reverberant ark:clean.post ark:reverberant.post",
      ""
    })
final class DomainsCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(DomainsCommand.class);

  /** Posteriors below this count as this, so that one sure mistake does not hide all else. */
  private static final double LEAST_POSTERIOR = 1e-20;

  @Option(
      names = "--names",
      split = ",",
      paramLabel = "NAME",
      description = "names of the domains (default: 1, 2, ...)")
  private List<String> names = List.of();

  @Parameters(
      arity = "2..*",
      paramLabel = "POSTERIORS-RSPECIFIER",
      description = "vectors of one posterior for each domain, one table of each domain")
  private List<String> tables;

  /** Sums over the utterances of one domain, or of all. */
  private static final class Sums {
    private long utterances;
    private long right;
    private double posterior;
    private double loss;

    void add(float[] posteriors, int domain) {
      boolean isRight = true;
      for (int i = 0; i < posteriors.length; i++) {
        isRight &= i == domain || posteriors[i] < posteriors[domain];
      }
      utterances++;
      right += isRight ? 1 : 0;
      posterior += posteriors[domain];
      loss -= Math.log(Math.max(posteriors[domain], LEAST_POSTERIOR));
    }

    void add(Sums other) {
      utterances += other.utterances;
      right += other.right;
      posterior += other.posterior;
      loss += other.loss;
    }

    String row(String name) {
      return String.format(
          Locale.ROOT,
          "| %s | %d | %d | %.1f %% | %.4f | %.4f |",
          name,
          utterances,
          right,
          100.0 * right / utterances,
          posterior / utterances,
          loss / utterances);
    }
  }

  @Override
  public Integer call() {
    if (!names.isEmpty() && names.size() != tables.size()) {
      throw new StjemException(
          "--names has " + names.size() + " values for " + tables.size() + " tables");
    }
    List<String> rows = new ArrayList<>();
    Sums all = new Sums();
    for (int domain = 0; domain < tables.size(); domain++) {
      Sums sums = new Sums();
      try (SequentialTableReader<float[]> table = Tables.readFloatVectors(tables.get(domain))) {
        while (table.next()) {
          try {
            check(table.value());
            sums.add(table.value(), domain);
          } catch (EntryException e) {
            LOG.warn("utterance {} is skipped: {}", table.key(), e.getMessage());
          }
        }
      }
      if (sums.utterances == 0) {
        throw new StjemException(tables.get(domain) + " holds no utterances with posteriors");
      }
      rows.add(sums.row(names.isEmpty() ? Integer.toString(domain + 1) : names.get(domain)));
      all.add(sums);
    }
    System.out.println("| domain | utterances | right | share | mean posterior | −log posterior |");
    System.out.println("|---|---|---|---|---|---|");
    rows.forEach(System.out::println);
    System.out.println(all.row("all"));
    return 0;
  }

  /** Refuses what is no distribution over the domains. */
  private void check(float[] posteriors) {
    if (posteriors.length != tables.size()) {
      throw new EntryException(
          "the vector has "
              + posteriors.length
              + " values, there are "
              + tables.size()
              + " domains");
    }
    double sum = 0;
    for (float posterior : posteriors) {
      if (!(posterior >= 0)) {
        throw new EntryException("a posterior is " + posterior);
      }
      sum += posterior;
    }
    if (!(Math.abs(sum - 1) <= FrameCalibration.SUM_TOLERANCE)) {
      throw new EntryException("the posteriors sum to " + sum + ", not to 1");
    }
  }
}
