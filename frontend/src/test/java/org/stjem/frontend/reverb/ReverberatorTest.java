package org.stjem.frontend.reverb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.io.StjemException;

class ReverberatorTest {
  private static final int RATE = 16000;
  private static final double NO_NOISE = Double.POSITIVE_INFINITY;

  /** White noise in bursts: sharp in time and in autocorrelation. */
  private static float[] speech(int samples, double level) {
    Random random = new Random(5);
    float[] speech = new float[samples];
    for (int i = 0; i < samples; i++) {
      boolean on = i / 1600 % 3 != 2;
      speech[i] = on ? (float) (level * random.nextGaussian()) : 0;
    }
    return speech;
  }

  private static List<Rir> bank(SourceDistance distance) {
    return SimulatedRir.bank(List.of(Room.values()), List.of(distance), 2, 11);
  }

  @ParameterizedTest
  @EnumSource(SourceDistance.class)
  void reverberate_everyCondition_keepsLengthAndTimeOfTheDirectPath(SourceDistance distance) {
    float[] speech = speech(24000, 300);
    for (Rir rir : bank(distance)) {
      Reverberator reverberator = new Reverberator(List.of(rir), new PinkNoise(), 20, 1);
      float[] result = reverberator.reverberate("u", speech, RATE).samples();
      assertThat(result).hasSameSizeAs(speech);
      assertThat(bestLag(speech, result, 200)).isZero();
    }
  }

