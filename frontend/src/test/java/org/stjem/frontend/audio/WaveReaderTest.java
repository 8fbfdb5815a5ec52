package org.stjem.frontend.audio;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.stjem.frontend.audio.AudioFiles.ascii;
import static org.stjem.frontend.audio.AudioFiles.chunk;
import static org.stjem.frontend.audio.AudioFiles.extensible;
import static org.stjem.frontend.audio.AudioFiles.flac;
import static org.stjem.frontend.audio.AudioFiles.format;
import static org.stjem.frontend.audio.AudioFiles.pcm16;
import static org.stjem.frontend.audio.AudioFiles.read;
import static org.stjem.frontend.audio.AudioFiles.riff;
import static org.stjem.frontend.audio.AudioFiles.sphere;
import static org.stjem.frontend.audio.AudioFiles.wav;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.io.StjemException;

class WaveReaderTest {

  @Test
  void read_pcm16_givesIntegersOfEveryChannel() {
    WaveData wave = read(wav(1, 16, 2, 16000, pcm16(1, -2, 32767, -32768)));
    assertThat(wave.sampleRate()).isEqualTo(16000);
    assertThat(wave.channel(0)).containsExactly(1, 32767);
    assertThat(wave.channel(1)).containsExactly(-2, -32768);
  }

  @Test
  void read_otherResolutions_areScaledToSixteenBits() {
    byte[] eight = {0, (byte) 128, (byte) 255};
    assertThat(read(wav(1, 8, 1, 8000, eight)).channel(0)).containsExactly(-32768, 0, 32512);
    byte[] twentyFour = {0, 1, 0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0, 0, (byte) 0x80};
    assertThat(read(wav(1, 24, 1, 8000, twentyFour)).channel(0))
        .containsExactly(1, -1 / 256f, -32768);
    assertThat(read(wav(1, 20, 1, 8000, twentyFour)).channel(0)).hasSize(3);
    byte[] thirtyTwo = little(8).putInt(1 << 16).putInt(Integer.MIN_VALUE).array();
    assertThat(read(wav(1, 32, 1, 8000, thirtyTwo)).channel(0)).containsExactly(1, -32768);
    byte[] floats = little(8).putFloat(0.5f).putFloat(-1.5f).array();
    assertThat(read(wav(3, 32, 1, 8000, floats)).channel(0)).containsExactly(16384, -49152);
    byte[] doubles = little(8).putDouble(0.25).array();
    assertThat(read(wav(3, 64, 1, 8000, doubles)).channel(0)).containsExactly(8192);
  }

  @Test
  void read_g711_givesTheLevelsOfTheStandard() {
    // ITU-T G.711 tables 1a and 2a, scaled from 13 and 14 to 16 bits; ends and middle.
    byte[] codes = {0, 0x0F, 0x7F, (byte) 0x80, (byte) 0xFF};
    assertThat(read(wav(7, 8, 1, 8000, codes)).channel(0))
        .containsExactly(-32124, -16764, 0, 32124, 0);
    byte[] aLaw = {0x2A, (byte) 0xAA, 0x55, (byte) 0xD5, (byte) 0x80};
    assertThat(read(wav(6, 8, 1, 8000, aLaw)).channel(0))
        .containsExactly(-32256, 32256, -8, 8, 5504);
  }

  @Test
  void read_extensibleFormats_areReadByTheirGuid() {
    byte[] floats = little(8).putFloat(0.5f).putFloat(-0.5f).array();
    byte[] file = riff(join(chunk("fmt ", extensible(3, 32, 1, 44100)), chunk("data", floats)));
    assertThat(read(file).channel(0)).containsExactly(16384, -16384);
    byte[] pcm = riff(join(chunk("fmt ", extensible(1, 16, 2, 44100)), chunk("data", pcm16(7, 8))));
    assertThat(read(pcm).channel(1)).containsExactly(8);
  }

