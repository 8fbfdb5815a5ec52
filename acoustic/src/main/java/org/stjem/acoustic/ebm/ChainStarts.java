package org.stjem.acoustic.ebm;

/** Draws fresh starts of chains. Memory: 4 bytes per training row. */
public final class ChainStarts {
  /** Rows that one Gaussian start is made of. */
  private static final int GAUSSIAN_ROWS = 200;

  private final ChainStart kind;
  private final float range;
  private final LabelledRows data;

  /** Indices of all training rows ordered by label. */
  private final int[] byLabel;

  /** Where each label begins in {@link #byLabel}; one more at the end. */
  private final int[] begins;

  /**
   * Starts of one kind.
   *
   * @param range bound of uniform starts
   * @param data training rows, of which uniform starts need none
   */
  public ChainStarts(ChainStart kind, double range, LabelledRows data) {
    this.kind = kind;
    this.range = (float) range;
    this.data = data;
    this.byLabel = new int[data.size()];
    this.begins = new int[data.classes() + 1];
    for (int i = 0; i < byLabel.length; i++) {
      begins[data.label(i) + 1]++;
    }
    for (int c = 0; c < data.classes(); c++) {
      begins[c + 1] += begins[c];
    }
    int[] next = begins.clone();
    for (int i = 0; i < byLabel.length; i++) {
      byLabel[next[data.label(i)]++] = i;
    }
  }

  /** A label for each of {@code places}, in the training data's proportions. */
  int[] labels(int places) {
    int[] labels = new int[places];
    for (int place = 0; place < places; place++) {
      labels[place] = data.label(byLabel[(int) ((long) place * byLabel.length / places)]);
    }
    return labels;
  }

  /**
   * Draws one start.
   *
   * @param label the chain's label, or −1 if it has none
   */
  public void draw(float[] target, int offset, int label, SeededRandom random) {
    int size = data.rowSize();
    switch (kind) {
      case UNIFORM:
        for (int i = offset; i < offset + size; i++) {
          target[i] = random.nextFloat(-range, range);
        }
        break;
      case GAUSSIAN:
        gaussian(target, offset, label, random);
        break;
      case DATA:
        data.copyRow(row(label, random), target, offset, random);
        break;
    }
  }

  private int row(int label, SeededRandom random) {
    int from = label < 0 ? 0 : begins[label];
    int to = label < 0 ? byLabel.length : begins[label + 1];
    return byLabel[from + random.nextInt(to - from)];
  }

  private void gaussian(float[] target, int offset, int label, SeededRandom random) {
    int size = data.rowSize();
    float[] row = new float[size];
    double[] sum = new double[size];
    double[] mixed = new double[size];
    double weights = 0;
    for (int i = 0; i < GAUSSIAN_ROWS; i++) {
      data.copyRow(row(label, random), row, 0, random);
      double weight = random.nextGaussian();
      weights += weight;
      for (int d = 0; d < size; d++) {
        sum[d] += row[d];
        mixed[d] += weight * row[d];
      }
    }
    double scale = 1 / Math.sqrt(GAUSSIAN_ROWS - 1);
    for (int d = 0; d < size; d++) {
      double mean = sum[d] / GAUSSIAN_ROWS;
      target[offset + d] = (float) (mean + scale * (mixed[d] - weights * mean));
    }
  }
}