  private static int bestLag(float[] a, float[] b, int reach) {
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int lag = -reach; lag <= reach; lag++) {
      double sum = 0;
      for (int i = reach; i < a.length - reach; i++) {
        sum += (double) a[i] * b[i + lag];
      }
      if (sum > highest) {
        highest = sum;
        best = lag;
      }
    }
    return best;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 10, 20})
  void reverberate_withNoise_hasTheSignalToNoiseRatioAskedFor(double snr) {
    float[] speech = speech(48000, 500);
    for (Rir rir : bank(SourceDistance.FAR)) {
      float[] noisy =
          new Reverberator(List.of(rir), new PinkNoise(), snr, 1)
              .reverberate("u", speech, RATE)
              .samples();
      float[] quiet =
          new Reverberator(List.of(rir), new PinkNoise(), NO_NOISE, 1)
              .reverberate("u", speech, RATE)
              .samples();
      float[] noise = new float[speech.length];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = noisy[i] - quiet[i];
      }
      double early = Reverberator.power(rir.at(RATE).early(speech));
      double measured = 10 * Math.log10(early / Reverberator.power(noise));
      assertThat(measured).isCloseTo(snr, within(0.5));
    }
  }

  @Test
  void reverberate_sameKeyAndSeed_givesTheSameWhateverCameBefore() {
    float[] speech = speech(8000, 500);
    List<Rir> bank = bank(SourceDistance.NEAR);
    Reverberator first = new Reverberator(bank, new PinkNoise(), 20, 1);
    Reverberator second = new Reverberator(bank, new PinkNoise(), 20, 1);
    first.reverberate("a", speech, RATE);
    float[] b = first.reverberate("b", speech, RATE).samples();
    assertThat(second.reverberate("b", speech, RATE).samples()).containsExactly(b);
    assertThat(second.reverberate("a", speech, RATE).samples()).isNotEqualTo(b);
    assertThat(new Reverberator(bank, new PinkNoise(), 20, 2).reverberate("b", speech, RATE))
        .isNotEqualTo(b);
  }

  @Test
  void condition_manyKeys_areSpreadEvenly() {
    List<Rir> bank =
        SimulatedRir.bank(List.of(Room.values()), List.of(SourceDistance.values()), 1, 1);
    Reverberator reverberator = new Reverberator(bank, new PinkNoise(), 20, 1);
    int[] counts = new int[6];
    for (int i = 0; i < 6000; i++) {
      Condition condition = reverberator.condition("speaker-" + i);
      int room = Room.valueOf(condition.room().toUpperCase(Locale.ROOT)).ordinal();
      counts[2 * room + (condition.distance().equals("far") ? 1 : 0)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(850, 1150);
    }
  }

  @Test
  void reverberate_loudSpeech_isScaledDownInsteadOfClipped() {
    Reverberator reverberator =
        new Reverberator(bank(SourceDistance.FAR), new PinkNoise(), NO_NOISE, 1);
    Reverberator.Result loud = reverberator.reverberate("u", speech(16000, 10000), RATE);
    Reverberator.Result soft = reverberator.reverberate("u", speech(16000, 100), RATE);
    assertThat(loud.scale()).isLessThan(1f);
    assertThat(soft.scale()).isEqualTo(1f);
    float peak = 0;
    for (float sample : loud.samples()) {
      peak = Math.max(peak, Math.abs(sample));
    }
    assertThat(peak).isEqualTo(32767f);
    int at = 5000;
    assertThat(loud.samples()[at] / (100 * loud.scale()))
        .isCloseTo(soft.samples()[at], within(1.5f));
  }

  @Test
  void reverberate_silence_staysSilentAndEmptyStaysEmpty() {
    Reverberator reverberator = new Reverberator(bank(SourceDistance.FAR), new PinkNoise(), 20, 1);
    assertThat(reverberator.reverberate("u", new float[500], RATE).samples())
        .containsOnly(0f)
        .hasSize(500);
    assertThat(reverberator.reverberate("u", new float[0], RATE).samples()).isEmpty();
  }

  @Test
  void pinkNoise_powerFallsWithFrequencyAndLevelIsSteady() {
    float[] noise = new PinkNoise().make(160000, RATE, new Random(1));
    double low = bandPower(noise, 200, 400);
    double high = bandPower(noise, 1600, 3200);
    // Equal power per octave.
    assertThat(10 * Math.log10(low / high)).isCloseTo(0, within(1.0));
    double start = Reverberator.power(Arrays.copyOf(noise, 8000));
    double all = Reverberator.power(noise);
    assertThat(10 * Math.log10(start / all)).isCloseTo(0, within(2.0));
  }

  private static double bandPower(float[] signal, int fromHz, int toHz) {
    int size = 1 << 16;
    float[] block = Arrays.copyOf(signal, size);
    new org.jtransforms.fft.FloatFFT_1D(size).realForward(block);
    double sum = 0;
    for (int bin = fromHz * (size / 32) / 500; bin < toHz * (size / 32) / 500; bin++) {
      sum += (double) block[2 * bin] * block[2 * bin] + block[2 * bin + 1] * block[2 * bin + 1];
    }
    return sum;
  }

  private static WaveData hall(int sampleRate, int direct) {
    float[] taps = new float[sampleRate / 2];
    Random random = new Random(1);
    for (int i = direct; i < taps.length; i++) {
      double seconds = (double) (i - direct) / sampleRate;
      taps[i] = (float) (1000 * random.nextGaussian() * Math.pow(10, -3.0 * seconds / 0.375));
    }
    taps[direct] = 20000;
    return WaveData.mono(sampleRate, taps);
  }

  @Test
  void recordedRir_itsOwnSampleRate_keepsTheTimeOfTheDirectPath() {
    Rir rir = new RecordedRir("hall", hall(8000, 40));
    assertThat(rir.condition().t60()).isCloseTo(0.375, within(0.05));
    float[] speech = speech(8000, 300);
    float[] result = rir.at(8000).reverberate(speech);
    assertThat(bestLag(speech, result, 100)).isZero();
    assertThatThrownBy(() -> new RecordedRir("void", WaveData.mono(8000, new float[100])))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("void");
  }

  private static float[] tone(int sampleRate) {
    float[] tone = new float[sampleRate];
    for (int i = 0; i < tone.length; i++) {
      tone[i] = (float) (1000 * Math.sin(2 * Math.PI * 1000 * i / sampleRate));
    }
    return tone;
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 16000, 40",
    "8000, 16000, 0",
    "48000, 16000, 1201",
    "48000, 16000, 0",
    "44100, 16000, 700",
    "16000, 44100, 333"
  })
  void recordedRir_otherSampleRate_keepsTimeAndGain(int from, int to, int direct) {
    Rir rir = new RecordedRir("hall", hall(from, direct));
    ImpulseResponse resampled = rir.at(to);
    assertThat(rir.at(to)).isSameAs(resampled);

    float[] click = new float[to / 2];
    click[3000] = 1;
    float[] heard = resampled.reverberate(click);
    int loudest = 0;
    for (int i = 0; i < heard.length; i++) {
      if (Math.abs(heard[i]) > Math.abs(heard[loudest])) {
        loudest = i;
      }
    }
    assertThat(loudest).isBetween(2999, 3001);

    // The first half second has the tone's onset in it.
    float[] before = rir.at(from).reverberate(tone(from));
    float[] after = resampled.reverberate(tone(to));
    double levelBefore = Reverberator.power(Arrays.copyOfRange(before, from / 2, from * 9 / 10));
    double levelAfter = Reverberator.power(Arrays.copyOfRange(after, to / 2, to * 9 / 10));
    assertThat(Math.sqrt(levelAfter / levelBefore)).isCloseTo(1, within(0.01));
  }

  @ParameterizedTest
  @ValueSource(ints = {8000, 11025, 48000})
  void recordedNoise_otherSampleRate_keepsTheLevel(int from) {
    WaveData recording = WaveData.mono(from, tone(from));
    float[] noise = new RecordedNoise(Map.of("noise", recording)).make(RATE, RATE, new Random(1));
    double level = Math.sqrt(Reverberator.power(noise));
    assertThat(level).isCloseTo(1000 / Math.sqrt(2), within(7.0));
    // As many periods as before, thus at 1 kHz.
    int crossings = 0;
    for (int i = 1; i < noise.length; i++) {
      crossings += noise[i - 1] < 0 && noise[i] >= 0 ? 1 : 0;
    }
    assertThat(crossings).isBetween(998, 1002);
  }

  @ParameterizedTest
  @CsvSource({"16000, 16000", "48000, 16000", "8000, 16000", "16000, 8000"})
  void reverberate_givenResponseAndNoise_hasTheSignalToNoiseRatioAskedFor(int from, int rate) {
    Rir rir = new RecordedRir("hall", hall(from, 40));
    WaveData fan = WaveData.mono(from, new PinkNoise().make(3 * from, from, new Random(4)));
    NoiseSource noises = new RecordedNoise(Map.of("fan", fan));
    float[] speech = speech(3 * rate, 500);
    float[] noisy =
        new Reverberator(List.of(rir), noises, 20, 1).reverberate("u", speech, rate).samples();
    float[] quiet =
        new Reverberator(List.of(rir), noises, NO_NOISE, 1)
            .reverberate("u", speech, rate)
            .samples();
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] -= quiet[i];
    }
    double early = Reverberator.power(rir.at(rate).early(speech));
    assertThat(10 * Math.log10(early / Reverberator.power(noisy))).isCloseTo(20, within(0.3));
  }

  @Test
  void recordings_withoutSound_areRefusedByName() {
    WaveData empty = WaveData.mono(RATE, new float[0]);
    WaveData silent = WaveData.mono(RATE, new float[100]);
    assertThatThrownBy(() -> new RecordedRir("void", empty))
        .isInstanceOf(StjemException.class)
        .hasMessage("impulse response void: an impulse response of 0 samples is silent");
    assertThatThrownBy(() -> new RecordedNoise(Map.of("void", empty)))
        .isInstanceOf(StjemException.class)
        .hasMessage("noise void: a recording of 0 samples is silent");
    assertThatThrownBy(() -> new RecordedNoise(Map.of("void", silent)))
        .isInstanceOf(StjemException.class)
        .hasMessage("noise void: a recording of 100 samples is silent");
  }

  @Test
  void recordedNoise_shorterThanTheSpeech_goesRound() {
    WaveData recording = WaveData.mono(RATE, new float[] {1, 2, 3});
    float[] noise = new RecordedNoise(Map.of("noise", recording)).make(7, RATE, new Random(1));
    for (int i = 0; i < 7; i++) {
      assertThat(noise[i] % 3).isEqualTo((noise[0] + i) % 3);
    }
  }
}
