package org.stjem.acoustic.decode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/**
 * Writes the hypotheses for several language model weights and word insertion penalties to the
 * files {@code DIR/penalty_WIP/LMWT.txt} of Kaldi's {@code steps/scoring/score_kaldi_wer.sh}. The
 * files appear under their names when the sweep is committed.
 */
public final class Sweep implements AutoCloseable {
  private static final Pattern PENALTY = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");

  private final List<TableDecoder.Scoring> scorings = new ArrayList<>();
  private final List<TableWriter<List<String>>> writers = new ArrayList<>();

  /**
   * Opens the files.
   *
   * @param folder made if need be
   * @param minLmwt lowest language model weight; the acoustic scale is its inverse
   * @param maxLmwt highest language model weight
   * @param penalties word insertion penalties, spelled as the folders are to be named
   * @throws StjemException if a value is out of its range or a file cannot be made
   */
  public Sweep(Path folder, int minLmwt, int maxLmwt, List<String> penalties) {
    if (minLmwt < 1 || maxLmwt < minLmwt) {
      throw new StjemException(
          "--min-lmwt and --max-lmwt must be 1 <= min <= max, not " + minLmwt + " and " + maxLmwt);
    }
    Set<String> distinct = new LinkedHashSet<>(penalties);
    for (String penalty : distinct) {
      if (!PENALTY.matcher(penalty).matches()) {
        throw new StjemException(
            "--word-ins-penalties must be decimal numbers such as 0.5, not '" + penalty + "'");
      }
    }
    try {
      for (String penalty : distinct) {
        Path penaltyFolder = Files.createDirectories(folder.resolve("penalty_" + penalty));
        for (int lmwt = minLmwt; lmwt <= maxLmwt; lmwt++) {
          writers.add(
              Tables.writeTokenVectors(
                  "ark,t:" + ByteNames.of(penaltyFolder.resolve(lmwt + ".txt"))));
          scorings.add(new TableDecoder.Scoring(1.0 / lmwt, Double.parseDouble(penalty)));
        }
      }
    } catch (IOException e) {
      close();
      throw new StjemException(
          "cannot make the sweep folder " + folder + ": " + StjemException.reason(e), e);
    } catch (StjemException e) {
      close();
      throw e;
    }
  }

  /** The scales and penalties, in the order in which {@link #write} takes the hypotheses. */
  public List<TableDecoder.Scoring> scorings() {
    return scorings;
  }

  /** Writes one utterance's words for each of {@link #scorings}. */
  public void write(String key, List<List<String>> words) {
    for (int i = 0; i < writers.size(); i++) {
      writers.get(i).write(key, words.get(i));
    }
  }

  /** Declares the files complete. */
  public void commit() {
    writers.forEach(TableWriter::commit);
  }

  @Override
  public void close() {
    writers.forEach(TableWriter::close);
  }
}
