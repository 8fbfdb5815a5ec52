package org.stjem.acoustic.network;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What waits for several owners, taken one owner after the other: an owner with much to do delays
 * another by one element for each owner there is, not by all that it has waiting. Each owner's own
 * come first in, first out. Not thread-safe.
 *
 * @param <K> an owner
 * @param <T> what waits
 */
public final class FairQueue<K, T> {
  /** In the order of the turns; no owner without elements. */
  private final Map<K, Deque<T>> owners = new LinkedHashMap<>();

  private int size;

  /** Puts an element behind the others of its owner. */
  public void add(K owner, T element) {
    owners.computeIfAbsent(owner, any -> new ArrayDeque<>()).addLast(element);
    size++;
  }

  /** The element that {@link #poll} would take, or null if none waits. */
  public T peek() {
    return owners.isEmpty() ? null : owners.values().iterator().next().getFirst();
  }

  /** Takes the next element of the owner whose turn it is, or null if none waits. */
  public T poll() {
    if (owners.isEmpty()) {
      return null;
    }
    Map.Entry<K, Deque<T>> next = owners.entrySet().iterator().next();
    K owner = next.getKey();
    Deque<T> waiting = next.getValue();
    T element = waiting.removeFirst();
    size--;
    owners.remove(owner);
    if (!waiting.isEmpty()) {
      owners.put(owner, waiting);
    }
    return element;
  }

  /** Takes out elements that wait for nothing any more; the turns of the others stay. */
  public void removeIf(Predicate<T> gone) {
    for (Deque<T> waiting : owners.values()) {
      int before = waiting.size();
      waiting.removeIf(gone);
      size -= before - waiting.size();
    }
    owners.values().removeIf(Deque::isEmpty);
  }

  /** Elements that wait. */
  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Owners of whom something waits. */
  public int owners() {
    return owners.size();
  }

  /** Elements of one owner that wait. */
  public int size(K owner) {
    Deque<T> waiting = owners.get(owner);
    return waiting == null ? 0 : waiting.size();
  }

  /** What each owner has waiting, the oldest first; not to be changed. */
  public Collection<Deque<T>> waiting() {
    return owners.values();
  }
}
