package org.stjem.acoustic.calibration;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.JsonFault;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A calibration of logits: log p(y|x) becomes log softmax_y(a_y · f(x)_y + b_y), and log p(x), the
 * logsumexp of the logits, stays what it was:
 *
 * <pre>g(x)_y = log softmax_y(a_y · f(x)_y + b_y) + log Σ_y' exp f(x)_y'</pre>
 *
 * <p>So the say that a model has in a mixture does not depend on how its posteriors were scaled.
 * With one factor for all pdfs this is temperature scaling, a = 1/T (Guo et al., ICML 2017).
 *
 * @param formatVersion version of the file, 1
 * @param method {@code temperature} or {@code vector}
 * @param factors a, positive: one for all pdfs, or one for each
 * @param offsets b: none, or one for each pdf
 * @param fit what it was fitted on and how, in words
 */
public record PosteriorScaling(
    int formatVersion, String method, double[] factors, double[] offsets, Map<String, String> fit) {
  private static final int FORMAT_VERSION = 1;

  /** Temperature scaling: logits are divided by {@code temperature}. */
  public static PosteriorScaling ofTemperature(double temperature, Map<String, String> fit) {
    return new PosteriorScaling(
        FORMAT_VERSION, "temperature", new double[] {1 / temperature}, new double[0], fit);
  }

  /** Vector scaling: a factor and an offset for each pdf. */
  public static PosteriorScaling ofVectors(
      double[] factors, double[] offsets, Map<String, String> fit) {
    return new PosteriorScaling(FORMAT_VERSION, "vector", factors, offsets, fit);
  }

  /**
   * Reads a calibration file.
   *
   * @throws StjemException if it cannot be read or holds no valid calibration
   */
  public static PosteriorScaling read(Path file) {
    try {
      return parse(file.toString(), TextFile.read(file));
    } catch (IOException e) {
      throw new StjemException(
          "cannot read calibration " + file + ": " + StjemException.reason(e), e);
    }
  }

  /**
   * Reads the text of a calibration.
   *
   * @param file where it stands, for messages
   * @throws StjemException if it is no valid calibration
   */
  public static PosteriorScaling parse(String file, String json) {
    PosteriorScaling scaling;
    try {
      scaling = new Gson().fromJson(json, PosteriorScaling.class);
    } catch (JsonParseException | IllegalArgumentException e) {
      throw new StjemException(file + " is not a calibration: " + JsonFault.reason(e), e);
    }
    if (scaling == null || scaling.formatVersion() != FORMAT_VERSION) {
      throw new StjemException(
          file
              + ": format version "
              + (scaling == null ? "missing" : scaling.formatVersion())
              + ", this program reads version "
              + FORMAT_VERSION);
    }
    scaling.check(file);
    return scaling;
  }

  private void check(String file) {
    if (factors == null
        || offsets == null
        || factors.length == 0
        || (factors.length > 1 && offsets.length != factors.length)
        || (factors.length == 1 && offsets.length > 0)) {
      throw new StjemException(
          file + " needs one factor, or as many factors as offsets, one for each pdf");
    }
    for (double factor : factors) {
      if (!(factor > 0) || Double.isInfinite(factor)) {
        throw new StjemException(file + ": factor " + factor + " must be positive and finite");
      }
    }
    for (double offset : offsets) {
      if (!Double.isFinite(offset)) {
        throw new StjemException(file + ": offset " + offset + " must be finite");
      }
    }
  }

  /** Writes a calibration file. */
  public void write(Path file) throws IOException {
    AtomicFile.writeString(file, json() + "\n");
  }

  /** What {@link #parse} reads. */
  public String json() {
    return ByteText.json(new GsonBuilder().setPrettyPrinting().create().toJson(this));
  }

  /**
   * The calibrated logits.
   *
   * @param logits {@code [frames, pdfs]}; not changed
   * @return {@code [frames, pdfs]}
   * @throws StjemException if this is a calibration of another number of pdfs
   */
  public FloatMatrix apply(FloatMatrix logits) {
    int cols = logits.cols();
    if (factors.length > 1 && factors.length != cols) {
      throw new StjemException(
          "the calibration is of " + factors.length + " pdfs, the logits of " + cols);
    }
    FloatMatrix calibrated = new FloatMatrix(logits.rows(), cols);
    double[] row = new double[cols];
    for (int t = 0; t < logits.rows(); t++) {
      for (int y = 0; y < cols; y++) {
        row[y] = scaled(y, logits.get(t, y));
      }
      double shift = LogSumExp.of(logits.data(), t * cols, cols) - LogSumExp.of(row);
      for (int y = 0; y < cols; y++) {
        calibrated.set(t, y, (float) (row[y] + shift));
      }
    }
    return calibrated;
  }

  private double scaled(int pdf, double logit) {
    return factors[factors.length == 1 ? 0 : pdf] * logit
        + (offsets.length == 0 ? 0 : offsets[pdf]);
  }
}
