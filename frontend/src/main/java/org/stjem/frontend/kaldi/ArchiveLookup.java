package org.stjem.frontend.kaldi;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Looks keys up in an archive by reading it forward as far as needed. Memory: all entries read so
 * far; with {@code o} those not yet asked for; with {@code s,cs} one entry.
 */
final class ArchiveLookup<T> implements RandomAccessTableReader<T> {
  private final Rspecifier specifier;
  private final ArchiveEntries<T> entries;
  private final Map<String, T> held = new HashMap<>();
  private final Set<String> given = new HashSet<>();
  private String lastRead;
  private String lastAsked;
  private boolean ended;

  ArchiveLookup(Rspecifier specifier, ObjectReader<T> holder) {
    this.specifier = specifier;
    this.entries = new ArchiveEntries<>(specifier, holder);
  }

  @Override
  public boolean hasKey(String key) {
    if (given.contains(key)) {
      throw fault("key '" + key + "' is asked for again in spite of the option o");
    }
    if (specifier.sorted() && specifier.calledSorted()) {
      if (lastAsked != null && KeyOrder.compare(key, lastAsked) < 0) {
        throw fault(
            "key '" + key + "' is asked for after '" + lastAsked + "' in spite of the option cs");
      }
      lastAsked = key;
    }
    while (!held.containsKey(key) && mayFollow(key)) {
      readNext();
    }
    return held.containsKey(key);
  }

  private boolean mayFollow(String key) {
    return !ended
        && (!specifier.sorted() || lastRead == null || KeyOrder.compare(key, lastRead) > 0);
  }

  private void readNext() {
    if (!entries.next()) {
      ended = true;
      return;
    }
    String key = entries.key();
    if (specifier.sorted() && lastRead != null && KeyOrder.compare(key, lastRead) <= 0) {
      throw fault(
          "key '" + key + "' follows '" + lastRead + "' though the option s promises sorted keys");
    }
    if (specifier.sorted() && specifier.calledSorted()) {
      held.clear();
    }
    if (held.put(key, entries.value()) != null || given.contains(key)) {
      throw fault("key '" + key + "' stands there twice");
    }
    lastRead = key;
  }

  private TableException fault(String message) {
    return new TableException("archive " + specifier.rxfilename() + ": " + message);
  }

  @Override
  public T value(String key) {
    if (!hasKey(key)) {
      throw new EntryException(
          "there is no key '" + key + "' in archive " + specifier.rxfilename());
    }
    if (!specifier.once()) {
      return held.get(key);
    }
    given.add(key);
    return held.remove(key);
  }

  @Override
  public void close() {
    entries.close();
  }
}
