package org.stjem.acoustic.eval;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonStreamParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stjem.frontend.io.JsonFault;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * What one model reached on one test set; an object of a results file. Measures that were not taken
 * are null.
 *
 * @param testSet name of the test set
 * @param objective training objective, such as {@code ST-JEM}
 * @param model what was tested: the training domain, or a combination
 * @param seed seed of the training run
 * @param wer word error rate in percent
 * @param ece expected calibration error in percent
 * @param accuracy frames whose most probable pdf is right, in percent
 * @param nll negative log posterior of the right pdf, nats per frame
 * @param brier Brier score of the posteriors
 * @param domains utterances whose domain was recognised, in percent
 * @param calibration the file written by {@code acoustic ece --json}, relative to the results file;
 *     gives {@code ece}, {@code accuracy}, {@code nll} and {@code brier} where they are missing
 * @param report the contents of that file
 */
public record Result(
    String testSet,
    String objective,
    String model,
    long seed,
    Double wer,
    Double ece,
    Double accuracy,
    Double nll,
    Double brier,
    Double domains,
    String calibration,
    CalibrationReport report) {

  /**
   * Reads a results file: JSON objects, one after the other or in an array, and the calibration
   * files they name.
   *
   * @throws StjemException if the file is not of this form or a calibration file cannot be read
   */
  public static List<Result> read(Path file) {
    List<Result> results = new ArrayList<>();
    try {
      JsonStreamParser parser = new JsonStreamParser(TextFile.read(file));
      while (parser.hasNext()) {
        JsonElement element = parser.next();
        if (element.isJsonArray()) {
          for (JsonElement item : element.getAsJsonArray()) {
            results.add(parse(item, file, results.size() + 1));
          }
        } else {
          results.add(parse(element, file, results.size() + 1));
        }
      }
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    } catch (JsonParseException | IllegalArgumentException e) {
      throw new StjemException(
          file + ": result " + (results.size() + 1) + " is not JSON: " + JsonFault.reason(e), e);
    }
    return results;
  }

  private static Result parse(JsonElement element, Path file, int number) {
    Result result = new Gson().fromJson(element, Result.class);
    if (result.testSet == null || result.objective == null || result.model == null) {
      throw new StjemException(
          file + ": result " + number + " lacks one of testSet, objective and model: " + element);
    }
    for (Double measure :
        Arrays.asList(
            result.wer, result.ece, result.accuracy, result.nll, result.brier, result.domains)) {
      if (measure != null && !Double.isFinite(measure)) {
        throw new StjemException(
            file + ": result " + number + " has the measure " + measure + ": " + element);
      }
    }
    if (result.calibration == null) {
      return result;
    }
    Path path = file.toAbsolutePath().resolveSibling(result.calibration);
    try {
      CalibrationReport report = new Gson().fromJson(TextFile.read(path), CalibrationReport.class);
      if (report == null || report.bins() == null) {
        throw new StjemException(path + " holds no calibration; 'acoustic ece --json' writes it");
      }
      return result.with(report);
    } catch (IOException e) {
      throw new StjemException(
          file + ": result " + number + " names " + path + ": " + StjemException.reason(e), e);
    } catch (JsonParseException | IllegalArgumentException e) {
      throw new StjemException(
          file + ": result " + number + " names " + path + ": " + JsonFault.reason(e), e);
    }
  }

  private Result with(CalibrationReport measured) {
    return new Result(
        testSet,
        objective,
        model,
        seed,
        wer,
        ece == null ? (Double) measured.ece() : ece,
        accuracy == null ? (Double) measured.accuracy() : accuracy,
        nll == null ? (Double) measured.nll() : nll,
        brier == null ? (Double) measured.brier() : brier,
        domains,
        calibration,
        measured);
  }
}
