package org.stjem.acoustic.ebm;

/** Three Gaussian clouds in four dimensions. */
final class ToyRows implements LabelledRows {
  private static final int DIM = 4;
  private static final int CLASSES = 3;

  private final float[] rows;
  private final int[] labels;

  ToyRows(int size, long seed) {
    SeededRandom random = new SeededRandom(seed, 0);
    rows = new float[size * DIM];
    labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = random.nextInt(CLASSES);
      for (int d = 0; d < DIM; d++) {
        rows[i * DIM + d] = (float) (0.5 * random.nextGaussian() + (d == labels[i] ? 1.5 : -0.5));
      }
    }
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int rowSize() {
    return DIM;
  }

  @Override
  public int classes() {
    return CLASSES;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public void copyRow(int index, float[] target, int offset, SeededRandom random) {
    System.arraycopy(rows, index * DIM, target, offset, DIM);
  }
}
