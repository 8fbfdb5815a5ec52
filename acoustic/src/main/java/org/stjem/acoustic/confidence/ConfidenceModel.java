package org.stjem.acoustic.confidence;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.JsonFault;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * The probability that a word is right, from its features x: 1 / (1 + exp(−b − Σ_j w_j (x_j − m_j)
 * / s_j)), m and s being mean and standard deviation of a feature over the words of the fit.
 *
 * @param formatVersion version of the file, 1
 * @param features names of the features
 * @param means m
 * @param deviations s, positive
 * @param weights w
 * @param offset b
 * @param fit what it was fitted on and how, in words
 * @param trainDensity quantiles of log p(x) of training frames, by which those of others are
 *     ranked; null if they are not known
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
public record ConfidenceModel(
    int formatVersion,
    List<String> features,
    double[] means,
    double[] deviations,
    double[] weights,
    double offset,
    Map<String, String> fit,
    float[] trainDensity) {
  private static final int FORMAT_VERSION = 1;

  /**
   * Fits a model by regularised logistic regression.
   *
   * @param names features to use
   * @param table of the words' features
   * @param tableName its name, for messages
   * @param outcomes which of its words are right
   * @param l2 penalty of the squared weights
   * @param ranks of training frames, to keep; null for none
   * @throws StjemException if the table lacks a feature, or all words are right or all wrong
   */
  public static ConfidenceModel fit(
      List<String> names,
      FeatureTable table,
      String tableName,
      WordOutcomes<FeatureTable.Row> outcomes,
      double l2,
      DensityRanks ranks) {
    int words = outcomes.words().size();
    if (outcomes.numRight() == 0 || outcomes.numRight() == words) {
      throw new StjemException(
          "of " + words + " words " + outcomes.numRight() + " are right; a fit needs both kinds");
    }
    int[] columns = columns(names, table, tableName);
    double[] means = new double[columns.length];
    double[] deviations = new double[columns.length];
    double[][] x = new double[words][columns.length];
    for (int j = 0; j < columns.length; j++) {
      for (int i = 0; i < words; i++) {
        x[i][j] = outcomes.words().get(i).features()[columns[j]];
        means[j] += x[i][j] / words;
      }
      double squares = 0;
      for (int i = 0; i < words; i++) {
        x[i][j] -= means[j];
        squares += x[i][j] * x[i][j];
      }
      // A feature that never changes stays 0 whatever it is divided by.
      deviations[j] = squares == 0 ? 1 : Math.sqrt(squares / words);
      for (int i = 0; i < words; i++) {
        x[i][j] /= deviations[j];
      }
    }
    double[] solution = LogisticRegression.fit(x, outcomes.right(), l2);
    double[] weights = Arrays.copyOf(solution, columns.length);
    Map<String, String> fit = new LinkedHashMap<>();
    fit.put("words", Integer.toString(words));
    fit.put("right", Integer.toString(outcomes.numRight()));
    fit.put("l2", Double.toString(l2));
    return new ConfidenceModel(
        FORMAT_VERSION,
        names,
        means,
        deviations,
        weights,
        solution[columns.length],
        fit,
        ranks == null ? null : ranks.quantiles());
  }

  /** Columns of the features in a table. */
  private static int[] columns(List<String> names, FeatureTable table, String what) {
    return names.stream()
        .mapToInt(
            name -> {
              int column = table.names().indexOf(name);
              if (column < 0) {
                throw new StjemException(
                    what + " has no feature " + name + "; there are " + table.names());
              }
              return column;
            })
        .toArray();
  }

  /**
   * The words of a table with the model's probabilities as their confidences.
   *
   * @param name of the table, for messages
   * @throws StjemException if the table lacks a feature
   */
  public Map<String, List<CtmTable.Word>> apply(FeatureTable table, String name) {
    int[] columns = columns(features, table, name);
    Map<String, List<CtmTable.Word>> utterances = new LinkedHashMap<>();
    table
        .utterances()
        .forEach(
            (key, rows) ->
                utterances.put(key, rows.stream().map(row -> judged(row, columns)).toList()));
    return utterances;
  }

  private CtmTable.Word judged(FeatureTable.Row row, int[] columns) {
    double[] x = Arrays.stream(columns).mapToDouble(column -> row.features()[column]).toArray();
    CtmTable.Word word = row.word();
    return new CtmTable.Word(
        word.channel(), word.begin(), word.duration(), word.word(), probability(x));
  }

  /** The training frames among which those of words are ranked, if they are known. */
  public Optional<DensityRanks> ranks() {
    return Optional.ofNullable(trainDensity).map(kept -> new DensityRanks(kept.clone()));
  }

  /**
   * The probability that a word is right.
   *
   * @param values its features by name; others than the model's are not used
   * @throws StjemException if it lacks a feature
   */
  public double probability(Map<String, Double> values) {
    double[] x = new double[features.size()];
    for (int j = 0; j < x.length; j++) {
      Double value = values.get(features.get(j));
      if (value == null) {
        throw new StjemException("the confidence model needs the feature " + features.get(j));
      }
      x[j] = value;
    }
    return probability(x);
  }

  private double probability(double[] x) {
    double score = offset;
    for (int j = 0; j < x.length; j++) {
      score += weights[j] * (x[j] - means[j]) / deviations[j];
    }
    return 1 / (1 + Math.exp(-score));
  }

  /**
   * Reads a model.
   *
   * @throws StjemException if the file cannot be read or holds no valid model
   */
  public static ConfidenceModel read(Path file) {
    ConfidenceModel model;
    try {
      model = new Gson().fromJson(TextFile.read(file), ConfidenceModel.class);
    } catch (IOException e) {
      throw new StjemException(
          "cannot read confidence model " + file + ": " + StjemException.reason(e), e);
    } catch (JsonParseException | IllegalArgumentException e) {
      throw new StjemException(file + " is no confidence model: " + JsonFault.reason(e), e);
    }
    if (model == null || model.formatVersion() != FORMAT_VERSION) {
      throw new StjemException(
          file
              + ": format version "
              + (model == null ? "missing" : model.formatVersion())
              + ", this program reads version "
              + FORMAT_VERSION);
    }
    model.check(file);
    return model;
  }

  private void check(Path file) {
    if (features == null
        || means == null
        || deviations == null
        || weights == null
        || features.contains(null)
        || means.length != features.size()
        || deviations.length != features.size()
        || weights.length != features.size()) {
      throw new StjemException(
          file + " needs as many features, means, deviations and weights as each other");
    }
    for (int j = 0; j < weights.length; j++) {
      if (!Double.isFinite(means[j])
          || !Double.isFinite(weights[j])
          || !(deviations[j] > 0)
          || Double.isInfinite(deviations[j])) {
        throw new StjemException(
            file
                + ": feature "
                + features.get(j)
                + " has mean "
                + means[j]
                + ", deviation "
                + deviations[j]
                + ", weight "
                + weights[j]
                + "; they must be finite, the deviation above 0");
      }
    }
    if (!Double.isFinite(offset)) {
      throw new StjemException(file + ": the offset is " + offset + ", must be finite");
    }
    for (int i = 0; trainDensity != null && i < trainDensity.length; i++) {
      if (!Float.isFinite(trainDensity[i])) {
        throw new StjemException(
            file + ": trainDensity has " + trainDensity[i] + ", must be finite");
      }
    }
    if (trainDensity != null && trainDensity.length == 0) {
      throw new StjemException(file + ": trainDensity has no values");
    }
  }

  /** Writes the model. */
  public void write(Path file) throws IOException {
    AtomicFile.writeString(
        file, ByteText.json(new GsonBuilder().setPrettyPrinting().create().toJson(this)) + "\n");
  }
}
