package org.stjem.acoustic.wer;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * The word error rates of a decoding sweep over language model weights and word insertion
 * penalties, and the best of them as Kaldi's {@code steps/scoring/score_kaldi_wer.sh} and {@code
 * utils/best_wer.sh} find it.
 *
 * <p>A sweep is a folder with hypotheses {@code penalty_WIP/LMWT.txt}, or a Kaldi decoding folder:
 * one that has these in {@code scoring_kaldi}, or results {@code wer_LMWT_WIP} or {@code wer_LMWT}.
 */
public final class SweepScores {
  private static final Logger LOG = LoggerFactory.getLogger(SweepScores.class);
  private static final Pattern FOLDER = Pattern.compile("penalty_(-?[0-9.]+)");
  private static final Pattern HYPOTHESES = Pattern.compile("([0-9]{1,9})\\.txt");
  private static final Pattern RESULT = Pattern.compile("wer_([0-9]{1,9})(?:_(-?[0-9.]+))?");
  private static final Pattern RATE = Pattern.compile("%WER ([0-9]+(?:\\.[0-9]+)?) .*");

  private final List<Entry> entries;

  /**
   * One setting of a sweep and its score.
   *
   * @param languageModelWeight LMWT: the inverse of the acoustic scale
   * @param penalty the word insertion penalty
   * @param percent its word error rate
   * @param line {@code %WER 12.34 [ … ] FILE}
   * @param rate what was counted; empty for results that Kaldi left
   */
  public record Entry(
      int languageModelWeight,
      double penalty,
      double percent,
      String line,
      Optional<WordErrorRate> rate) {
    private static Entry of(int weight, double penalty, WordErrorRate rate, String name) {
      return new Entry(
          weight, penalty, rate.percent(), rate.line() + " " + name, Optional.of(rate));
    }

    private String name() {
      return line.substring(line.lastIndexOf(' ') + 1);
    }

    private boolean isAt(int weight, double wordInsertionPenalty) {
      return languageModelWeight == weight && penalty == wordInsertionPenalty;
    }
  }

  private SweepScores(List<Entry> entries) {
    this.entries = entries;
  }

  /**
   * Scores the hypotheses of a sweep.
   *
   * @param sweep holds {@code penalty_WIP/LMWT.txt}, itself or in {@code scoring_kaldi}
   * @param references rspecifier or file name of a text
   * @throws StjemException if {@code sweep} holds no such files or a table cannot be read
   */
  public static SweepScores score(Path sweep, String references, WordErrorRate.Mode mode) {
    return score(sweep, references, mode, (weight, penalty) -> true);
  }

  /**
   * The score of one setting of a sweep; the others are not read. As {@link #score}.
   *
   * @throws StjemException if the sweep lacks it
   */
  public static Entry scoreAt(
      Path sweep,
      String references,
      WordErrorRate.Mode mode,
      int languageModelWeight,
      double penalty) {
    return score(
            sweep,
            references,
            mode,
            (weight, other) -> weight == languageModelWeight && other == penalty)
        .at(languageModelWeight, penalty);
  }

  private static SweepScores score(
      Path sweep,
      String references,
      WordErrorRate.Mode mode,
      BiPredicate<Integer, Double> isWanted) {
    Path folder = hypothesesOf(sweep);
    List<Entry> entries = new ArrayList<>();
    for (Setting setting : list(folder, "penalty_*", FOLDER)) {
      for (Setting file : list(setting.path, "*.txt", HYPOTHESES)) {
        int weight = Integer.parseInt(file.groups[0]);
        double penalty = penalty(setting.groups[0], setting.path);
        if (!isWanted.test(weight, penalty)) {
          continue;
        }
        WordErrorRate rate =
            WordErrorRate.of(
                Transcripts.read(references, List.of("ark:" + ByteNames.of(file.path)), mode), 0);
        String name = ByteNames.of(file.path);
        entries.add(
            Entry.of(weight, penalty, rate, name.substring(0, name.length() - ".txt".length())));
      }
    }
    if (entries.isEmpty()) {
      throw new StjemException(sweep + " holds no files penalty_WIP/LMWT.txt");
    }
    return new SweepScores(sorted(entries));
  }

  /**
   * Takes the scores that Kaldi left in a decoding folder: scores {@code scoring_kaldi} against its
   * {@code test_filt.txt} if it is there, or else reads the files {@code wer_*}.
   *
   * @throws StjemException if {@code decodeFolder} holds neither
   */
  public static SweepScores ofKaldi(Path decodeFolder, WordErrorRate.Mode mode) {
    Path references = hypothesesOf(decodeFolder).resolve("test_filt.txt");
    if (Files.exists(references)) {
      return score(decodeFolder, "ark:" + ByteNames.of(references), mode);
    }
    List<Entry> entries = new ArrayList<>();
    for (Setting result : list(decodeFolder, "wer_*", RESULT)) {
      readResult(
              result.path,
              Integer.parseInt(result.groups[0]),
              result.groups[1] == null ? 0 : penalty(result.groups[1], result.path))
          .ifPresentOrElse(
              entries::add,
              () -> LOG.warn("{} is skipped: it has no line %WER with a number", result.path));
    }
    if (entries.isEmpty()) {
      throw new StjemException(
          decodeFolder
              + " holds neither scoring_kaldi/test_filt.txt nor files wer_LMWT_WIP with a number");
    }
    return new SweepScores(sorted(entries));
  }

