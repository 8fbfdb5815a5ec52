package org.stjem.acoustic.fst;

import java.util.Arrays;

/**
 * States divided into blocks. Some states of a block are dirty: it is to be checked whether they
 * still belong there. A block lies together in one array, its dirty states at its end.
 */
final class Blocks {
  private final int[] states;

  /** Where a state stands in {@link #states}. */
  private final int[] places;

  private final int[] blocks;
  private int size = 1;
  private int[] begins = new int[16];
  private int[] ends = new int[16];
  private int[] firstDirty = new int[16];

  /** Blocks that have dirty states, each once. */
  private int[] stack = new int[16];

  private int depth;

  /** All states in one block, and all of them dirty. */
  Blocks(int count) {
    states = new int[count];
    Arrays.setAll(states, i -> i);
    places = states.clone();
    blocks = new int[count];
    ends[0] = count;
  }

  int size() {
    return size;
  }

  int block(int state) {
    return blocks[state];
  }

  int length(int block) {
    return ends[block] - begins[block];
  }

  /** A state that is not dirty, if there is one. */
  int first(int block) {
    return states[begins[block]];
  }

  int[] states(int block) {
    return Arrays.copyOfRange(states, begins[block], ends[block]);
  }

  int[] dirty(int block) {
    return Arrays.copyOfRange(states, firstDirty[block], ends[block]);
  }

  /** Makes a state dirty. */
  void mark(int state) {
    int block = blocks[state];
    int place = places[state];
    if (place >= firstDirty[block]) {
      return;
    }
    if (firstDirty[block] == ends[block]) {
      push(block);
    }
    int last = --firstDirty[block];
    put(states[last], place);
    put(state, last);
  }

  /** Makes all states dirty. */
  void markAll() {
    depth = 0;
    for (int block = 0; block < size; block++) {
      firstDirty[block] = begins[block];
      push(block);
    }
  }

  private void push(int block) {
    if (depth == stack.length) {
      stack = Arrays.copyOf(stack, 2 * depth);
    }
    stack[depth++] = block;
  }

  /** A block that has dirty states, -1 if none has; the caller has to split it. */
  int nextDirty() {
    return depth == 0 ? -1 : stack[--depth];
  }

  private void put(int state, int place) {
    states[place] = state;
    places[state] = place;
  }

  /**
   * Divides a block and makes its states clean. The largest part keeps the number of the block; the
   * others become the last blocks.
   *
   * @param partOfDirty the part that each of the {@link #dirty} states belongs to; part 0 has those
   *     that are not dirty
   */
  void split(int block, int[] partOfDirty, int parts) {
    int begin = begins[block];
    int clean = firstDirty[block] - begin;
    int[] dirty = dirty(block);
    int[] partEnds = new int[parts];
    partEnds[0] = begin + clean;
    for (int part : partOfDirty) {
      partEnds[part]++;
    }
    for (int part = 1; part < parts; part++) {
      partEnds[part] += partEnds[part - 1];
    }
    int[] next = new int[parts];
    next[0] = begin + clean;
    System.arraycopy(partEnds, 0, next, 1, parts - 1);
    for (int i = 0; i < dirty.length; i++) {
      put(dirty[i], next[partOfDirty[i]]++);
    }
    int largest = 0;
    int most = partEnds[0] - begin;
    for (int part = 1; part < parts; part++) {
      if (partEnds[part] - partEnds[part - 1] > most) {
        largest = part;
        most = partEnds[part] - partEnds[part - 1];
      }
    }
    for (int part = 0; part < parts; part++) {
      setBlock(
          part == largest ? block : size++, part == 0 ? begin : partEnds[part - 1], partEnds[part]);
    }
  }

  private void setBlock(int block, int begin, int end) {
    if (block >= begins.length) {
      int length = Math.max(block + 1, 2 * begins.length);
      begins = Arrays.copyOf(begins, length);
      ends = Arrays.copyOf(ends, length);
      firstDirty = Arrays.copyOf(firstDirty, length);
    }
    begins[block] = begin;
    ends[block] = end;
    firstDirty[block] = end;
    // The largest part has its number already.
    if (blocks[states[begin]] != block) {
      for (int i = begin; i < end; i++) {
        blocks[states[i]] = block;
      }
    }
  }
}
