package org.stjem.acoustic.network;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Addresses whose new connections must wait for a while, since a client of theirs was told to calm
 * down. Holds only those that must still wait, so that many addresses that never come back fill no
 * memory. Time is given by the caller, in nanoseconds. Thread-safe.
 */
final class CoolDown {
  private final long nanos;

  /** When each was told, the one that was told longest ago first. */
  private final Map<ClientAddress, Long> told = new LinkedHashMap<>();

  /**
   * Nobody has to wait.
   *
   * @param nanos how long an address waits
   */
  CoolDown(long nanos) {
    this.nanos = nanos;
  }

  /** Has an address wait from now on. */
  synchronized void begin(ClientAddress address, long now) {
    dropOver(now);
    // Put anew, or it would keep its old place.
    told.remove(address);
    told.put(address, now);
  }

  /** Nanoseconds for which an address must still wait; 0 if it need not. */
  synchronized long left(ClientAddress address, long now) {
    dropOver(now);
    Long since = told.get(address);
    return since == null ? 0 : nanos - (now - since);
  }

  /** Addresses that it holds. */
  synchronized int size() {
    return told.size();
  }

  private void dropOver(long now) {
    Iterator<Long> times = told.values().iterator();
    while (times.hasNext() && now - times.next() >= nanos) {
      times.remove();
    }
  }
}
