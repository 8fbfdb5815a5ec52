package org.stjem.acoustic.watch;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.JsonFault;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * What is usual of speech that a model knows: quantiles, at 0, 1, … 100 %, of measures of such
 * speech, and the thresholds that were chosen on it. A model folder keeps it in {@code
 * speech-range.json}.
 *
 * @param formatVersion version of the file, 2
 * @param utterances it was measured on
 * @param tail a second is strange below this percentile of a measure or above 100 less it, from 0
 *     to {@value #MOST_TAIL}
 * @param leastConfidence words that are less probable than this in the mean were guessed
 * @param falseRefusals share of the recordings that are refused by thresholds of the other half of
 *     them
 * @param logDensity log p(x) of frames, up to the model's constant
 * @param secondDensity its mean over each second
 * @param secondEntropy mean entropy of the frames' posteriors over each second, in nats
 * @param secondMisfit mean of max_y log p(x|y) − log p(x|y_path) over each second: how much worse
 *     the frames fit the best path of the graph than the pdfs that they fit best
 * @param secondLength mean number of frames of the phone that a frame is in, over each second
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
record SpeechRange(
    int formatVersion,
    int utterances,
    int tail,
    double leastConfidence,
    double falseRefusals,
    double[] logDensity,
    double[] secondDensity,
    double[] secondEntropy,
    double[] secondMisfit,
    double[] secondLength) {
  static final int FORMAT_VERSION = 2;

  static final int MOST_TAIL = 10;

  private static final int QUANTILES = 101;

  /** The quantiles of values. */
  static double[] quantiles(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] quantiles = new double[QUANTILES];
    for (int i = 0; i < QUANTILES; i++) {
      double at = (double) i / (QUANTILES - 1) * (sorted.length - 1);
      int low = (int) at;
      int high = Math.min(low + 1, sorted.length - 1);
      quantiles[i] = sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }
    return quantiles;
  }

  /**
   * Reads a range.
   *
   * @throws StjemException if the file cannot be read or holds none
   */
  static SpeechRange read(Path file) {
    SpeechRange range;
    try {
      range = new Gson().fromJson(TextFile.read(file), SpeechRange.class);
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    } catch (JsonParseException | IllegalArgumentException e) {
      throw new StjemException(file + " is no range of speech: " + JsonFault.reason(e), e);
    }
    if (range == null || range.formatVersion != FORMAT_VERSION) {
      throw new StjemException(
          file
              + ": format version "
              + (range == null ? "missing" : range.formatVersion)
              + ", this program reads version "
              + FORMAT_VERSION);
    }
    if (range.tail < 0
        || range.tail > MOST_TAIL
        || !(range.leastConfidence >= 0 && range.leastConfidence <= 1)
        || !(range.falseRefusals >= 0 && range.falseRefusals <= 1)) {
      throw new StjemException(
          file
              + ": tail "
              + range.tail
              + ", leastConfidence "
              + range.leastConfidence
              + " and falseRefusals "
              + range.falseRefusals
              + " must be from 0 to "
              + MOST_TAIL
              + ", 1 and 1");
    }
    check(file, "logDensity", range.logDensity);
    check(file, "secondDensity", range.secondDensity);
    check(file, "secondEntropy", range.secondEntropy);
    check(file, "secondMisfit", range.secondMisfit);
    check(file, "secondLength", range.secondLength);
    return range;
  }

  private static void check(Path file, String what, double[] quantiles) {
    boolean good = quantiles != null && quantiles.length == QUANTILES;
    for (int i = 0; good && i < QUANTILES; i++) {
      good = Double.isFinite(quantiles[i]) && (i == 0 || quantiles[i] >= quantiles[i - 1]);
    }
    if (!good) {
      throw new StjemException(file + ": " + what + " must have 101 quantiles that do not fall");
    }
  }

  /** Writes the range. */
  void write(Path file) throws IOException {
    AtomicFile.writeString(
        file, ByteText.json(new GsonBuilder().setPrettyPrinting().create().toJson(this)) + "\n");
  }
}
