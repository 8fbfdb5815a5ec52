package org.stjem.acoustic.fst;

import java.util.Arrays;

/** Numbers distinct {@code long} keys from 0 on, in the order in which they are first asked for. */
public final class LongNumbers {
  private static final int EMPTY = -1;

  private long[] keys = new long[16];

  /** Hash table of numbers, twice as large as the array of keys. */
  private int[] table = emptyTable(32);

  private int size;

  private static int[] emptyTable(int length) {
    int[] table = new int[length];
    Arrays.fill(table, EMPTY);
    return table;
  }

  /** Number of keys. */
  public int size() {
    return size;
  }

  /** The key with a number. */
  public long key(int number) {
    return keys[number];
  }

  /** The number of a key, -1 if it has none. */
  public int find(long key) {
    return table[slot(key)];
  }

  /** The number of a key, which is {@link #size} before the call if the key is new. */
  public int number(long key) {
    int slot = slot(key);
    if (table[slot] != EMPTY) {
      return table[slot];
    }
    if (size == keys.length) {
      grow();
      slot = slot(key);
    }
    keys[size] = key;
    table[slot] = size;
    return size++;
  }

  private int slot(long key) {
    long hash = key * 0x9E3779B97F4A7C15L;
    int mask = table.length - 1;
    int slot = (int) (hash >>> 32) & mask;
    while (table[slot] != EMPTY && keys[table[slot]] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    keys = Arrays.copyOf(keys, Math.multiplyExact(keys.length, 2));
    table = emptyTable(Math.multiplyExact(table.length, 2));
    for (int number = 0; number < size; number++) {
      table[slot(keys[number])] = number;
    }
  }
}
