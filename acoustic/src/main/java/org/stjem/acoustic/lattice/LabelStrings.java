package org.stjem.acoustic.lattice;

import java.util.Arrays;

/**
 * Sequences of labels as the nodes of a tree, so that equal sequences have equal numbers and a
 * sequence shares memory with those that begin like it.
 */
final class LabelStrings {
  static final int EMPTY = 0;
  private static final int NONE = -1;

  private int[] parent = new int[1 << 10];
  private int[] label = new int[1 << 10];
  private int[] length = new int[1 << 10];
  private int count = 1;

  /** Nodes by parent and label: open addressing, at most half full. */
  private int[] table = new int[1 << 11];

  LabelStrings() {
    parent[EMPTY] = NONE;
    Arrays.fill(table, NONE);
  }

  /** Number of sequences that are held. */
  int count() {
    return count;
  }

  int length(int string) {
    return length[string];
  }

  /** The sequence that has one more label at its end. */
  int append(int string, int next) {
    int slot = slot(string, next);
    if (table[slot] != NONE) {
      return table[slot];
    }
    if (count == parent.length) {
      grow();
      slot = slot(string, next);
    }
    parent[count] = string;
    label[count] = next;
    length[count] = length[string] + 1;
    table[slot] = count;
    return count++;
  }

  int append(int string, int[] labels) {
    int longer = string;
    for (int next : labels) {
      longer = append(longer, next);
    }
    return longer;
  }

  /** The longest sequence with which both begin. */
  int commonPrefix(int a, int b) {
    int left = a;
    int right = b;
    while (left != right) {
      if (length[left] >= length[right]) {
        left = parent[left];
      } else {
        right = parent[right];
      }
    }
    return left;
  }

  int withoutPrefix(int string, int prefixLength) {
    return prefixLength == 0 ? string : append(EMPTY, labels(string, prefixLength));
  }

  /** The labels from a place on. */
  int[] labels(int string, int from) {
    int[] labels = new int[length[string] - from];
    int node = string;
    for (int i = labels.length - 1; i >= 0; i--) {
      labels[i] = label[node];
      node = parent[node];
    }
    return labels;
  }

  private int slot(int string, int next) {
    int mask = table.length - 1;
    int slot = (int) ((string * 0x9E3779B97F4A7C15L + next * 0xC2B2AE3D27D4EB4FL) >>> 32) & mask;
    while (table[slot] != NONE && (parent[table[slot]] != string || label[table[slot]] != next)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    int capacity = Math.multiplyExact(count, 2);
    parent = Arrays.copyOf(parent, capacity);
    label = Arrays.copyOf(label, capacity);
    length = Arrays.copyOf(length, capacity);
    table = new int[Math.multiplyExact(capacity, 2)];
    Arrays.fill(table, NONE);
    for (int node = 1; node < count; node++) {
      table[slot(parent[node], label[node])] = node;
    }
  }
}
