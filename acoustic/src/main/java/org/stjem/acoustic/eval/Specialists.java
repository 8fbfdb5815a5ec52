package org.stjem.acoustic.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.io.StjemException;

/** Compares word error rates with those of models that were trained for one domain each. */
final class Specialists {
  private Specialists() {}

  /** What the runs of all seeds have in common. */
  private record Key(String testSet, String objective, String model) {}

  /**
   * How far each model's mean word error rate over the seeds lies above the lowest mean of the
   * specialists on the same test set under the same objective, in percent of that.
   *
   * @return one result for each test set, objective and model, whose {@code wer} is that percentage
   * @throws StjemException if a specialist has no word error rate at all
   */
  static List<Result> relative(List<Result> results, List<String> specialists) {
    Map<Key, List<Double>> rates = new LinkedHashMap<>();
    for (Result result : results) {
      if (result.wer() != null) {
        rates
            .computeIfAbsent(
                new Key(result.testSet(), result.objective(), result.model()),
                key -> new ArrayList<>())
            .add(result.wer());
      }
    }
    for (String specialist : specialists) {
      if (rates.keySet().stream().noneMatch(key -> key.model.equals(specialist))) {
        throw new StjemException("there are no word error rates of the model '" + specialist + "'");
      }
    }
    List<Result> relative = new ArrayList<>();
    rates.forEach(
        (key, values) -> {
          double best = Double.POSITIVE_INFINITY;
          for (String specialist : specialists) {
            List<Double> other = rates.get(new Key(key.testSet, key.objective, specialist));
            best = other == null ? best : Math.min(best, mean(other));
          }
          if (best > 0 && best < Double.POSITIVE_INFINITY) {
            double percent = 100 * (mean(values) / best - 1);
            relative.add(
                new Result(
                    key.testSet,
                    key.objective,
                    key.model,
                    0,
                    percent,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null));
          }
        });
    return relative;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
