package org.stjem.frontend.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class WaveWriterTest {

  @Test
  void write_whatWasReadFromPcm_givesTheSameBytes() throws IOException {
    byte[] original;
    try (InputStream in = getClass().getResourceAsStream("/golden/fbank/audio/noise.wav")) {
      original = in.readAllBytes();
    }
    WaveData wave = WaveReader.read(new ByteArrayInputStream(original), "noise.wav");

    assertThat(written(wave)).isEqualTo(original);
  }

  @Test
  void write_fractionsAndOverflow_areCutOffAndClipped() throws IOException {
    WaveData wave =
        new WaveData(8000, new float[][] {{1.9f, -1.9f, 40000f}, {-40000f, 32767.4f, -32768.9f}});

    WaveData back = WaveReader.read(new ByteArrayInputStream(written(wave)), "written");

    assertThat(back.sampleRate()).isEqualTo(8000);
    assertThat(back.channel(0)).containsExactly(1f, -1f, 32767f);
    assertThat(back.channel(1)).containsExactly(-32768f, 32767f, -32768f);
  }

  private static byte[] written(WaveData wave) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    WaveWriter.write(wave, out, "test");
    return out.toByteArray();
  }
}
