package org.stjem.acoustic.eval;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.stjem.frontend.io.StjemException;

/**
 * Scores the files {@code DIR/penalty_WIP/LMWT.txt} that a decoder wrote for several language model
 * weights and word insertion penalties, and finds the best as Kaldi's {@code utils/best_wer.sh}
 * does in {@code steps/scoring/score_kaldi_wer.sh}.
 */
public final class SweepScores {
  private static final Pattern FOLDER = Pattern.compile("penalty_(-?[0-9.]+)");
  private static final Pattern FILE = Pattern.compile("([0-9]+)\\.txt");

  private SweepScores() {}

  /**
   * One file of a sweep and its score.
   *
   * @param languageModelWeight LMWT: the inverse of the acoustic scale
   * @param penalty the word insertion penalty as its folder spells it
   * @param path the file without {@code .txt}
   * @param score its word error rate
   */
  public record Entry(int languageModelWeight, String penalty, Path path, WordErrorRate score) {

    /** The line {@code %WER 12.34 [ … ] DIR/penalty_0.0/10}. */
    public String line() {
      return score.line() + " " + path;
    }
  }

  /**
   * Scores the whole sweep; of equal word error rates the one with the lowest penalty wins, then
   * the one with the lowest language model weight.
   *
   * @throws StjemException if {@code sweep} holds no such files or a table cannot be read
   */
  public static Entry best(Path sweep, String references, WordErrorRate.Mode mode) {
    Entry best = null;
    for (Setting setting : settings(sweep)) {
      Entry entry = score(sweep, references, mode, setting.languageModelWeight, setting.penalty);
      if (best == null || entry.score.percent() < best.score.percent()) {
        best = entry;
      }
    }
    return best;
  }

  /**
   * Scores one setting of the sweep, as when it was chosen on another set.
   *
   * @throws StjemException if it is not among the files, or a table cannot be read
   */
  public static Entry at(
      Path sweep,
      String references,
      WordErrorRate.Mode mode,
      int languageModelWeight,
      double penalty) {
    List<Setting> settings = settings(sweep);
    for (Setting setting : settings) {
      if (setting.languageModelWeight == languageModelWeight && setting.value() == penalty) {
        return score(sweep, references, mode, languageModelWeight, setting.penalty);
      }
    }
    throw new StjemException(
        sweep + " has no file for LMWT " + languageModelWeight + " and penalty " + penalty);
  }

  private static Entry score(
      Path sweep, String references, WordErrorRate.Mode mode, int weight, String penalty) {
    Path folder = sweep.resolve("penalty_" + penalty);
    String hypotheses = "ark:" + folder.resolve(weight + ".txt");
    return new Entry(
        weight,
        penalty,
        folder.resolve(String.valueOf(weight)),
        WordErrorRate.score(references, hypotheses, mode));
  }

  private record Setting(int languageModelWeight, String penalty) {
    double value() {
      return Double.parseDouble(penalty);
    }
  }

  private static List<Setting> settings(Path sweep) {
    List<Setting> settings = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(sweep, "penalty_*")) {
      for (Path folder : folders) {
        Matcher penalty = FOLDER.matcher(folder.getFileName().toString());
        if (penalty.matches()) {
          addFiles(folder, penalty.group(1), settings);
        }
      }
    } catch (NoSuchFileException e) {
      throw new StjemException(sweep + " does not exist", e);
    } catch (IOException e) {
      throw new StjemException(sweep + " cannot be listed (" + e + ")", e);
    }
    if (settings.isEmpty()) {
      throw new StjemException(sweep + " holds no files penalty_WIP/LMWT.txt");
    }
    settings.sort(
        Comparator.comparingDouble(Setting::value).thenComparing(Setting::languageModelWeight));
    return settings;
  }

  private static void addFiles(Path folder, String penalty, List<Setting> settings)
      throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.txt")) {
      for (Path file : files) {
        Matcher weight = FILE.matcher(file.getFileName().toString());
        if (weight.matches()) {
          settings.add(new Setting(Integer.parseInt(weight.group(1)), penalty));
        }
      }
    }
  }
}
