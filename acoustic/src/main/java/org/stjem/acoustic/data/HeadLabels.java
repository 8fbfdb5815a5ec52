package org.stjem.acoustic.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.align.Labels;
import org.stjem.acoustic.ebm.Head;
import org.stjem.acoustic.ebm.TrainingException;

/**
 * The labels of a further head of a corpus: names of whole utterances, such as their speakers, or
 * numbers of frames. An utterance may have none. Its classes are what the corpus has: all names, in
 * order, or the numbers up to the largest. Memory: 4 bytes a frame.
 */
public final class HeadLabels {
  /** A larger label is taken for damage. */
  private static final int MOST_CLASSES = 1 << 16;

  private final String name;
  private final Map<String, int[]> ofFrames;
  private final Map<String, String> ofUtterances;
  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private List<String> classNames = List.of();
  private int[] labels = new int[1 << 16];
  private int size;
  private int classes;

  private HeadLabels(String name, Map<String, int[]> ofFrames, Map<String, String> ofUtterances) {
    this.name = name;
    this.ofFrames = ofFrames;
    this.ofUtterances = ofUtterances;
  }

  /**
   * Labels of whole utterances.
   *
   * @param labels name of the label by utterance
   */
  public static HeadLabels ofUtterances(String name, Map<String, String> labels) {
    return new HeadLabels(name, null, labels);
  }

  /**
   * Labels of frames.
   *
   * @param labels one number from 0 for each frame, by utterance
   */
  public static HeadLabels ofFrames(String name, Map<String, int[]> labels) {
    return new HeadLabels(name, labels, null);
  }

  /**
   * Labels of the first frames of an utterance.
   *
   * @throws org.stjem.frontend.kaldi.EntryException if it has labels for another number of frames
   */
  int[] labels(String key, int frames) {
    int[] own = new int[frames];
    if (ofUtterances != null) {
      String label = ofUtterances.get(key);
      int number =
          label == null ? Head.NO_LABEL : numbers.computeIfAbsent(label, unseen -> numbers.size());
      Arrays.fill(own, number);
      return own;
    }
    int[] read = ofFrames.get(key);
    if (read == null) {
      Arrays.fill(own, Head.NO_LABEL);
      return own;
    }
    int common = Labels.commonFrames("features", frames, read);
    Labels.requireBelow(MOST_CLASSES, read, common);
    Arrays.fill(own, Head.NO_LABEL);
    System.arraycopy(read, 0, own, 0, common);
    return own;
  }

  /** Takes the labels of the next utterance of the corpus. */
  void append(int[] own) {
    if (size + own.length > labels.length) {
      labels = Arrays.copyOf(labels, Math.max(2 * labels.length, size + own.length));
    }
    System.arraycopy(own, 0, labels, size, own.length);
    size += own.length;
  }

  /**
   * Ends reading.
   *
   * @throws TrainingException if no utterance has a label, or all have the same
   */
  void freeze() {
    if (ofUtterances != null) {
      classNames = new ArrayList<>(numbers.keySet());
      Collections.sort(classNames);
      int[] sorted = new int[classNames.size()];
      numbers.forEach((label, number) -> sorted[number] = classNames.indexOf(label));
      for (int i = 0; i < size; i++) {
        labels[i] = labels[i] < 0 ? labels[i] : sorted[labels[i]];
      }
    }
    classes = 1 + Arrays.stream(labels, 0, size).max().orElse(Head.NO_LABEL);
    if (classes < 2) {
      throw new TrainingException(
          "head '"
              + name
              + "' cannot be trained: "
              + (classes == 0
                  ? "no utterance of the features has a label for it"
                  : "all its labels are the same"));
    }
  }

  /** What the head is called. */
  public String name() {
    return name;
  }

  /** Number of its classes. */
  public int classes() {
    return classes;
  }

  /** The names of its classes; empty where they are numbers. */
  public List<String> classNames() {
    return List.copyOf(classNames);
  }

  /** Frames of each class. */
  public double[] classCounts() {
    double[] counts = new double[classes];
    for (int i = 0; i < size; i++) {
      if (labels[i] >= 0) {
        counts[labels[i]]++;
      }
    }
    return counts;
  }

  /** The labels of all frames. */
  int[] all() {
    return Arrays.copyOf(labels, size);
  }

  int label(int frame) {
    return labels[frame];
  }
}