  @Test
  void read_otherChunks_areSkippedWithTheirPadding() {
    byte[] file =
        riff(
            join(
                chunk("JUNK", new byte[7]),
                chunk("fmt ", Arrays.copyOf(format(1, 16, 1, 16000), 18)),
                chunk("LIST", ascii("odd")),
                chunk("data", pcm16(1, 2, 3)),
                chunk("LIST", new byte[100])));
    assertThat(read(file).channel(0)).containsExactly(1, 2, 3);
  }

  @Test
  void read_bigEndian_isSwapped() {
    byte[] file =
        ByteBuffer.allocate(48)
            .put(ascii("RIFX"))
            .putInt(40)
            .put(ascii("WAVEfmt "))
            .putInt(16)
            .putShort((short) 1)
            .putShort((short) 1)
            .putInt(16000)
            .putInt(32000)
            .putShort((short) 2)
            .putShort((short) 16)
            .put(ascii("data"))
            .putInt(4)
            .putShort((short) 258)
            .putShort((short) -2)
            .array();
    assertThat(read(file).channel(0)).containsExactly(258, -2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 0x7FFFF000, 0x7FFFFFFF, 0x7FFFEFDC, Integer.MIN_VALUE, -40})
  void read_dataSizeOfAStream_readsToTheEnd(int announced) {
    byte[] file = wav(1, 16, 1, 16000, pcm16(1, 2, 3));
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(40, announced);
    assertThat(read(file).channel(0)).containsExactly(1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void read_riffSizeOfAStream_leavesTheSizeOfTheData(int announced) {
    byte[] file = wav(1, 16, 1, 16000, pcm16(1, 2, 3));
    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(4, announced).putInt(40, 2);
    assertThat(read(file).channel(0)).containsExactly(1);
  }

  @Test
  void read_truncatedData_givesWhatIsThere() {
    byte[] file = wav(1, 16, 1, 16000, pcm16(1, 2, 3));
    assertThat(read(Arrays.copyOf(file, file.length - 1)).channel(0)).containsExactly(1, 2);
  }

  @Test
  void decode_inAnArchive_consumesNothingBehindTheSamples() throws IOException {
    byte[] file = join(wav(1, 16, 1, 16000, pcm16(1, 2)), ascii("next"));
    InputStream in = new ByteArrayInputStream(file);
    WaveReader.decode(in, "archive", null, null);
    assertThat(new String(in.readAllBytes(), US_ASCII)).isEqualTo("next");
  }

  @Test
  void read_sphere_givesEveryCoding() {
    String common = "; a comment\nchannel_count -i 2\nsample_rate -i 16000\n";
    String pcm = common + "sample_n_bytes -i 2\nsample_count -i 2\nsample_coding -s3 pcm\n";
    WaveData little =
        read(sphere(pcm + "sample_byte_format -s2 01\n", pcm16(1, -1, 2, -2, 99, 99)));
    assertThat(little.channel(0)).containsExactly(1, 2);
    assertThat(little.channel(1)).containsExactly(-1, -2);
    WaveData big = read(sphere(pcm + "sample_byte_format -s2 10\n", pcm16(256, 0, 512, 0)));
    assertThat(big.channel(0)).containsExactly(1, 2);
    byte[] codes = {0, (byte) 0x80};
    assertThat(read(sphere(common + "sample_coding -s4 ulaw\n", codes)).channel(1))
        .containsExactly(32124);
    byte[] aLaw = {0x2A, 0x2A};
    assertThat(read(sphere(common + "sample_coding -s4 alaw\n", aLaw)).channel(1))
        .containsExactly(-32256);
  }

  @Test
  void read_shortenedSphere_namesTheRemedy() {
    String fields = "sample_rate -i 16000\nsample_coding -s26 pcm,embedded-shorten-v2.00\n";
    assertThatThrownBy(() -> read(sphere(fields, new byte[10])))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("'sph2pipe -f wav -p test |'");
  }

  @Test
  void read_samplesWithoutHeader_areThoseOfTheGivenFormat() {
    byte[] big = {1, 0, 0, 1, (byte) 0xFF, (byte) 0xFE, 0, 2, 99};
    WaveData stereo = readRaw(big, new RawFormat(8000, 2, RawEncoding.S16BE));
    assertThat(stereo.sampleRate()).isEqualTo(8000);
    assertThat(stereo.channel(0)).containsExactly(256, -2);
    assertThat(stereo.channel(1)).containsExactly(1, 2);
    byte[] floats = little(8).putFloat(0.5f).putFloat(-1).array();
    assertThat(readRaw(floats, new RawFormat(8000, 1, RawEncoding.F32LE)).channel(0))
        .containsExactly(16384, -32768);
    byte[] tiny = {0, (byte) 0x80};
    assertThat(readRaw(tiny, new RawFormat(8000, 1, RawEncoding.MULAW)).channel(0))
        .containsExactly(-32124, 32124);
    // A header is believed all the same.
    byte[] wave = wav(1, 16, 1, 16000, pcm16(7));
    assertThat(readRaw(wave, new RawFormat(8000, 2, RawEncoding.S8)).channel(0)).containsExactly(7);
    assertThatThrownBy(() -> readRaw(new byte[1], new RawFormat(8000, 1, RawEncoding.S16LE)))
        .isInstanceOf(StjemException.class);
  }

  private static WaveData readRaw(byte[] file, RawFormat format) {
    return WaveReader.read(new ByteArrayInputStream(file), "test", format);
  }

  @Test
  void read_flacOfEveryResolution_isScaledToSixteenBits() {
    int[] left = {100, -100, 127, -128, 5};
    int[] right = {-3, 99, -128, 127, 6};
    for (int bits : new int[] {8, 16, 24}) {
      for (boolean midSide : new boolean[] {false, true}) {
        WaveData wave = read(flac(44100, bits, midSide, left, right));
        assertThat(wave.sampleRate()).isEqualTo(44100);
        float scale = (float) Math.pow(2, 16 - bits);
        for (int i = 0; i < left.length; i++) {
          assertThat(wave.channel(0)[i]).isEqualTo(left[i] * scale);
          assertThat(wave.channel(1)[i]).isEqualTo(right[i] * scale);
        }
      }
    }
  }

  @Test
  void read_flacWithEscapedPartitions_printsNothing() {
    PrintStream standardOutput = System.out;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setOut(new PrintStream(captured, true, US_ASCII));
    try {
      read(flac(16000, 16, true, new int[] {1, 2}, new int[] {3, 4}));
    } finally {
      System.setOut(standardOutput);
    }
    assertThat(captured.size()).isZero();
  }

  @Test
  void read_flacOnSeveralThreads_putsStandardOutputBack() {
    PrintStream standardOutput = System.out;
    byte[] file = flac(16000, 16, true, new int[] {1, 2}, new int[] {3, 4});
    IntStream.range(0, 100)
        .parallel()
        .forEach(i -> assertThat(read(file).channel(1)).containsExactly(3, 4));
    assertThat(System.out).isSameAs(standardOutput);
  }

  @Test
  void read_flacOnAnotherThread_dropsNothingOfThisOne() throws Exception {
    PrintStream standardOutput = System.out;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setOut(new PrintStream(captured, true, US_ASCII));
    byte[] file = flac(16000, 16, true, new int[] {1, 2}, new int[] {3, 4});
    CountDownLatch decoding = new CountDownLatch(1);
    CountDownLatch printed = new CountDownLatch(1);
    InputStream slow =
        new FilterInputStream(new ByteArrayInputStream(file)) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            if (available() < file.length - 4) {
              decoding.countDown();
              try {
                printed.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            }
            return super.read(bytes, offset, length);
          }
        };
    try {
      Thread reader = new Thread(() -> WaveReader.read(slow, "slow"));
      reader.start();
      decoding.await();
      PrintStream opened = System.out;
      opened.print("fea");
      printed.countDown();
      reader.join();
      opened.print("tures");
      assertThat(opened.checkError()).isFalse();
    } finally {
      System.setOut(standardOutput);
    }
    assertThat(captured.toString(US_ASCII)).isEqualTo("features");
  }

  @Test
  void read_encodedFlac_agreesWithTheChecksumOfItsSamples() throws Exception {
    for (String name : List.of("s01-001", "s08-003", "t04-001")) {
      Path file = Path.of(System.getProperty("stjem.root"), "scripts/mini/audio/" + name + ".flac");
      WaveData wave;
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
        wave = WaveReader.read(in, name);
      }
      ByteArrayOutputStream written = new ByteArrayOutputStream();
      WaveWriter.write(wave, written, name);
      byte[] pcm = Arrays.copyOfRange(written.toByteArray(), 44, written.size());
      byte[] announced = Arrays.copyOfRange(Files.readAllBytes(file), 26, 42);
      assertThat(MessageDigest.getInstance("MD5").digest(pcm)).isEqualTo(announced);
    }
  }

