package org.stjem.acoustic.tying;

import org.stjem.frontend.io.StjemException;

/**
 * How far a tree grows; names are those of Kaldi's {@code build-tree}.
 *
 * @param maxLeaves most leaves before leaves are merged; 0 for no limit
 * @param threshold least gain of log-likelihood that a question must bring
 * @param clusterThreshold leaves of a root are merged as long as that loses no more; 0 for no
 *     merging, negative for as much as the last question brought
 * @param roundNumLeaves whether so many are merged that their number is a multiple of 8
 */
public record TreeOptions(
    int maxLeaves, float threshold, float clusterThreshold, boolean roundNumLeaves) {
  /**
   * Checks the values.
   *
   * @throws StjemException if one is out of range
   */
  public TreeOptions {
    if (maxLeaves < 0) {
      throw new StjemException("--max-leaves must be 0 or more, not " + maxLeaves);
    }
    if (!(threshold >= 0) || (threshold == 0 && maxLeaves == 0)) {
      throw new StjemException(
          "--thresh must be 0 or more, not "
              + threshold
              + ", and above 0 if there are no --max-leaves");
    }
  }
}
