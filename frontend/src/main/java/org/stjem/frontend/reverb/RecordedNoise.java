package org.stjem.frontend.reverb;

import java.util.List;
import java.util.Random;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.io.StjemException;

/** Noise from recordings: a random one from a random place on, from its start again at its end. */
public final class RecordedNoise implements NoiseSource {
  private final List<WaveData> recordings;

  /** Noise from the first channels of {@code recordings}, of which there is at least one. */
  public RecordedNoise(List<WaveData> recordings) {
    this.recordings = List.copyOf(recordings);
  }

  @Override
  public float[] make(int samples, int sampleRate, Random random) {
    WaveData recording = recordings.get(random.nextInt(recordings.size()));
    if (recording.sampleRate() != sampleRate) {
      throw new StjemException(
          "a noise recording has a sample rate of "
              + recording.sampleRate()
              + " Hz, the speech "
              + sampleRate
              + " Hz");
    }
    float[] source = recording.channel(0);
    float[] noise = new float[samples];
    int from = random.nextInt(source.length);
    for (int i = 0; i < samples; i++) {
      noise[i] = source[(int) (((long) from + i) % source.length)];
    }
    return noise;
  }
}
