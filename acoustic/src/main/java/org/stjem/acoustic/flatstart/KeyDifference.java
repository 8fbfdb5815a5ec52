package org.stjem.acoustic.flatstart;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.stjem.frontend.kaldi.SequentialTableReader;

/**
 * Which keys only one of two tables has. Both are read side by side, so that few keys are in memory
 * if the tables have nearly the same ones in nearly the same order.
 *
 * @param first keys that only the first table has
 * @param second keys that only the second one has
 */
record KeyDifference(Set<String> first, Set<String> second) {
  /** So many names are listed; the others are counted. */
  private static final int MOST_NAMES = 10;

  /** Reads two tables to their ends, but no values of script files. */
  static KeyDifference of(SequentialTableReader<?> a, SequentialTableReader<?> b) {
    Set<String> first = new TreeSet<>();
    Set<String> second = new TreeSet<>();
    boolean moreA = a.next();
    boolean moreB = b.next();
    while (moreA || moreB) {
      if (moreA) {
        note(a.key(), first, second);
        moreA = a.next();
      }
      if (moreB) {
        note(b.key(), second, first);
        moreB = b.next();
      }
    }
    return new KeyDifference(first, second);
  }

  private static void note(String key, Set<String> its, Set<String> others) {
    if (!others.remove(key)) {
      its.add(key);
    }
  }

  /** The first names of a set, and how many more there are. */
  static String listed(Set<String> names) {
    String first = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? first + " and " + more + " more" : first;
  }
}
