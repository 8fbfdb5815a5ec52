package org.stjem.frontend.kaldi;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;

/** Writes an archive and, if asked for, the script file that points into it. */
final class ArchiveWriter<T> implements TableWriter<T> {
  private static final Logger log = LoggerFactory.getLogger(ArchiveWriter.class);

  private final Wspecifier specifier;
  private final ObjectWriter<T> holder;
  private final KaldiOutput archive;
  private final KaldiOutput script;
  private boolean committed;
  private boolean closed;

  ArchiveWriter(Wspecifier specifier, ObjectWriter<T> holder) {
    this.specifier = specifier;
    this.holder = holder;
    if (specifier.script() != null
        && ExtendedFilename.forWriting(specifier.archive()).kind() != ExtendedFilename.Kind.FILE) {
      log.warn(
          "the script file {} cannot be read back, for the archive '{}' is no file",
          specifier.script(),
          specifier.archive());
    }
    this.archive = KaldiOutput.open(specifier.archive());
    try {
      this.script = specifier.script() == null ? null : KaldiOutput.open(specifier.script());
    } catch (StjemException e) {
      closeQuietly(archive);
      throw e;
    }
  }

  @Override
  public void write(String key, T value) {
    if (!TokenVectorHolder.isToken(key)) {
      throw new EntryException("'" + key + "' cannot be a key: " + TokenVectorHolder.NOT_A_TOKEN);
    }
    try {
      writeEntry(key, value);
    } catch (IOException e) {
      throw new TableException(
          "cannot write " + archive.name() + ": " + StjemException.reason(e), e);
    }
  }

  private void writeEntry(String key, T value) throws IOException {
    long start = archive.position();
    archive.writeText(key + " ");
    long offset = archive.position();
    try {
      holder.write(archive, specifier.binary(), value);
    } catch (StjemException e) {
      archive.takeBack(start);
      throw new EntryException("cannot write '" + key + "': " + e.getMessage(), e);
    }
    if (script != null) {
      script.writeText(key + " " + specifier.archive() + ":" + offset + "\n");
    }
    if (specifier.flush()) {
      archive.flush();
      if (script != null) {
        script.flush();
      }
    }
  }

  @Override
  public void commit() {
    committed = true;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (committed) {
        complete(archive);
        if (script != null) {
          complete(script);
        }
      }
    } finally {
      closeQuietly(archive);
      if (script != null) {
        closeQuietly(script);
      }
    }
  }

  private void complete(KaldiOutput output) {
    try {
      int status = output.complete();
      if (status != 0 && !specifier.permissive()) {
        throw new TableException(output.pipeFailed(status));
      }
    } catch (IOException e) {
      throw new TableException(
          "cannot write " + output.name() + ": " + StjemException.reason(e), e);
    }
  }

  private static void closeQuietly(KaldiOutput output) {
    try {
      output.close();
    } catch (IOException e) {
      log.warn("cannot close {}: {}", output.name(), StjemException.reason(e));
    }
  }
}
