package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StandardOutput;
import org.stjem.frontend.io.StjemException;

/**
 * A buffered output opened by a Kaldi wxfilename: a file, {@code -} for standard output, or {@code
 * | command} run by {@code sh -c}; encodes Kaldi's little-endian basic types (util/kaldi-io.cc,
 * base/io-funcs.cc).
 *
 * <p>A file is written as {@link AtomicFile} does: beside its final name, where it appears by
 * {@link #commit()}; links are followed, devices and FIFOs written straight through. Not safe for
 * concurrent use.
 */
public final class KaldiOutput extends OutputStream {
  private static final int BUFFER_BYTES = 1 << 17;

  private final String name;
  private final OutputStream stream;
  private final AtomicFile file;
  private final Process process;

  /**
   * Set at opening: {@code System.out} may be another stream for a while by the time of a write.
   */
  private final boolean standardOutput;

  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long flushed;
  private boolean closed;

  private KaldiOutput(
      String name, OutputStream stream, AtomicFile file, Process process, boolean standardOutput) {
    this.name = name;
    this.stream = stream;
    this.file = file;
    this.process = process;
    this.standardOutput = standardOutput;
  }

  /**
   * Opens {@code wxfilename}.
   *
   * @throws StjemException if it is malformed or cannot be opened
   */
  public static KaldiOutput open(String wxfilename) {
    ExtendedFilename target = ExtendedFilename.forWriting(wxfilename);
    try {
      return switch (target.kind()) {
        case STANDARD_STREAM -> new KaldiOutput("standard output", System.out, null, null, true);
        case PIPE -> {
          Process process =
              new ProcessBuilder(ByteNames.shell(target.target()))
                  .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                  .redirectError(ProcessBuilder.Redirect.INHERIT)
                  .start();
          yield new KaldiOutput(wxfilename, process.getOutputStream(), null, process, false);
        }
        case FILE -> openFile(target.path());
      };
    } catch (IOException e) {
      throw new StjemException("cannot write " + wxfilename + ": " + StjemException.reason(e), e);
    }
  }

  private static KaldiOutput openFile(Path path) throws IOException {
    AtomicFile file = AtomicFile.create(path);
    return new KaldiOutput(path.toString(), file.stream(), file, null, false);
  }

  /** The file's name, the pipe's command, or {@code standard output}, for messages. */
  public String name() {
    return name;
  }

  /** Number of bytes written so far. */
  public long position() {
    return flushed + buffer.position();
  }

  @Override
  public void write(int b) throws IOException {
    room(1);
    buffer.put((byte) b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > buffer.remaining()) {
      drain();
    }
    if (length > buffer.remaining()) {
      toStream(bytes, offset, length);
    } else {
      buffer.put(bytes, offset, length);
    }
  }

  /** Forgets what was written from {@code position} on, as long as it is still in the buffer. */
  void takeBack(long position) throws IOException {
    if (position < flushed) {
      throw new IOException("an entry that turned out to be unfit is half written");
    }
    buffer.position((int) (position - flushed));
  }

  private void room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      drain();
    }
  }

  private void drain() throws IOException {
    int n = buffer.position();
    buffer.clear();
    toStream(buffer.array(), 0, n);
  }

  private void toStream(byte[] bytes, int offset, int length) throws IOException {
    stream.write(bytes, offset, length);
    checkStandardOutput();
    flushed += length;
  }

  /** A print stream keeps its faults to itself. */
  private void checkStandardOutput() throws IOException {
    if (standardOutput) {
      StandardOutput.check((PrintStream) stream);
    }
  }

  @Override
  public void flush() throws IOException {
    drain();
    stream.flush();
    checkStandardOutput();
  }

  /** Writes the bytes of {@code text}, a {@link ByteText}. */
  public void writeText(String text) throws IOException {
    write(ByteText.encode(text));
  }

  /** Writes {@code \0B}, which starts a binary object. */
  public void writeBinaryHeader() throws IOException {
    write(0);
    write('B');
  }

  /** Writes a number as Kaldi's text forms do: seven significant digits, as C's {@code %.7g}. */
  public void writeNumber(double value) throws IOException {
    room(SevenDigits.LONGEST);
    buffer.position(SevenDigits.format(value, buffer.array(), buffer.position()));
  }

  /** Writes a little-endian integer of four bytes. */
  public void writeInt32(int value) throws IOException {
    room(Integer.BYTES);
    buffer.putInt(value);
  }

  /** Writes an integer in Kaldi's basic-type form: a byte 4, then the value. */
  public void writeSizedInt32(int value) throws IOException {
    write(4);
    writeInt32(value);
  }

  /** Writes little-endian floats. */
  public void writeFloats(float... values) throws IOException {
    int n = 0;
    while (n < values.length) {
      room(Float.BYTES);
      int k = Math.min(buffer.remaining() / Float.BYTES, values.length - n);
      buffer.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values, n, k);
      buffer.position(buffer.position() + k * Float.BYTES);
      n += k;
    }
  }

  /** Writes little-endian doubles. */
  public void writeDoubles(double... values) throws IOException {
    int n = 0;
    while (n < values.length) {
      room(Double.BYTES);
      int k = Math.min(buffer.remaining() / Double.BYTES, values.length - n);
      buffer.slice().order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(values, n, k);
      buffer.position(buffer.position() + k * Double.BYTES);
      n += k;
    }
  }

  /**
   * Completes the output: a file appears under its name, a command gets the end of its input and is
   * waited for.
   *
   * @return the exit status of a command, else 0
   */
  int complete() throws IOException {
    flush();
    if (file != null) {
      file.commit();
    }
    return finish();
  }

  /**
   * Completes the output.
   *
   * @throws StjemException if it was a command that failed
   */
  public void commit() throws IOException {
    int status = complete();
    if (status != 0) {
      throw new StjemException(pipeFailed(status));
    }
  }

  String pipeFailed(int status) {
    return "command '" + name + "' ended with status " + status;
  }

  /** Ends the output; a file that was not committed is removed. */
  @Override
  public void close() throws IOException {
    finish();
  }

  private int finish() throws IOException {
    if (closed) {
      return 0;
    }
    closed = true;
    if (file != null) {
      file.close();
    } else if (process != null) {
      return finishProcess();
    }
    return 0;
  }

  private int finishProcess() throws IOException {
    try {
      stream.close();
    } catch (IOException e) {
      // A command that stopped reading is judged by its exit status.
    }
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for command '" + name + "'", e);
    }
  }
}
