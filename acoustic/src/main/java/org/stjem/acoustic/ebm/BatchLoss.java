package org.stjem.acoustic.ebm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The loss of a batch but for the gradient penalty: the weighted sum of those of the heads. A
 * head's is the {@link Objective} over its own columns and the rows that it has labels for; its
 * other rows stand in the denominators, and have the term of unlabelled rows.
 */
final class BatchLoss {
  private final Heads heads;
  private final TrainerOptions options;

  BatchLoss(Heads heads, TrainerOptions options) {
    this.heads = heads;
    this.options = options;
  }

  /**
   * The loss, differentiable in the logits.
   *
   * @param logits of all rows of the batch, {@code [rows, columns]}
   * @return a scalar
   */
  NDArray of(NDManager scope, NDArray logits, BatchRows batch) {
    NDArray counted = counted(logits, batch, scope);
    NDArray total = null;
    for (int i = 0; i < heads.list().size(); i++) {
      Head head = heads.list().get(i);
      NDArray own = heads.isOne() ? counted : Heads.columns(counted, head);
      NDArray loss = loss(scope, own, batch, batch.labelsOfHeads()[i]);
      if (!heads.isOne()) {
        loss = Objective.weighted(loss, head.weight());
      }
      total = total == null ? loss : total.add(loss);
    }
    AddedTerms terms = options.terms();
    if (terms.sampleWeight() > 0) {
      int labelled = batch.labels().length;
      NDArray samples = logits.get(labelled + ":" + (labelled + batch.sampled()));
      NDArray ofHead = heads.isOne() ? samples : Heads.columns(samples, heads.first());
      NDArray term = Objective.crossEntropy(ofHead, labels(scope, batch.sampleLabels()), 0);
      total = total.add(Objective.weighted(term, terms.sampleWeight()));
    }
    return total;
  }

  /** The loss of a head. */
  private NDArray loss(NDManager scope, NDArray counted, BatchRows batch, int[] labels) {
    int[] with = IntStream.range(0, labels.length).filter(i -> labels[i] >= 0).toArray();
    if (with.length < labels.length) {
      return lossOfSome(scope, counted, batch, labels, with);
    }
    NDArray inDenominator =
        batch.unlabelled() == 0 ? counted : counted.get("0:" + batch.inDenominator());
    NDArray total = objective(inDenominator, labels(scope, labels));
    return batch.unlabelled() == 0 ? total : total.add(unlabelled(counted, batch.unlabelled()));
  }

  /**
   * The loss of a head that has no labels for some of the labelled rows.
   *
   * @param with the rows that it has labels for
   */
  private NDArray lossOfSome(
      NDManager scope, NDArray counted, BatchRows batch, int[] labels, int[] with) {
    int[] without = IntStream.range(0, labels.length).filter(i -> labels[i] < 0).toArray();
    IntStream negatives = IntStream.range(labels.length, batch.inDenominator());
    long[] inDenominator = longs(IntStream.of(with), IntStream.of(without), negatives);
    long[] unlabelledLast =
        longs(
            IntStream.of(with),
            IntStream.range(labels.length, batch.inDenominator()),
            IntStream.of(without),
            IntStream.range(batch.inDenominator(), batch.rows()));
    NDArray term =
        unlabelled(counted.get(scope.create(unlabelledLast)), without.length + batch.unlabelled());
    if (with.length == 0) {
      return term;
    }
    int[] own = IntStream.of(with).map(i -> labels[i]).toArray();
    return objective(counted.get(scope.create(inDenominator)), labels(scope, own)).add(term);
  }

  private NDArray objective(NDArray inDenominator, NDArray labels) {
    AddedTerms terms = options.terms();
    return options
        .objective()
        .loss(inDenominator, labels, terms.labelSmoothing(), terms.energyWeight());
  }

  private NDArray unlabelled(NDArray counted, int rows) {
    return Objective.weighted(
        Objective.unlabelledTerm(counted, rows), options.terms().unlabelledWeight());
  }

  private static long[] longs(IntStream... parts) {
    return Arrays.stream(parts)
        .map(IntStream::asLongStream)
        .flatMapToLong(stream -> stream)
        .toArray();
  }

  /** Labels as an int64 array {@code [rows, 1]}. */
  private static NDArray labels(NDManager scope, int[] labels) {
    return scope.create(IntStream.of(labels).asLongStream().toArray(), new Shape(labels.length, 1));
  }

  /**
   * Logits as the denominators count rows: a row that counts for w like rows is larger by log w.
   */
  private static NDArray counted(NDArray logits, BatchRows batch, NDManager scope) {
    if (batch.negativeLogWeight() == 0) {
      return logits;
    }
    float[] logWeights = new float[batch.rows()];
    for (int row = 0; row < logWeights.length; row++) {
      logWeights[row] = (float) batch.logWeight(row);
    }
    return logits.add(scope.create(logWeights, new Shape(logWeights.length, 1)));
  }
}
