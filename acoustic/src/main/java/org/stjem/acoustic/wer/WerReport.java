package org.stjem.acoustic.wer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.stjem.acoustic.eval.HtmlPage;
import org.stjem.acoustic.eval.TextTable;

/**
 * Compares the word errors of one or more systems on one test set: error rates with confidence
 * intervals, the significance of differences, errors per speaker, confusion pairs and the worst
 * utterances.
 */
public final class WerReport {
  private final Transcripts transcripts;
  private final List<String> systems;
  private final Options options;
  private final List<TextTable> tables = new ArrayList<>();

  /**
   * How much is shown, and by which draws the intervals are found.
   *
   * @param against the systems that all others are compared with; empty for each with each
   * @param utt2spk speakers of the utterances, or null for no table of speakers
   * @param replications draws of the bootstrap
   * @param seed of the draws
   * @param confusions confusion pairs shown of each system
   * @param utterances utterances shown of each system, those with the most errors
   */
  public record Options(
      List<String> against,
      String utt2spk,
      int replications,
      long seed,
      int confusions,
      int utterances) {}

  /**
   * Compares.
   *
   * @param transcripts what the systems found
   * @param systems the names of all systems of {@code transcripts}, in their order
   */
  public WerReport(Transcripts transcripts, List<String> systems, Options options) {
    this.transcripts = transcripts;
    this.systems = List.copyOf(systems);
    this.options = options;
    Bootstrap bootstrap =
        new Bootstrap(transcripts, systems.size(), options.replications, options.seed);
    tables.add(rates(bootstrap));
    if (systems.size() > 1) {
      tables.add(comparisons(bootstrap));
    }
    if (options.utt2spk != null) {
      tables.add(speakers());
    }
    for (int system = 0; system < systems.size() && options.confusions > 0; system++) {
      tables.add(confusions(system));
    }
  }

  private TextTable rates(Bootstrap bootstrap) {
    List<List<String>> rows = new ArrayList<>();
    WordErrorRate rate = null;
    for (int system = 0; system < systems.size(); system++) {
      rate = WordErrorRate.of(transcripts, system);
      Bootstrap.Interval interval = bootstrap.interval(system);
      rows.add(
          List.of(
              systems.get(system),
              number("%.2f", rate.percent()),
              number("%.2f – %.2f", interval.low(), interval.high()),
              String.valueOf(rate.substitutions()),
              String.valueOf(rate.deletions()),
              String.valueOf(rate.insertions()),
              number("%.2f", 100.0 * rate.wrongSentences() / rate.sentences())));
    }
    return new TextTable(
        number("Word error rate [%%], %d words in %d sentences", rate.words(), rate.sentences()),
        List.of("system", "WER", "95 % interval", "sub", "del", "ins", "wrong sentences [%]"),
        rows,
        1);
  }

  /** The systems that are compared with a system: those behind it, or if it is chosen all. */
  private List<Integer> comparedWith(int first) {
    List<Integer> others = new ArrayList<>();
    for (int second = 0; second < systems.size(); second++) {
      if (options.against.isEmpty()
          ? second > first
          : options.against.contains(systems.get(first))
              && !options.against.contains(systems.get(second))) {
        others.add(second);
      }
    }
    return others;
  }

  private TextTable comparisons(Bootstrap bootstrap) {
    List<List<String>> rows = new ArrayList<>();
    for (int first = 0; first < systems.size(); first++) {
      for (int second : comparedWith(first)) {
        SegmentTest test = SegmentTest.of(transcripts, first, second);
        rows.add(
            List.of(
                systems.get(first),
                systems.get(second),
                number("%.2f", bootstrap.probabilityOfImprovement(first, second)),
                String.valueOf(test.segments()),
                number("%.3f", test.mean()),
                number("%.3f", test.z()),
                test.p() < 0.001 ? "< 0.001" : number("%.3f", test.p())));
      }
    }
    return new TextTable(
        "Second system against the first",
        List.of(
            "first",
            "second",
            "probability of improvement [%]",
            "MAPSSWE segments",
            "mean difference",
            "Z",
            "p"),
        rows,
        2);
  }

  private TextTable speakers() {
    List<SpeakerTable> perSystem = new ArrayList<>();
    for (int system = 0; system < systems.size(); system++) {
      perSystem.add(SpeakerTable.of(transcripts, system, options.utt2spk));
    }
    List<List<String>> rows = new ArrayList<>();
    for (String speaker : perSystem.get(0).speakers()) {
      ErrorCounts counts = perSystem.get(0).counts(speaker);
      List<String> row = new ArrayList<>();
      row.add(speaker);
      row.add(String.valueOf(counts.sentences()));
      row.add(String.valueOf(counts.words()));
      for (SpeakerTable table : perSystem) {
        row.add(number("%.2f", 100.0 * table.counts(speaker).errors() / counts.words()));
      }
      rows.add(row);
    }
    List<String> header = new ArrayList<>(List.of("speaker", "sentences", "words"));
    header.addAll(systems);
    return new TextTable("Word error rate per speaker [%]", header, rows, 1);
  }

  private TextTable confusions(int system) {
    List<List<String>> rows = new ArrayList<>();
    for (WordPairs.Count count : WordPairs.of(transcripts, system).confusions(options.confusions)) {
      rows.add(
          List.of(
              count.operation(),
              count.pair().reference(),
              count.pair().hypothesis(),
              String.valueOf(count.times())));
    }
    return new TextTable(
        "Most frequent errors: " + systems.get(system),
        List.of("error", "reference", "hypothesis", "times"),
        rows,
        3);
  }

  /** All tables in aligned columns. */
  public String text() {
    return tables.stream().map(TextTable::text).collect(Collectors.joining("\n"));
  }

  /** All tables in Markdown. */
  public String markdown() {
    return tables.stream().map(TextTable::markdown).collect(Collectors.joining("\n"));
  }

  /** All tables and the worst utterances of each system as one self-contained HTML page. */
  public String html(String title) {
    HtmlPage page = new HtmlPage(title);
    for (TextTable table : tables) {
      page.table(table.caption(), table.header(), table.rows(), table.labels());
    }
    for (int system = 0; system < systems.size() && options.utterances > 0; system++) {
      page.heading("Utterances with the most errors: " + systems.get(system));
      page.preformatted(worst(system));
    }
    return page.text();
  }

  private record Scored(String key, WordAlignment alignment, long errors) {}

  private String worst(int system) {
    return transcripts.utterances().stream()
        .map(
            utterance -> {
              WordAlignment alignment =
                  WordAlignment.of(utterance.reference(), utterance.hypotheses().get(system));
              long errors =
                  alignment.pairs().stream().filter(pair -> pair.operation() != 'C').count();
              return new Scored(utterance.key(), alignment, errors);
            })
        .filter(scored -> scored.errors > 0)
        .sorted(Comparator.comparing(Scored::errors, Comparator.reverseOrder()))
        .limit(options.utterances)
        .map(scored -> scored.alignment.details(scored.key))
        .collect(Collectors.joining("\n"));
  }

  private static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