  @Test
  void read_flacWithABadFrame_isRefused() {
    byte[] file = flac(16000, 16, false, new Random(1).ints(500, -999, 999).toArray());
    file[file.length - 300] ^= 4;
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("CRC");
  }

  @Test
  void read_whatIsNoAudio_saysSo() {
    assertThatThrownBy(() -> read(new byte[0])).hasMessage("test: empty, no audio");
    assertThatThrownBy(() -> read(ascii("OggS and so on")))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("starts with bytes 4f 67 67 53")
        .hasMessageContaining("sox");
    assertThatThrownBy(() -> read(wav(1, 16, 1, 16000, new byte[0])))
        .isInstanceOf(StjemException.class)
        .hasMessage("test: no samples behind the header");
    assertThatThrownBy(() -> read(wav(2, 4, 1, 16000, new byte[64])))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("WAV format 2 with 4 bits");
    assertThatThrownBy(() -> read(wav(1, 16, 0, 16000, new byte[64])))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("0 channels");
    byte[] notANumber = little(8).putFloat(0).putFloat(Float.NaN).array();
    assertThatThrownBy(() -> read(wav(3, 32, 1, 16000, notANumber)))
        .isInstanceOf(StjemException.class)
        .hasMessage("test: sample 1 of channel 0 is NaN");
    byte[] tooLarge = little(8).putFloat(0).putFloat(1e15f).array();
    assertThatThrownBy(() -> read(wav(3, 32, 1, 16000, tooLarge)))
        .isInstanceOf(StjemException.class)
        .hasMessage("test: sample 1 of channel 0 is 9.9999999E14 where full scale is 1");
  }

  @Test
  void read_corruptBytes_throwNothingButStjemException() {
    byte[] samples = new byte[400];
    Random random = new Random(7);
    random.nextBytes(samples);
    int[] left = random.ints(200, -30000, 30000).toArray();
    List<byte[]> files =
        List.of(
            wav(1, 16, 2, 16000, samples),
            riff(join(chunk("fmt ", extensible(3, 32, 1, 8000)), chunk("data", samples))),
            sphere("sample_rate -i 16000\nsample_n_bytes -i 2\nsample_count -i 9\n", samples),
            flac(16000, 16, false, left));
    for (byte[] file : files) {
      for (int trial = 0; trial < 400; trial++) {
        byte[] broken = Arrays.copyOf(file, 1 + random.nextInt(file.length));
        for (int flips = random.nextInt(8); flips > 0; flips--) {
          // Mostly in the header, where it matters.
          int limit = random.nextBoolean() ? 60 : broken.length;
          broken[random.nextInt(Math.min(limit, broken.length))] = (byte) random.nextInt(256);
        }
        try {
          assertThat(read(broken).numSamples()).isPositive();
        } catch (StjemException e) {
          assertThat(e).hasMessageStartingWith("test: ");
        }
      }
    }
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
