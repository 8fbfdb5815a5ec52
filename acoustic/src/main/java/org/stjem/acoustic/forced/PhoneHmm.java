package org.stjem.acoustic.forced;

import java.util.Arrays;

/**
 * The HMM of a phone in its context. Frames are consumed in states 0 to {@code size - 1}; {@code
 * size} stands for the end.
 *
 * @param pdfs pdf of each state
 * @param loopIds transition-id of the self-loop of each state; 0 for none
 * @param loopCosts infinite for none
 * @param ids transition-ids of the other transitions of each state
 * @param destinations the states that those lead to
 * @param costs of those
 */
record PhoneHmm(
    int[] pdfs,
    int[] loopIds,
    float[] loopCosts,
    int[][] ids,
    int[][] destinations,
    float[][] costs) {

  /** Number of states that consume frames. */
  int size() {
    return pdfs.length;
  }

  /** Fewest frames from the first state to the end. */
  int fewestFrames() {
    int[] frames = new int[size() + 1];
    Arrays.fill(frames, Integer.MAX_VALUE / 2);
    frames[0] = 1;
    for (int round = 0; round < size(); round++) {
      for (int state = 0; state < size(); state++) {
        for (int next : destinations[state]) {
          int through = frames[state] + (next == size() ? 0 : 1);
          frames[next] = Math.min(frames[next], through);
        }
      }
    }
    return frames[size()];
  }
}
