package org.stjem.acoustic.tying;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stjem.frontend.kaldi.TreeNode;

/**
 * A leaf that questions may split, and what is below it (DecisionTreeSplitter and
 * ComputeInitialSplit in tree/build-tree-utils.cc).
 */
final class TreeSplitter {
  private final Questions questions;
  private final int leaf;

  /** Of the leaf; null once it is split. */
  private List<Observed> states;

  private float gain;
  private int key;
  private int[] values;
  private TreeSplitter yes;
  private TreeSplitter no;

  /**
   * What may be asked.
   *
   * @param width number of positions, each of which may be asked about
   * @param ofPhones sets of phones
   * @param ofPdfClasses sets of classes
   */
  record Questions(int width, List<int[]> ofPhones, List<int[]> ofPdfClasses) {
    List<int[]> of(int key) {
      return key == TreeNode.PDF_CLASS ? ofPdfClasses : ofPhones;
    }
  }

  TreeSplitter(int leaf, List<Observed> states, Questions questions) {
    this.leaf = leaf;
    this.states = states;
    this.questions = questions;
    for (int asked = TreeNode.PDF_CLASS; asked < questions.width && states.size() > 1; asked++) {
      ask(asked);
    }
  }

  /** What the best question brings, 0 if there is none. */
  float gain() {
    return gain;
  }

  /**
   * Asks the best question.
   *
   * @param nextLeaf number of the leaf that comes into being
   */
  void split(int nextLeaf) {
    if (yes != null) {
      (yes.gain >= no.gain ? yes : no).split(nextLeaf);
    } else {
      List<Observed> ofYes = new ArrayList<>();
      List<Observed> ofNo = new ArrayList<>();
      for (Observed observed : states) {
        boolean asked = Arrays.binarySearch(values, observed.state().value(key)) >= 0;
        (asked ? ofYes : ofNo).add(observed);
      }
      yes = new TreeSplitter(leaf, ofYes, questions);
      no = new TreeSplitter(nextLeaf, ofNo, questions);
      states = null;
    }
    gain = Math.max(yes.gain, no.gain);
  }

  TreeNode node() {
    return yes == null
        ? new TreeNode.Leaf(leaf)
        : new TreeNode.Split(key, values, yes.node(), no.node());
  }

  /** Keeps the best question about a position if it is better than all before. */
  private void ask(int asked) {
    int largest = 0;
    for (Observed observed : states) {
      int value = observed.state().value(asked);
      if (value == ContextState.ABSENT) {
        return;
      }
      largest = Math.max(largest, value);
    }
    GaussianStatistics[] ofValues = new GaussianStatistics[largest + 1];
    for (Observed observed : states) {
      add(ofValues, observed.state().value(asked), observed.frames());
    }
    GaussianStatistics total = null;
    int present = 0;
    for (GaussianStatistics frames : ofValues) {
      if (frames != null) {
        present++;
        if (total == null) {
          total = frames.copy();
        } else {
          total.add(frames);
        }
      }
    }
    float unsplit = total.logLikelihood();
    float best = 0;
    int[] bestValues = {};
    for (int[] question : questions.of(asked)) {
      float change = split(ofValues, present, total, question) - unsplit;
      if (change > best) {
        best = change;
        bestValues = question;
      }
    }
    if (best > gain) {
      gain = best;
      key = asked;
      values = bestValues;
    }
  }

  private static void add(GaussianStatistics[] sums, int index, GaussianStatistics frames) {
    if (sums[index] == null) {
      sums[index] = frames.copy();
    } else {
      sums[index].add(frames);
    }
  }

  /** Log-likelihood of a division; the larger side is what the smaller leaves of the total. */
  private static float split(
      GaussianStatistics[] ofValues, int present, GaussianStatistics total, int... question) {
    boolean[] asked = new boolean[ofValues.length];
    int chosen = 0;
    for (int value : question) {
      if (value < asked.length) {
        asked[value] = true;
        chosen += ofValues[value] == null ? 0 : 1;
      }
    }
    GaussianStatistics[] sides = new GaussianStatistics[2];
    int rest = -1;
    if (present - chosen > chosen) {
      rest = 0;
    } else if (chosen > present - chosen) {
      rest = 1;
    }
    if (rest >= 0) {
      sides[rest] = total.copy();
    }
    for (int value = 0; value < ofValues.length; value++) {
      GaussianStatistics frames = ofValues[value];
      int side = asked[value] ? 1 : 0;
      if (frames != null && side != rest) {
        add(sides, side, frames);
        if (rest >= 0) {
          sides[rest].subtract(frames);
        }
      }
    }
    float sum = 0;
    for (GaussianStatistics side : sides) {
      sum += side == null ? 0 : side.logLikelihood();
    }
    return sum;
  }
}