  /**
   * The scores over the sentences of two sweeps together, at the settings that both have; files are
   * named as in this one.
   *
   * @throws StjemException if they have no setting in common, or one was not scored here
   */
  public SweepScores with(SweepScores other) {
    List<Entry> both = new ArrayList<>();
    for (Entry entry : entries) {
      for (Entry match : other.entries) {
        if (match.isAt(entry.languageModelWeight, entry.penalty)) {
          if (entry.rate.isEmpty() || match.rate.isEmpty()) {
            throw new StjemException("sweeps can be joined if all of them have hypotheses");
          }
          WordErrorRate sum = entry.rate.get().plus(match.rate.get());
          both.add(Entry.of(entry.languageModelWeight, entry.penalty, sum, entry.name()));
        }
      }
    }
    if (both.isEmpty()) {
      throw new StjemException("the sweeps have no LMWT and penalty in common");
    }
    return new SweepScores(both);
  }

  /** What a file that Kaldi left says; nothing if it was cut off, or scored no words (-nan). */
  private static Optional<Entry> readResult(Path path, int languageModelWeight, double penalty) {
    List<String> lines;
    try {
      lines = TextFile.lines(path);
    } catch (IOException e) {
      throw new StjemException("cannot read " + path + ": " + StjemException.reason(e), e);
    }
    for (String line : lines) {
      Matcher rate = RATE.matcher(line);
      if (rate.matches()) {
        double percent = Double.parseDouble(rate.group(1));
        return Optional.of(
            new Entry(
                languageModelWeight,
                penalty,
                percent,
                line.strip() + " " + ByteNames.of(path),
                Optional.empty()));
      }
    }
    return Optional.empty();
  }

  private static Path hypothesesOf(Path sweep) {
    Path scoring = sweep.resolve("scoring_kaldi");
    return Files.isDirectory(scoring) ? scoring : sweep;
  }

  private static double penalty(String text, Path path) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new StjemException(path + " has no number as its penalty", e);
    }
  }

  private static List<Entry> sorted(List<Entry> entries) {
    entries.sort(
        Comparator.comparingDouble(Entry::penalty).thenComparing(Entry::languageModelWeight));
    return entries;
  }

  /** A file or folder and what its name tells. */
  @SuppressWarnings("ArrayRecordComponent") // read at once, never compared
  private record Setting(Path path, String... groups) {}

  private static List<Setting> list(Path folder, String glob, Pattern name) {
    List<Setting> found = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder, glob)) {
      for (Path path : paths) {
        Matcher matcher = name.matcher(path.getFileName().toString());
        if (matcher.matches()) {
          String[] groups = new String[matcher.groupCount()];
          for (int i = 0; i < groups.length; i++) {
            groups[i] = matcher.group(i + 1);
          }
          found.add(new Setting(path, groups));
        }
      }
    } catch (NoSuchFileException e) {
      throw new StjemException(folder + " does not exist", e);
    } catch (IOException e) {
      throw new StjemException("cannot list " + folder + ": " + StjemException.reason(e), e);
    }
    return found;
  }

  /**
   * The lowest word error rate; of equal ones the one with the lowest penalty, then the one with
   * the lowest language model weight.
   */
  public Entry best() {
    Entry best = entries.get(0);
    for (Entry entry : entries) {
      // A rate of no words is NaN, which compares as the highest.
      if (Double.compare(entry.percent, best.percent) < 0) {
        best = entry;
      }
    }
    return best;
  }

  /**
   * One setting of the sweep, as when it was chosen on another set.
   *
   * @throws StjemException if the sweep lacks it
   */
  public Entry at(int languageModelWeight, double penalty) {
    for (Entry entry : entries) {
      if (entry.isAt(languageModelWeight, penalty)) {
        return entry;
      }
    }
    throw new StjemException(
        "the sweep has no result for LMWT " + languageModelWeight + " and penalty " + penalty);
  }

  /**
   * What speaks for a wider sweep: a sentence for each bound of the sweep that {@code best} lies
   * at. A lowest penalty of 0 is no bound, because words are not rewarded.
   */
  public List<String> edges(Entry best) {
    List<String> edges = new ArrayList<>();
    int lowest = entries.stream().mapToInt(Entry::languageModelWeight).min().orElseThrow();
    int highest = entries.stream().mapToInt(Entry::languageModelWeight).max().orElseThrow();
    if (lowest < highest && best.languageModelWeight == highest) {
      edges.add("the best LMWT, " + highest + ", is the highest of the sweep");
    } else if (lowest < highest && best.languageModelWeight == lowest) {
      edges.add("the best LMWT, " + lowest + ", is the lowest of the sweep");
    }
    double least = entries.get(0).penalty;
    double most = entries.get(entries.size() - 1).penalty;
    if (least < most && best.penalty == most) {
      edges.add("the best word insertion penalty, " + most + ", is the highest of the sweep");
    } else if (least < most && best.penalty == least && least != 0) {
      edges.add("the best word insertion penalty, " + least + ", is the lowest of the sweep");
    }
    return edges;
  }
}
