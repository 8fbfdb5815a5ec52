package org.stjem.acoustic.serving;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.proto.v1.ModelInfo;

/**
 * The models a server offers, by name and version. It keeps these promises:
 *
 * <ol>
 *   <li>A model is offered only after it has computed finite rows.
 *   <li>A stream keeps the model it began with; a model leaves memory after its last stream.
 *   <li>A model that cannot be loaded changes nothing: what was offered before goes on.
 * </ol>
 *
 * <p>Thread-safe; changes are made one at a time, and streams never wait for them.
 */
final class ModelCatalog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCatalog.class);

  private final ModelOpener opener;
  private final ServingMetrics metrics;

  /** Held while a model is read, tried and exchanged. */
  private final ReentrantLock changing = new ReentrantLock();

  /** In the order in which they were loaded; guarded by this. */
  private final List<Entry> entries = new ArrayList<>();

  /** What is offered under a name and version. */
  private static final class Entry {
    final ModelSource source;

    /** The files as they were when the model was last read. */
    FileStamp stamp;

    /** The files as they were at the last look. */
    FileStamp seen;

    ServedModel served;

    Entry(ModelSource source, FileStamp stamp, ServedModel served) {
      this.source = source;
      this.stamp = stamp;
      this.seen = stamp;
      this.served = served;
    }
  }

  /**
   * What became of a model that was read again.
   *
   * @param info of the model that is offered now
   * @param changed whether it is another one than before
   */
  record Reloaded(ModelInfo info, boolean changed) {}

  /** Offers no model yet. */
  ModelCatalog(LoadedModel.Loader loader, ModelOpener.TurnFactory turns, ServingMetrics metrics) {
    this.opener = new ModelOpener(loader, turns, metrics);
    this.metrics = metrics;
  }

  /**
   * Reads a model, tries it, and offers it. Its version becomes the default of its name.
   *
   * @throws StjemException if the folder holds no good model
   * @throws StatusRuntimeException ALREADY_EXISTS if name and version are in use
   */
  ModelInfo load(ModelSource source) {
    changing.lock();
    try {
      synchronized (this) {
        if (find(source.name(), source.version()) != null) {
          throw Status.ALREADY_EXISTS
              .withDescription("there is a model '" + source.label() + "' already; reload it")
              .asRuntimeException();
        }
      }
      FileStamp stamp = FileStamp.ofModel(source.folder());
      ServedModel served = opener.open(source);
      synchronized (this) {
        entries.add(new Entry(source, stamp, served));
        return info(served);
      }
    } finally {
      changing.unlock();
    }
  }

  /**
   * Reads a model's folder again, and offers what it holds in place of the old model.
   *
   * @throws StjemException if the folder holds no good model; the old one goes on
   * @throws StatusRuntimeException NOT_FOUND if there is no such model
   */
  Reloaded reload(String name, String version) {
    changing.lock();
    try {
      Entry entry;
      synchronized (this) {
        entry = get(name, version);
      }
      return reload(entry, FileStamp.ofModel(entry.source.folder()));
    } finally {
      changing.unlock();
    }
  }

  private Reloaded reload(Entry entry, FileStamp stamp) {
    // Noted first: files that hold no good model are not read again until they change.
    entry.stamp = stamp;
    entry.seen = stamp;
    ServedModel old = entry.served;
    Optional<ServedModel> other = opener.openIfChanged(entry.source, old.info().getFingerprint());
    if (other.isEmpty()) {
      synchronized (this) {
        return new Reloaded(info(old), false);
      }
    }
    ModelInfo info;
    synchronized (this) {
      entry.served = other.get();
      info = info(other.get());
    }
    old.release();
    return new Reloaded(info, true);
  }

  /**
   * Offers a model no longer.
   *
   * @return streams that are still being scored by it
   * @throws StatusRuntimeException NOT_FOUND if there is no such model, FAILED_PRECONDITION if it
   *     is the last one
   */
  int unload(String name, String version) {
    changing.lock();
    try {
      Entry entry;
      synchronized (this) {
        entry = find(name, version);
        if (entry == null) {
          throw notFound(name, version);
        }
        if (entries.size() == 1) {
          throw Status.FAILED_PRECONDITION
              .withDescription("'" + entry.source.label() + "' is the last model of this server")
              .asRuntimeException();
        }
        entries.remove(entry);
      }
      entry.served.release();
      metrics.remove(entry.source.label());
      LOG.info("event=model-unloaded model={}", entry.source.label());
      return entry.served.users();
    } finally {
      changing.unlock();
    }
  }

  /** Reloads models whose files have changed, and have not changed further since the last look. */
  void reloadChanged() {
    changing.lock();
    try {
      List<Entry> all;
      synchronized (this) {
        all = List.copyOf(entries);
      }
      for (Entry entry : all) {
        FileStamp now = FileStamp.ofModel(entry.source.folder());
        boolean settled = now.equals(entry.seen);
        entry.seen = now;
        if (settled && !now.equals(entry.stamp)) {
          try {
            reload(entry, now);
          } catch (RuntimeException e) {
            LOG.debug("trace", e);
          }
        }
      }
    } finally {
      changing.unlock();
    }
  }

  /**
   * The model that a new stream gets.
   *
   * @param name empty for the default model
   * @param version empty for its default version
   * @return acquired, to be released by the stream
   * @throws StatusRuntimeException NOT_FOUND if there is no such model
   */
  synchronized ServedModel acquire(String name, String version) {
    ServedModel served = get(name, version).served;
    served.acquire();
    return served;
  }

  /** What clients are told about a model; as {@link #acquire}. */
  synchronized ModelInfo info(String name, String version) {
    return info(get(name, version).served);
  }

  /** What clients are told about all models, by name and version. */
  synchronized List<ModelInfo> infos() {
    return entries.stream()
        .map(entry -> info(entry.served))
        .sorted(Comparator.comparing(ModelInfo::getName).thenComparing(ModelInfo::getVersion))
        .toList();
  }

  /** The model that is meant where none is named: the one loaded first, of those still offered. */
  synchronized String defaultName() {
    return entries.isEmpty() ? "" : entries.get(0).source.name();
  }

  private ModelInfo info(ServedModel served) {
    ModelInfo info = served.info();
    boolean isDefault =
        get(info.getName(), "").served.info().getVersion().equals(info.getVersion());
    return info.toBuilder().setIsDefaultVersion(isDefault).build();
  }

  private Entry get(String name, String version) {
    Entry entry = find(name.isEmpty() ? defaultName() : name, version);
    if (entry == null) {
      throw notFound(name, version);
    }
    return entry;
  }

  /** The model of that version, or the one loaded last if it is empty; null if there is none. */
  private Entry find(String name, String version) {
    Entry found = null;
    for (Entry entry : entries) {
      if (entry.source.name().equals(name)
          && (version.isEmpty() || entry.source.version().equals(version))) {
        found = entry;
      }
    }
    return found;
  }

  private StatusRuntimeException notFound(String name, String version) {
    List<String> labels = entries.stream().map(entry -> "'" + entry.source.label() + "'").toList();
    return Status.NOT_FOUND
        .withDescription(
            "no model '"
                + ClientText.shown(name)
                + (version.isEmpty() ? "" : ":" + ClientText.shown(version))
                + "'; there is "
                + String.join(", ", labels))
        .asRuntimeException();
  }

  /** Offers no model any more, and waits until all are out of memory, but not for long. */
  @Override
  public void close() {
    List<Entry> all;
    synchronized (this) {
      all = List.copyOf(entries);
      entries.clear();
    }
    all.forEach(entry -> entry.served.release());
    try {
      for (Entry entry : all) {
        if (!entry.served.awaitEnd(Duration.ofSeconds(5))) {
          LOG.warn("event=model-busy model={}", entry.source.label());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
