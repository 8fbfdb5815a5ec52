package org.stjem.frontend.reverb;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.io.StjemException;

/**
 * Noise from recordings, resampled where the speech has another sample rate: a random one from a
 * random place on, from its start again at its end.
 */
public final class RecordedNoise implements NoiseSource {
  private final List<Noise> recordings;

  /**
   * Noise from the first channels of {@code recordings}, of which there is at least one.
   *
   * @param recordings by name, in an order that the choice depends on
   * @throws StjemException if one has no samples or only zeros
   */
  public RecordedNoise(Map<String, WaveData> recordings) {
    recordings.forEach(
        (name, wave) -> {
          if (wave.numSamples() == 0 || Reverberator.power(wave.channel(0)) == 0) {
            throw new StjemException(
                "noise " + name + ": a recording of " + wave.numSamples() + " samples is silent");
          }
        });
    this.recordings =
        recordings.values().stream()
            .map(wave -> new Noise(wave, new ConcurrentHashMap<>()))
            .collect(Collectors.toUnmodifiableList());
  }

  /** A recording and what was made of it, by sample rate. */
  private record Noise(WaveData wave, Map<Integer, float[]> resampled) {
    float[] at(int sampleRate) {
      float[] samples = wave.channel(0);
      return sampleRate == wave.sampleRate()
          ? samples
          : resampled.computeIfAbsent(
              sampleRate, rate -> SampleRate.convert(samples, wave.sampleRate(), rate));
    }
  }

  @Override
  public float[] make(int samples, int sampleRate, Random random) {
    float[] source = recordings.get(random.nextInt(recordings.size())).at(sampleRate);
    float[] noise = new float[samples];
    int from = random.nextInt(source.length);
    for (int i = 0; i < samples; i++) {
      noise[i] = source[(int) (((long) from + i) % source.length)];
    }
    return noise;
  }
}
