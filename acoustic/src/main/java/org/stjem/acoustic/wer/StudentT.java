package org.stjem.acoustic.wer;

/** Student's t distribution. */
final class StudentT {
  private StudentT() {}

  /**
   * The probability of a value as far from 0 as this or farther, on either side, by the finite sums
   * of Abramowitz and Stegun, 26.7.3 and 26.7.4.
   *
   * @param degrees degrees of freedom, 1 or more
   */
  static double twoSided(double t, int degrees) {
    double angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
    double square = Math.cos(angle) * Math.cos(angle);
    boolean odd = degrees % 2 == 1;
    double term = odd ? Math.cos(angle) : 1;
    double sum = 0;
    for (int power = odd ? 1 : 0; power <= degrees - 2; power += 2) {
      sum += term;
      term *= square * (power + 1) / (power + 2);
    }
    double inside = odd ? 2 / Math.PI * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
    return Math.max(0, 1 - inside);
  }
}
