package org.stjem.acoustic.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.InputFile;
import org.stjem.frontend.io.StjemException;

/**
 * Files that are read at the start and again when they have changed and then not changed further
 * until the next look. While they cannot be used, what was read before stays in use, and the log
 * says why, once for each change. Used by one thread at a time.
 */
final class WatchedFiles {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

  /** Of certificates, keys and tokens. */
  private static final long MOST_BYTES = 16 << 20;

  private final String what;
  private final List<Path> files;
  private final Reader reader;
  private FileStamp used;
  private FileStamp seen;
  private FileStamp refused;

  /** Reads the files and puts what they hold to use. */
  @FunctionalInterface
  interface Reader {
    /**
     * Reads the files.
     *
     * @param again whether something is in use already
     */
    void read(boolean again) throws IOException;
  }

  /**
   * Reads files for the first time.
   *
   * @param what they hold, for messages
   * @throws StjemException if they cannot be used
   */
  WatchedFiles(String what, List<Path> files, Reader reader) {
    this.what = what;
    this.files = files;
    this.reader = reader;
    this.used = FileStamp.of(files);
    this.seen = used;
    read(false);
  }

  private void read(boolean again) {
    try {
      reader.read(again);
    } catch (IOException e) {
      throw new StjemException("cannot read " + what + ": " + StjemException.reason(e), e);
    }
  }

  /** Reads the files again if they have changed. */
  void look() {
    FileStamp now = FileStamp.of(files);
    boolean settled = now.equals(seen);
    seen = now;
    if (!settled || now.equals(used)) {
      return;
    }
    try {
      files.forEach(file -> InputFile.require(file, MOST_BYTES));
      read(true);
      used = now;
      refused = null;
      LOG.info("event=credentials-changed what=\"{}\"", what);
    } catch (StjemException e) {
      if (!now.equals(refused)) {
        refused = now;
        LOG.error(
            "event=credentials-broken what=\"{}\" reason={}; the old ones stay in use",
            what,
            ClientText.quoted(e.getMessage(), ClientText.MOST_OF_A_SENTENCE));
      }
    }
  }

  /** Warns of a file with secrets that every user of the machine can read. */
  static void warnIfPublic(Path file) {
    try {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        LOG.warn("every user of this machine can read {}; chmod o-r would change that", file);
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("the permissions of {} are not known: {}", file, e.getMessage());
    }
  }
}
