package org.stjem.acoustic.ebm;

/**
 * How training went over the last interval; means over the batches that were looked at.
 *
 * @param step updates made so far
 * @param totalSteps updates of the whole run
 * @param epoch epoch of the last update, from 1
 * @param learningRate rate of the last update
 * @param loss the objective
 * @param crossEntropy its first term, in nats per row
 * @param columnExcess the column term above its floor (see {@link Objective#columnFloor}), in nats
 * @param dataScore mean of s = log p(x) + const over labelled rows, the negative energy
 * @param sampleScore the same over sampled rows; NaN without samples
 * @param negativeMass mean over the labels of the batch of Σ_samples exp F / Σ_all exp F in the
 *     label's column: 0 when the samples do not compete
 * @param gradientNorm Euclidean norm of the last gradient
 * @param accuracy fraction of labelled rows recognised
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
    double dataScore,
    double sampleScore,
    double negativeMass,
    double gradientNorm,
    double accuracy,
    double rowsPerSecond,
    double secondsLeft) {}
