package org.stjem.acoustic.eval;

import java.util.List;

/**
 * How well posteriors agree with what is true over a set of frames; what {@code acoustic ece
 * --json} writes.
 *
 * @param frames number of frames
 * @param accuracy frames whose most probable pdf is the right one, in percent
 * @param confidence mean posterior of the most probable pdf, in percent
 * @param ece expected calibration error over bins of equal width, in percent
 * @param eceEqualMass the same over bins that hold equally many frames
 * @param classwiseEce mean over pdfs of the calibration error of their posteriors, bins of equal
 *     width, in percent
 * @param classwiseEceEqualMass the same over bins that hold equally many frames
 * @param nll mean negative log posterior of the right pdf, in nats per frame
 * @param brier mean squared distance Σ_y (p_y − [y is right])² of the posteriors, 0 to 2
 * @param bins the confidence bins of equal width, from 0 up
 * @param massBins the confidence bins of equal mass, from 0 up; none in files of earlier versions
 */
public record CalibrationReport(
    long frames,
    double accuracy,
    double confidence,
    double ece,
    double eceEqualMass,
    double classwiseEce,
    double classwiseEceEqualMass,
    double nll,
    double brier,
    List<Bin> bins,
    List<Bin> massBins) {

  /**
   * One confidence bin.
   *
   * @param lower lower edge, exclusive but for the first bin
   * @param upper upper edge, inclusive
   * @param frames frames in the bin
   * @param confidence their mean confidence, 0 to 1; 0 in an empty bin
   * @param accuracy the share of them that is right, 0 to 1; 0 in an empty bin
   */
  public record Bin(double lower, double upper, long frames, double confidence, double accuracy) {
    /** The 95 % interval of the accuracy of a bin that is not empty. */
    public BinomialInterval interval() {
      return BinomialInterval.of(accuracy, frames);
    }
  }
}
