package org.stjem.acoustic.recognition;

/**
 * The words of a recording and the path behind them.
 *
 * @param recognition the words
 * @param settled so many of the first words would stay if more audio came whose scores leave those
 *     so far as they are
 * @param transitionIds one for each frame
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
public record HeardPath(Recognition recognition, int settled, int[] transitionIds) {}
