package org.stjem.acoustic.eval;

import java.util.List;

/**
 * How well confidence agrees with accuracy over a set of frames; what {@code acoustic ece --json}
 * writes.
 *
 * @param frames number of frames
 * @param accuracy frames whose most probable pdf is the right one, in percent
 * @param confidence mean posterior of the most probable pdf, in percent
 * @param ece expected calibration error, in percent
 * @param nll mean negative log posterior of the right pdf, in nats per frame
 * @param bins the confidence bins, from 0 up
 */
public record CalibrationReport(
    long frames, double accuracy, double confidence, double ece, double nll, List<Bin> bins) {

  /**
   * One confidence bin.
   *
   * @param lower lower edge, exclusive but for the first bin
   * @param upper upper edge, inclusive
   * @param frames frames in the bin
   * @param confidence their mean confidence, 0 to 1; 0 in an empty bin
   * @param accuracy the share of them that is right, 0 to 1; 0 in an empty bin
   */
  public record Bin(double lower, double upper, long frames, double confidence, double accuracy) {}
}
