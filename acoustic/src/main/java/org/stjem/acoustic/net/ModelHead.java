package org.stjem.acoustic.net;

import java.util.List;
import org.stjem.acoustic.align.LabelException;

/**
 * One of several heads of a network, as {@code model.json} has it.
 *
 * @param name what its labels are, such as {@code phones}
 * @param columns number of its outputs
 * @param weight of its loss in the training, and of its score in that of the whole network
 * @param labels names of its outputs; empty where they are numbers
 * @param classCounts training frames of each output
 */
public record ModelHead(
    String name, int columns, double weight, List<String> labels, double[] classCounts) {
  /** Sets what a folder need not say. */
  public ModelHead {
    labels = labels == null ? List.of() : labels;
    classCounts = classCounts == null ? new double[0] : classCounts;
  }

  /**
   * The output of a label: of its name, or of its number where labels have no names.
   *
   * @throws LabelException if the head has no such label
   */
  public int column(String label) {
    int column = labels.isEmpty() ? number(label) : labels.indexOf(label);
    if (column >= 0) {
      return column;
    }
    throw new LabelException(
        (name.isEmpty() ? "the model" : "head '" + name + "'")
            + " has no '"
            + label
            + "', only "
            + (labels.isEmpty()
                ? "numbers from 0 to " + (columns - 1)
                : labels.size() + " labels such as '" + labels.get(0) + "'"));
  }

  private int number(String label) {
    try {
      int number = Integer.parseInt(label);
      return number < columns ? number : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The name of the label of an output; its number where labels have no names. */
  public String label(int column) {
    return labels.isEmpty() ? Integer.toString(column) : labels.get(column);
  }
}
