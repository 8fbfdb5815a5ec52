package org.stjem.frontend.kaldi;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;

/** Reads the entries of another reader one ahead on a thread of its own (option {@code bg}). */
final class BackgroundEntries<T> implements SequentialTableReader<T> {
  private final SequentialTableReader<T> entries;
  private final BlockingQueue<Entry<T>> queue = new SynchronousQueue<>();
  private final Thread thread;
  private Entry<T> current;

  /** An entry, its fault instead of a value, or the end of the table, which has no key. */
  private record Entry<T>(String key, T value, RuntimeException fault) {}

  BackgroundEntries(SequentialTableReader<T> entries) {
    this.entries = entries;
    this.thread = new Thread(this::readAhead, "table-reader");
    thread.setDaemon(true);
    thread.start();
  }

  private void readAhead() {
    try {
      try {
        while (entries.next()) {
          queue.put(entry());
        }
        queue.put(new Entry<>(null, null, null));
      } catch (TableException e) {
        queue.put(new Entry<>(null, null, e));
      }
    } catch (InterruptedException e) {
      // The table was closed before its end; close() goes on from here.
    }
  }

  private Entry<T> entry() {
    try {
      return new Entry<>(entries.key(), entries.value(), null);
    } catch (EntryException e) {
      return new Entry<>(entries.key(), null, e);
    }
  }

  @Override
  public boolean next() {
    if (current != null && current.key == null) {
      return false;
    }
    try {
      current = queue.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TableException("interrupted while waiting for the next entry", e);
    }
    if (current.key == null && current.fault != null) {
      throw current.fault;
    }
    return current.key != null;
  }

  @Override
  public String key() {
    return current.key;
  }

  @Override
  public T value() {
    if (current.fault != null) {
      throw current.fault;
    }
    return current.value;
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    entries.close();
  }
}
