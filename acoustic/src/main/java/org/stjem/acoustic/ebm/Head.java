package org.stjem.acoustic.ebm;

/**
 * Some columns of a network's logits, which have labels of their own.
 *
 * @param name what the labels are, such as {@code phones}; empty for the only head of a network
 * @param first column that it begins at
 * @param columns number of its columns, the classes of its labels
 * @param weight of its loss in a training, and of its score in the network's
 */
public record Head(String name, int first, int columns, double weight) {
  /** What a row without a label has instead of one. */
  public static final int NO_LABEL = -1;

  public Head {
    if (columns < 1 || !(weight > 0) || Double.isInfinite(weight)) {
      throw new TrainingException(
          "head '" + name + "' of " + columns + " classes and weight " + weight);
    }
  }

  /** Whether a column of the logits is one of this head. */
  public boolean has(int column) {
    return column >= first && column < end();
  }

  /** The column after its last. */
  public int end() {
    return first + columns;
  }
}
