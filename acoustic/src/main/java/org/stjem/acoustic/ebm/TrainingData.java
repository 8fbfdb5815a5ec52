package org.stjem.acoustic.ebm;

/**
 * What a network is trained on.
 *
 * @param labelled rows with labels
 * @param unlabelled rows of the same domain without labels, for Eq. 22, or null
 * @param negatives rows of another domain, which are to be unlikely, or null
 */
public record TrainingData(LabelledRows labelled, Rows unlabelled, Rows negatives) {
  public TrainingData {
    requireRows(labelled, labelled.rowSize(), "training");
    requireRows(unlabelled, labelled.rowSize(), "unlabelled");
    requireRows(negatives, labelled.rowSize(), "negative");
  }

  /** Labelled rows alone. */
  public static TrainingData of(LabelledRows labelled) {
    return new TrainingData(labelled, null, null);
  }

  private static void requireRows(Rows rows, int rowSize, String kind) {
    if (rows == null) {
      return;
    }
    if (rows.size() == 0) {
      throw new TrainingException("there are no " + kind + " rows");
    }
    if (rows.rowSize() != rowSize) {
      throw new TrainingException(
          kind + " rows have " + rows.rowSize() + " values, the training rows " + rowSize);
    }
  }
}
