package org.stjem.acoustic.confidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.stjem.acoustic.eval.Auroc;
import org.stjem.acoustic.eval.Calibration;
import org.stjem.acoustic.eval.CalibrationReport;

/**
 * How good confidences of words are; what {@code acoustic confidence-eval --json} writes. A measure
 * that is undefined since all words are right, or all wrong, is null.
 *
 * @param words words with a confidence
 * @param right how many of them are right
 * @param references words of the references
 * @param deletions words of the references that are missing, which have no confidence
 * @param wer word error rate, in percent
 * @param nce normalised cross-entropy, 1 at best; 0 for the share of right words as the confidence
 *     of every word
 * @param ece expected calibration error over bins of equal width, in percent
 * @param eceByChance the mean of {@code ece} if each word were right with just the probability that
 *     is its confidence: what so few words cannot go below but by luck
 * @param eceEqualMass the same over bins of equally many words
 * @param brier mean of (p − [right])²
 * @param auroc area under the receiver operating characteristic
 * @param auprRight average precision of right words found by high confidence
 * @param auprWrong average precision of wrong words found by low confidence
 * @param eer equal error rate, in percent
 * @param aurc mean share of wrong words among those accepted, over all coverages, in percent
 * @param errorsInTenth share of the wrong words that are among the tenth of words with the lowest
 *     confidences, in percent
 * @param errorsInFifth the same for a fifth
 */
public record ConfidenceReport(
    int words,
    int right,
    int references,
    int deletions,
    double wer,
    Double nce,
    double ece,
    double eceByChance,
    double eceEqualMass,
    double brier,
    Double auroc,
    Double auprRight,
    Double auprWrong,
    Double eer,
    double aurc,
    Double errorsInTenth,
    Double errorsInFifth) {
  /** Confidences are kept this far from 0 and 1 in the normalised cross-entropy. */
  static final double LEAST_DOUBT = 1e-6;

  private static final int TRIALS = 200;
  private static final double TENTH = 0.1;
  private static final double FIFTH = 0.2;

  /** A report with what its pictures show. */
  public record Detailed(ConfidenceReport report, CalibrationReport calibration, RiskCurve curve) {}

  /**
   * Share of wrong words among those accepted against the share accepted.
   *
   * @param coverage from 0 to 1, ascending
   * @param risk from 0 to 1
   */
  @SuppressWarnings("ArrayRecordComponent") // read, never compared
  public record RiskCurve(double[] coverage, double[] risk) {}

  /**
   * Measures confidences.
   *
   * @param numBins bins of the calibration errors
   */
  public static Detailed of(WordOutcomes<CtmTable.Word> outcomes, int numBins) {
    double[] confidences =
        outcomes.words().stream().mapToDouble(CtmTable.Word::confidence).toArray();
    boolean[] right = outcomes.right();
    Calibration calibration = new Calibration(numBins);
    for (int i = 0; i < right.length; i++) {
      calibration.addDecision(confidences[i], right[i]);
    }
    CalibrationReport measured = calibration.report();
    Ranking ranking = new Ranking(confidences, right);
    int wrong = right.length - outcomes.numRight();
    boolean both = wrong > 0 && wrong < right.length;
    ConfidenceReport report =
        new ConfidenceReport(
            right.length,
            outcomes.numRight(),
            outcomes.references(),
            outcomes.deletions(),
            100.0 * errors(outcomes) / outcomes.references(),
            both ? normalisedCrossEntropy(confidences, right) : null,
            measured.ece(),
            eceByChance(confidences, numBins),
            measured.eceEqualMass(),
            measured.brier(),
            both ? Auroc.of(some(confidences, right, true), some(confidences, right, false)) : null,
            both ? ranking.averagePrecision() : null,
            both ? reversed(confidences, right).averagePrecision() : null,
            both ? 100 * ranking.equalErrorRate() : null,
            100 * ranking.areaUnderRiskCoverage(),
            both ? errorsAmong(TENTH, confidences, right) : null,
            both ? errorsAmong(FIFTH, confidences, right) : null);
    int steps = ranking.accepted.length;
    double[] coverage = new double[steps];
    double[] risk = new double[steps];
    for (int k = 0; k < steps; k++) {
      coverage[k] = ranking.coverage(k);
      risk[k] = ranking.risk(k);
    }
    return new Detailed(report, measured, new RiskCurve(coverage, risk));
  }

  private static double eceByChance(double[] confidences, int numBins) {
    SplittableRandom random = new SplittableRandom(1);
    double sum = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      Calibration calibration = new Calibration(numBins);
      for (double confidence : confidences) {
        calibration.addDecision(confidence, random.nextDouble() < confidence);
      }
      sum += calibration.report().ece();
    }
    return sum / TRIALS;
  }

  /** In percent of the wrong words; of equal confidences the earlier words count as lower. */
  private static double errorsAmong(double share, double[] confidences, boolean[] right) {
    int[] order =
        IntStream.range(0, right.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> confidences[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    long refused = Math.round(share * right.length);
    long found = Arrays.stream(order).limit(refused).filter(i -> !right[i]).count();
    return 100.0 * found / Arrays.stream(order).filter(i -> !right[i]).count();
  }

  /** Wrong words are substitutions and insertions; the rest of the errors are deletions. */
  private static int errors(WordOutcomes<CtmTable.Word> outcomes) {
    return outcomes.words().size() - outcomes.numRight() + outcomes.deletions();
  }

  /**
   * (H + Σ_right log p + Σ_wrong log(1 − p)) / H, where H is the entropy of as many right and wrong
   * words if only their shares are known: the measure of NIST's evaluations.
   */
  static double normalisedCrossEntropy(double[] confidences, boolean[] right) {
    double found = 0;
    int count = 0;
    for (int i = 0; i < right.length; i++) {
      double p = Math.min(1 - LEAST_DOUBT, Math.max(LEAST_DOUBT, confidences[i]));
      found += Math.log(right[i] ? p : 1 - p);
      count += right[i] ? 1 : 0;
    }
    double share = (double) count / right.length;
    double entropy = -count * Math.log(share) - (right.length - count) * Math.log(1 - share);
    return (entropy + found) / entropy;
  }

  private static float[] some(double[] confidences, boolean[] right, boolean which) {
    List<Float> some = new ArrayList<>();
    for (int i = 0; i < right.length; i++) {
      if (right[i] == which) {
        some.add((float) confidences[i]);
      }
    }
    float[] values = new float[some.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = some.get(i);
    }
    return values;
  }

  private static Ranking reversed(double[] confidences, boolean[] right) {
    double[] doubts = new double[right.length];
    boolean[] wrong = new boolean[right.length];
    for (int i = 0; i < right.length; i++) {
      doubts[i] = 1 - confidences[i];
      wrong[i] = !right[i];
    }
    return new Ranking(doubts, wrong);
  }
}
