package org.stjem.frontend.kaldi;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/** Reads the entries of another reader one ahead on a thread of its own (option {@code bg}). */
final class BackgroundEntries<T> implements SequentialTableReader<T> {
  private static final int GRACE_SECONDS = 10;

  private final SequentialTableReader<T> entries;
  private final BlockingQueue<Entry<T>> queue = new SynchronousQueue<>();
  private final Thread thread;
  private Entry<T> current;

  /** An entry or the end of the table, which has no key; {@code fault} stands for a value. */
  private record Entry<T>(String key, T value, Throwable fault) {
    T valueOrFault() {
      if (fault instanceof RuntimeException exception) {
        throw exception;
      } else if (fault instanceof Error error) {
        throw error;
      }
      return value;
    }
  }

  BackgroundEntries(SequentialTableReader<T> entries) {
    this.entries = entries;
    this.thread = new Thread(this::readAhead, "table-reader");
    thread.setDaemon(true);
    thread.start();
  }

  private void readAhead() {
    try {
      Entry<T> entry;
      do {
        entry = nextEntry();
        queue.put(entry);
      } while (entry.key != null);
    } catch (InterruptedException e) {
      // The table was closed before its end; close() goes on from here.
    }
  }

  // Whatever goes wrong must reach the thread that waits for the entry.
  private Entry<T> nextEntry() {
    String key = null;
    try {
      if (!entries.next()) {
        return new Entry<>(null, null, null);
      }
      key = entries.key();
      return new Entry<>(key, entries.value(), null);
    } catch (EntryException e) {
      return new Entry<>(key, null, e);
    } catch (RuntimeException | Error e) {
      return new Entry<>(null, null, e);
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
    if (current.key == null) {
      current.valueOrFault();
    }
    return current.key != null;
  }

  @Override
  public String key() {
    return current.key;
  }

  @Override
  public T value() {
    return current.valueOrFault();
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      // A command that neither writes nor ends cannot hold the program up.
      thread.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    entries.close();
  }
}
