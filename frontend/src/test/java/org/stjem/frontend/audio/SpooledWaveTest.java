package org.stjem.frontend.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stjem.frontend.io.StjemException;

class SpooledWaveTest {
  private static final int SAMPLES = 90_000;
  private static final SplittableRandom RANDOM = new SplittableRandom(5);

  /** A file, and what it is if it has no header. */
  private record Audio(String name, byte[] file, RawFormat raw) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Audio> files() {
    RawFormat raw = new RawFormat(8000, 3, RawEncoding.S24BE);
    return Stream.of(
        wav("8 bits", 1, 8, 2),
        wav("16 bits", 1, 16, 1),
        wav("16 bits of 4 channels", 1, 16, 4),
        wav("24 bits", 1, 24, 2),
        wav("32 bits", 1, 32, 2),
        wav("mu-law", 7, 8, 2),
        wav("A-law", 6, 8, 1),
        new Audio(
            "SPHERE",
            AudioFiles.sphere(
                "sample_rate -i 8000\nchannel_count -i 2\nsample_coding -s4 ulaw\n",
                noise(2 * SAMPLES)),
            null),
        new Audio("FLAC", AudioFiles.flac(8000, 16, false, ints(60_000), ints(60_000)), null),
        new Audio("raw", noise(9 * SAMPLES), raw));
  }

  private static Audio wav(String name, int code, int bits, int channels) {
    byte[] samples = noise(bits / 8 * channels * SAMPLES);
    return new Audio(name, AudioFiles.wav(code, bits, channels, 8000, samples), null);
  }

  private static byte[] noise(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static int[] ints(int count) {
    return RANDOM.ints(count, Short.MIN_VALUE, Short.MAX_VALUE).toArray();
  }

  @ParameterizedTest
  @MethodSource("files")
  void samples_inFiles_areThoseInMemory(Audio audio) throws IOException {
    WaveData whole = WaveReader.read(new ByteArrayInputStream(audio.file), "test", audio.raw);
    try (SpooledWave spooled = read(audio)) {
      assertThat(spooled.sampleRate()).isEqualTo(whole.sampleRate());
      assertThat(spooled.numChannels()).isEqualTo(whole.numChannels());
      assertThat(spooled.numSamples()).isEqualTo(whole.numSamples());
      assertThat(spooled.duration()).isEqualTo(whole.duration());
      for (int c = 0; c < whole.numChannels(); c++) {
        float[] expected = whole.channel(c);
        assertThat(spooled.samples(c, 0, expected.length)).isEqualTo(expected);
        int from = RANDOM.nextInt(expected.length);
        int to = RANDOM.nextInt(from, expected.length);
        assertThat(spooled.samples(c, from, to)).isEqualTo(Arrays.copyOfRange(expected, from, to));
      }
    }
  }

  @Test
  void files_haveNoNameWhileTheyAreOpenAndAreGoneAfterwards() throws IOException {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    SpooledWave wave = read(wav("16 bits", 1, 16, 1));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".samples"))).isEmpty();
    }
    wave.close();
    assertThatThrownBy(() -> wave.samples(0, 0, 1))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining(folder.toString());
  }

  private static SpooledWave read(Audio audio) throws IOException {
    return SpooledWave.read(
        new ByteArrayInputStream(audio.file), "test", audio.raw, () -> {}, 1000);
  }
}
