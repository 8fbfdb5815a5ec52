package org.stjem.acoustic.fst;

/** Sequences of labels, each with a number; 0 is the empty one. They share their beginnings. */
final class LabelStrings {
  static final int EMPTY = 0;

  /** Longer ones come of transducers that cannot be determinised. */
  private static final int LONGEST = 1000;

  /** String without its last label, and that label; the empty string is not among them. */
  private final LongNumbers strings = new LongNumbers();

  private int parent(int string) {
    return (int) (strings.key(string - 1) >> 32);
  }

  private int lastLabel(int string) {
    return (int) strings.key(string - 1);
  }

  /** A string with one more label, or itself if the label is epsilon. */
  int append(int string, int label) {
    return label == 0 ? string : 1 + strings.number((long) string << 32 | label);
  }

  int length(int string) {
    int length = 0;
    for (int s = string; s != EMPTY; s = parent(s)) {
      length++;
    }
    return length;
  }

  /**
   * The labels of a string.
   *
   * @throws AmbiguityException if it is so long that there will be no end
   */
  int[] labels(int string) {
    int length = length(string);
    if (length > LONGEST) {
      throw AmbiguityException.endless();
    }
    int[] labels = new int[length];
    for (int s = string; s != EMPTY; s = parent(s)) {
      labels[--length] = lastLabel(s);
    }
    return labels;
  }

  /** The longest string that both begin with. */
  int commonPrefix(int a, int b) {
    if (a == b) {
      return a;
    }
    int x = a;
    int y = b;
    int lengthX = length(x);
    int lengthY = length(y);
    for (; lengthX > lengthY; lengthX--) {
      x = parent(x);
    }
    for (; lengthY > lengthX; lengthY--) {
      y = parent(y);
    }
    while (x != y) {
      x = parent(x);
      y = parent(y);
    }
    return x;
  }

  /** A string without its first labels. */
  int withoutPrefix(int string, int prefixLength) {
    if (prefixLength == 0) {
      return string;
    }
    int[] labels = labels(string);
    int rest = EMPTY;
    for (int i = prefixLength; i < labels.length; i++) {
      rest = append(rest, labels[i]);
    }
    return rest;
  }
}
