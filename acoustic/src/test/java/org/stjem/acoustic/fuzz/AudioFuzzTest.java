package org.stjem.acoustic.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.stjem.frontend.audio.WaveReader;

/** Recordings from strangers. */
@Timeout(400)
@Tag("hostile-files")
class AudioFuzzTest {
  /** Eight channels of the longest blocks, in the codec and as floats. */
  private static final long FLAC_FIXED_BYTES = 24L << 20;

  /** A block of 65 536 equal samples fits 12 bytes, and is copied as the recording grows. */
  private static final long FLAC_BYTES_PER_BYTE = 6 * 4 * 65_536 / 12;

  @FuzzTest
  void wav(byte[] file) {
    boolean longSizes = file.length > 1 && file[1] == 'F';
    read(file, longSizes ? "RF64" : "RI", HostileFile.mostBytes(file.length));
  }

  @FuzzTest
  void sphere(byte[] file) {
    read(file, "NIST", HostileFile.mostBytes(file.length));
  }

  @FuzzTest
  void flac(byte[] file) {
    FlacHeaders.mendChecksums(file);
    read(file, "fLaC", FLAC_FIXED_BYTES + FLAC_BYTES_PER_BYTE * file.length);
  }

  private static void read(byte[] file, String magic, long mostBytes) {
    byte[] expected = magic.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(expected, 0, file, 0, Math.min(expected.length, file.length));
    HostileFile.measure(
        () -> WaveReader.read(new ByteArrayInputStream(file), "hostile"), mostBytes);
  }
}
