package org.stjem.frontend.io;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Standard output whose faults are found: a {@link PrintStream} keeps a full disk or a closed pipe
 * to itself, so whoever has printed asks {@link #check()} whether all of it arrived.
 */
public final class StandardOutput {
  /** Why the first write that failed did so; null while none has. */
  private static volatile IOException fault;

  private StandardOutput() {}

  /**
   * Makes {@code System.out} a stream of the bytes of {@link ByteText} that remembers the reason of
   * its first fault. Once in a process, before anything is printed.
   */
  public static void install() {
    OutputStream file = new Remembering(new FileOutputStream(FileDescriptor.out));
    System.setOut(ByteText.printStream(new BufferedOutputStream(file, 1 << 13)));
  }

  /**
   * Flushes {@code System.out} and says whether all that was printed arrived.
   *
   * @throws StjemException with the reason if it did not
   */
  public static void check() {
    try {
      check(System.out);
    } catch (IOException e) {
      throw new StjemException("cannot write standard output: " + e.getMessage(), e);
    }
  }

  /**
   * The same for a stream that is or was {@code System.out}.
   *
   * @throws IOException whose message is the reason
   */
  public static void check(PrintStream out) throws IOException {
    if (out.checkError()) {
      IOException reason = fault;
      throw new IOException(
          reason == null
              ? "nobody reads it any more, or the disk is full"
              : StjemException.reason(reason),
          reason);
    }
  }

  private static final class Remembering extends FilterOutputStream {
    Remembering(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        if (fault == null) {
          fault = e;
        }
        throw e;
      }
    }
  }
}
