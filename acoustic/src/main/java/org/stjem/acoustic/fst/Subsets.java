package org.stjem.acoustic.fst;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sets of weighted states, numbered in the order in which they are met. An element is three
 * integers: state, string that is still to be put out, bits of the cost. Two sets are the same if
 * states and strings are and costs differ by no more than {@link Determinization#DELTA}.
 */
final class Subsets {
  /** Integers of an element. */
  static final int WIDTH = 3;

  private static final int EMPTY = -1;

  private final List<int[]> subsets = new ArrayList<>();
  private int[] hashes = new int[16];
  private int[] table = emptyTable(32);

  private static int[] emptyTable(int length) {
    int[] table = new int[length];
    Arrays.fill(table, EMPTY);
    return table;
  }

  int size() {
    return subsets.size();
  }

  int[] get(int number) {
    return subsets.get(number);
  }

  /** The number of a set, which is {@link #size} before the call if it is new. */
  int number(int[] subset) {
    int hash = hash(subset);
    int mask = table.length - 1;
    int slot = hash & mask;
    for (; table[slot] != EMPTY; slot = (slot + 1) & mask) {
      if (hashes[table[slot]] == hash && same(subset, subsets.get(table[slot]))) {
        return table[slot];
      }
    }
    int number = subsets.size();
    subsets.add(subset);
    if (number == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * number);
    }
    hashes[number] = hash;
    table[slot] = number;
    if (2 * subsets.size() > table.length) {
      rehash();
    }
    return number;
  }

  private void rehash() {
    table = emptyTable(2 * table.length);
    int mask = table.length - 1;
    for (int number = 0; number < subsets.size(); number++) {
      int slot = hashes[number] & mask;
      while (table[slot] != EMPTY) {
        slot = (slot + 1) & mask;
      }
      table[slot] = number;
    }
  }

  /** Of states and strings alone: costs of the same set may differ a little. */
  private static int hash(int[] subset) {
    long hash = 1;
    for (int i = 0; i < subset.length; i += WIDTH) {
      hash = (hash * 31 + subset[i]) * 0x9E3779B97F4A7C15L + subset[i + 1];
    }
    hash *= 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 32);
  }

  private static boolean same(int[] a, int[] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i += WIDTH) {
      float difference = Float.intBitsToFloat(a[i + 2]) - Float.intBitsToFloat(b[i + 2]);
      if (a[i] != b[i]
          || a[i + 1] != b[i + 1]
          || !(Math.abs(difference) <= Determinization.DELTA)) {
        return false;
      }
    }
    return true;
  }
}
