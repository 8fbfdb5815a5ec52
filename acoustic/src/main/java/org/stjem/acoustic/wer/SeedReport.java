package org.stjem.acoustic.wer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.stjem.acoustic.eval.Spread;
import org.stjem.acoustic.eval.TextTable;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.Tables;

/**
 * Compares systems that were each trained several times, with as many seeds, on one test set. What
 * is drawn and tested is the speaker with the errors of all seeds together: utterances of one
 * speaker, and hypotheses of one utterance, are not independent.
 */
public final class SeedReport {
  private final List<String> systems;
  private final List<String> against;
  private final int seeds;
  private final int sentences;
  private final boolean hasSpeakers;
  private final int[] words;

  /** Errors {@code [system][speaker]} of all seeds together. */
  private final int[][] errors;

  /** Word error rate {@code [system][seed]} in percent. */
  private final double[][] rates;

  private final Bootstrap bootstrap;

  /**
   * Counts the errors.
   *
   * @param transcripts what was found: all seeds of the first system, then those of the next
   * @param systems their names
   * @param against the systems that all others are compared with; empty for each with each
   * @param utt2spk speakers of the utterances, rspecifier or file name; null if each utterance
   *     stands for itself
   * @param replications how often the bootstrap draws as many speakers as there are
   * @param seed of the draws
   * @throws StjemException if there is nothing to score, or an utterance has no speaker
   */
  public SeedReport(
      Transcripts transcripts,
      List<String> systems,
      int seeds,
      List<String> against,
      String utt2spk,
      int replications,
      long seed) {
    this.systems = List.copyOf(systems);
    this.against = List.copyOf(against);
    this.seeds = seeds;
    List<Transcripts.Utterance> utterances = transcripts.utterances();
    this.sentences = utterances.size();
    this.hasSpeakers = utt2spk != null;
    int[] speakers = speakers(utterances, utt2spk);
    int count = Arrays.stream(speakers).max().orElse(-1) + 1;
    this.words = new int[count];
    this.errors = new int[systems.size()][count];
    this.rates = new double[systems.size()][seeds];
    long total = 0;
    for (int u = 0; u < speakers.length; u++) {
      List<String> reference = utterances.get(u).reference();
      words[speakers[u]] += reference.size() * seeds;
      total += reference.size();
      for (int run = 0; run < systems.size() * seeds; run++) {
        int wrong = WordErrors.count(reference, utterances.get(u).hypotheses().get(run)).total();
        errors[run / seeds][speakers[u]] += wrong;
        rates[run / seeds][run % seeds] += wrong;
      }
    }
    for (double[] ofSystem : rates) {
      for (int s = 0; s < seeds; s++) {
        ofSystem[s] *= 100.0 / total;
      }
    }
    this.bootstrap = new Bootstrap(words, errors, replications, seed);
  }

  /** The number of each utterance's speaker, from 0. */
  private static int[] speakers(List<Transcripts.Utterance> utterances, String utt2spk) {
    int[] speakers = new int[utterances.size()];
    if (utt2spk == null) {
      Arrays.setAll(speakers, u -> u);
      return speakers;
    }
    Map<String, Integer> numbers = new LinkedHashMap<>();
    try (RandomAccessTableReader<List<String>> table =
        Tables.lookUpTokenVectors(Transcripts.rspecifier(utt2spk))) {
      for (int u = 0; u < speakers.length; u++) {
        String speaker = SpeakerTable.speaker(table, utt2spk, utterances.get(u).key());
        speakers[u] = numbers.computeIfAbsent(speaker, name -> numbers.size());
      }
    }
    return speakers;
  }

  private TextTable means() {
    List<List<String>> rows = new ArrayList<>();
    for (int system = 0; system < systems.size(); system++) {
      List<Double> values = Arrays.stream(rates[system]).boxed().toList();
      Bootstrap.Interval interval = bootstrap.interval(system);
      rows.add(
          List.of(
              systems.get(system),
              Spread.of(values, "%.2f"),
              number("%.2f – %.2f", interval.low(), interval.high()),
              values.stream().map(rate -> number("%.2f", rate)).collect(Collectors.joining(" "))));
    }
    return new TextTable(
        number(
                "Word error rate [%%] over %d seeds, %d words in %d sentences",
                seeds, Arrays.stream(words).sum() / seeds, sentences)
            + (hasSpeakers ? " of " + words.length + " speakers" : ""),
        List.of("system", "mean over seeds", "95 % interval over speakers", "of each seed"),
        rows,
        1);
  }

  private TextTable comparisons() {
    List<List<String>> rows = new ArrayList<>();
    for (int first = 0; first < systems.size(); first++) {
      for (int second = 0; second < systems.size(); second++) {
        if (against.isEmpty()
            ? second > first
            : against.contains(systems.get(first)) && !against.contains(systems.get(second))) {
          rows.add(comparison(first, second));
        }
      }
    }
    return new TextTable(
        "Second system against the first, all seeds together",
        List.of(
            "first",
            "second",
            "difference",
            "relative [%]",
            "95 % interval over speakers",
            "probability of improvement [%]",
            "better seeds",
            "t of speakers",
            "p of speakers",
            "p of seeds"),
        rows,
        2);
  }

  private List<String> comparison(int first, int second) {
    double before = mean(first);
    double after = mean(second);
    Bootstrap.Interval relative = bootstrap.relativeDifference(first, second);
    PairedTest ofSpeakers =
        PairedTest.of(
            Arrays.stream(errors[second]).asDoubleStream().toArray(),
            Arrays.stream(errors[first]).asDoubleStream().toArray());
    PairedTest ofSeeds = PairedTest.of(rates[second], rates[first]);
    int better = 0;
    for (int s = 0; s < seeds; s++) {
      better += rates[second][s] < rates[first][s] ? 1 : 0;
    }
    return List.of(
        systems.get(first),
        systems.get(second),
        number("%+.2f", after - before),
        number("%+.1f", 100 * (after - before) / before),
        number("%+.1f – %+.1f", relative.low(), relative.high()),
        number("%.2f", bootstrap.probabilityOfImprovement(first, second)),
        better + " of " + seeds,
        number("%.3f", ofSpeakers.t()),
        probability(ofSpeakers.p()),
        probability(ofSeeds.p()));
  }

  private double mean(int system) {
    return Arrays.stream(rates[system]).average().orElseThrow();
  }

  private static String probability(double p) {
    return Double.isNaN(p) ? "–" : p < 0.001 ? "< 0.001" : number("%.3f", p);
  }

  private List<TextTable> tables() {
    return systems.size() > 1 ? List.of(means(), comparisons()) : List.of(means());
  }

  /** All tables in aligned columns. */
  public String text() {
    return tables().stream().map(TextTable::text).collect(Collectors.joining("\n"));
  }

  /** All tables in Markdown. */
  public String markdown() {
    return tables().stream().map(TextTable::markdown).collect(Collectors.joining("\n"));
  }

  private static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
