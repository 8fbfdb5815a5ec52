package org.stjem.acoustic.generate;

import org.stjem.acoustic.ebm.SeededRandom;

/** Where generated sequences start, in units of the training data's standard deviations. */
public enum SequenceStart {
  /** Independent values, uniform in ± the range, as the paper's chains. */
  UNIFORM {
    @Override
    float value(double range, SeededRandom random) {
      return (float) (range * (2 * random.nextDouble() - 1));
    }
  },
  /** Independent values of the training data's mean and variance, whatever the range. */
  GAUSSIAN {
    @Override
    float value(double range, SeededRandom random) {
      return (float) random.nextGaussian();
    }
  },
  /** The mean of the training data, which is one sequence for all seeds. */
  MEAN {
    @Override
    float value(double range, SeededRandom random) {
      return 0;
    }
  };

  abstract float value(double range, SeededRandom random);

  /** Fills values from one index to another. */
  public void fill(float[] x, int from, int to, double range, SeededRandom random) {
    for (int i = from; i < to; i++) {
      x[i] = value(range, random);
    }
  }
}
