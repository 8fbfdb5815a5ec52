package org.stjem.frontend.audio;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.input.BoundedInputStream;
import org.jflac.FLACDecoder;
import org.jflac.FrameListener;
import org.jflac.frame.Frame;
import org.jflac.metadata.Metadata;
import org.jflac.metadata.StreamInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;

/**
 * Reads FLAC of up to 24 bits per sample, from a stream, frame by frame.
 *
 * <p>A frame whose checksum fails makes the recording unreadable, since leaving it out would shift
 * all that follows; a stream that ends early is read as far as it goes, with a warning, as is WAV.
 */
final class FlacDecoder {
  private static final Logger logger = LoggerFactory.getLogger(FlacDecoder.class);
  private static final int STREAMINFO_BYTES = 34;
  private static final int MAX_BITS = 24;

  private FlacDecoder() {}

  /** Reads one recording; {@code in} counts from the file's start and stands behind its magic. */
  static void read(BoundedInputStream in, String name, SampleBuffer samples) throws IOException {
    Silence.begin();
    try {
      decodeFile(in, name, samples);
    } finally {
      Silence.end();
    }
  }

  private static void decodeFile(BoundedInputStream in, String name, SampleBuffer samples)
      throws IOException {
    try {
      decode(new FLACDecoder(withoutTags(in)), in, name, samples);
    } catch (EOFException e) {
      throw new StjemException(
          "FLAC header ends early, at byte " + in.getCount() + ", before any samples", e);
    } catch (IndexOutOfBoundsException | NegativeArraySizeException | ArithmeticException e) {
      // The codec takes block sizes and orders as they come.
      throw corrupt(in, "a frame in which a number is out of its range");
    }
  }

  /**
   * The stream with no metadata but the stream's description: tags and pictures may be of any size
   * and are of no use here.
   */
  private static InputStream withoutTags(BoundedInputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    byte[] streamInfo = null;
    boolean last = false;
    while (!last) {
      int header = data.readInt();
      last = header < 0;
      int type = header >>> 24 & 0x7F;
      int size = header & 0xFFFFFF;
      if (type == Metadata.METADATA_TYPE_STREAMINFO && size >= STREAMINFO_BYTES) {
        streamInfo = new byte[STREAMINFO_BYTES];
        data.readFully(streamInfo);
        IOUtils.skipFully(in, size - STREAMINFO_BYTES);
      } else {
        IOUtils.skipFully(in, size);
      }
    }
    if (streamInfo == null) {
      throw corrupt(in, "no STREAMINFO block");
    }
    ByteBuffer start = ByteBuffer.allocate(8 + STREAMINFO_BYTES);
    start.put("fLaC".getBytes(StandardCharsets.US_ASCII));
    start.putInt(0x80 << 24 | STREAMINFO_BYTES).put(streamInfo);
    return new SequenceInputStream(new ByteArrayInputStream(start.array()), in);
  }

  private static void decode(
      FLACDecoder decoder, BoundedInputStream in, String name, SampleBuffer samples)
      throws IOException {
    decoder.readMetadata();
    StreamInfo info = decoder.getStreamInfo();
    int bits = info.getBitsPerSample();
    if (bits > MAX_BITS || info.getSampleRate() == 0) {
      throw corrupt(
          in, bits + " bits (at most " + MAX_BITS + ") at " + info.getSampleRate() + " Hz");
    }
    FirstFault fault = new FirstFault(in);
    decoder.addFrameListener(fault);
    samples.start(info.getSampleRate(), info.getChannels());
    float scale = (float) Math.scalb(1.0, 16 - bits);
    long total = info.getTotalSamples();
    while (total == 0 || samples.length() < total) {
      Frame frame = decoder.readNextFrame();
      if (fault.message != null && (frame != null || decoder.getBadFrames() > 0)) {
        throw corrupt(in, fault.message);
      }
      if (frame == null) {
        break;
      }
      if (frame.header.channels != info.getChannels() || frame.header.bitsPerSample != bits) {
        throw corrupt(in, "a frame of other resolution or number of channels");
      }
      int count = frame.header.blockSize;
      samples.reserve(count);
      for (int c = 0; c < info.getChannels(); c++) {
        int[] output = decoder.getChannelData()[c].getOutput();
        for (int i = 0; i < count; i++) {
          samples.set(c, i, output[i] * scale);
        }
      }
      samples.advance(count);
    }
    if (samples.length() == 0) {
      throw corrupt(in, "no frame of samples");
    }
    if (samples.length() < total) {
      logger.warn(
          "{}: expected {} samples, found {}; truncated file?", name, total, samples.length());
      samples.truncated();
    }
  }

  private static StjemException corrupt(BoundedInputStream in, String what) {
    return new StjemException(
        "corrupt or unsupported FLAC before byte " + in.getCount() + ": " + what);
  }

  /**
   * Keeps standard output, where features may go, free of the line that the codec prints for every
   * escaped partition: while any thread decodes, what the decoding threads print is dropped, and
   * what others print goes on.
   */
  private static final class Silence extends OutputStream {
    private static final ThreadLocal<Boolean> HERE = ThreadLocal.withInitial(() -> false);
    private static int decoding;
    private static PrintStream standardOutput;

    private final PrintStream target;

    private Silence(PrintStream target) {
      this.target = target;
    }

    static synchronized void begin() {
      HERE.set(true);
      if (decoding++ == 0) {
        standardOutput = System.out;
        System.setOut(ByteText.printStream(new Silence(standardOutput)));
      }
    }

    static synchronized void end() {
      HERE.set(false);
      if (--decoding == 0) {
        System.setOut(standardOutput);
      }
    }

    @Override
    public void write(int b) {
      if (!HERE.get()) {
        target.write(b);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (!HERE.get()) {
        target.write(bytes, offset, length);
      }
    }

    @Override
    public void flush() throws IOException {
      if (target.checkError()) {
        throw new IOException("standard output is closed");
      }
    }
  }

  /** Remembers what the codec reports and would go on after. */
  private static final class FirstFault implements FrameListener {
    private final BoundedInputStream in;
    private String message;

    FirstFault(BoundedInputStream in) {
      this.in = in;
    }

    @Override
    public void processMetadata(Metadata metadata) {}

    @Override
    public void processFrame(Frame frame) {}

    @Override
    public void processError(String text) {
      if (text.startsWith("Found bad header")) {
        // Where the data end behind such a header, the codec would read it again for ever.
        throw corrupt(in, text);
      }
      if (message == null) {
        message = text;
      }
    }
  }
}
