package org.stjem.acoustic.ebm;

import java.util.List;

/**
 * How training went over the last interval: the loss is a mean over all its batches, the rest over
 * those that were looked at. What does not apply is NaN.
 *
 * @param step updates made so far
 * @param totalSteps updates of the whole run
 * @param epoch epoch of the last update, from 1
 * @param learningRate rate of the last update
 * @param loss the objective with all added terms
 * @param crossEntropy its first term above its floor (see {@link Objective#crossEntropyFloor}), in
 *     nats per row
 * @param columnExcess the column term above its floor (see {@link Objective#columnFloor}), in nats
 * @param rowExcess the row term mean_i [ LSE_r s_r − s_i ] above its floor log N, in nats
 * @param unlabelledExcess the term of unlabelled rows (Eq. 22) above its floor, unweighted, in nats
 * @param sampleCrossEntropy cross-entropy of conditional samples (Eq. 23), unweighted, in nats
 * @param gradientPenalty mean ‖∇ₓ s(x)‖² over labelled and sampled rows, unweighted
 * @param dataScore mean of s = log p(x) + const over labelled rows, the negative energy
 * @param sampleScore the same over sampled rows
 * @param negativeScore the same over given negatives
 * @param negativeMass mean over the labels of the batch of Σ_neg exp F / Σ_all exp F in the label's
 *     column, neg being sampled rows and given negatives: 0 when they do not compete
 * @param negativeMassOfLabel the same for each label by itself
 * @param negativeMassOfRows Σ_neg exp s / Σ_all exp s: the same over all columns, which chains that
 *     climb columns of no label in the batch do not escape
 * @param effectiveSamples effective number of negatives, (Σ w)² / Σ w² with w = exp F in a label's
 *     column, mean over the labels of the batch
 * @param bufferAge mean steps of the chains in the replay buffer
 * @param adaptedSgld what adaptive SGLD favours, by age of the chain; empty without it
 * @param gradientNorm Euclidean norm of the last gradient
 * @param accuracy fraction of labelled rows recognised
 * @param ece expected calibration error on the labelled rows as a fraction, in 15 bins
 * @param rowsPerSecond labelled rows per second of wall time
 * @param secondsLeft estimate of the time to the end
 */
public record TrainingStatus(
    long step,
    long totalSteps,
    int epoch,
    double learningRate,
    double loss,
    double crossEntropy,
    double columnExcess,
    double rowExcess,
    double unlabelledExcess,
    double sampleCrossEntropy,
    double gradientPenalty,
    double dataScore,
    double sampleScore,
    double negativeScore,
    double negativeMass,
    float[] negativeMassOfLabel,
    double negativeMassOfRows,
    double effectiveSamples,
    double bufferAge,
    List<AdaptedSgld> adaptedSgld,
    double gradientNorm,
    double accuracy,
    double ece,
    double rowsPerSecond,
    double secondsLeft) {}
