package org.stjem.frontend.reverb;

import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Makes reverberant, noisy speech of clean speech. What becomes of an utterance depends on the seed
 * and the utterance's key alone. Threads may share one.
 */
public final class Reverberator {
  private static final float FULL_SCALE = 32767f;

  private final List<Rir> bank;
  private final NoiseSource noises;
  private final double snr;
  private final long seed;
  private final Optional<TelephoneBand> line;

  /**
   * Reverberated speech.
   *
   * @param samples as many as the clean speech, whole numbers within 16 bits
   * @param scale factor that kept the samples from clipping; 1 if there was no need
   */
  public record Result(float[] samples, float scale) {}

  /**
   * A reverberator.
   *
   * @param bank at least one impulse response
   * @param noises the noise to add
   * @param snr in dB: power of the direct sound and the reflections within 50 ms over power of the
   *     noise, both averaged over the utterance, as in the REVERB challenge; infinite for no noise
   * @param seed for the choice of impulse response and noise
   */
  public Reverberator(List<Rir> bank, NoiseSource noises, double snr, long seed) {
    this(bank, noises, snr, seed, false);
  }

  /**
   * A reverberator, perhaps at the end of a telephone line.
   *
   * @param telephone whether speech, reflections and noise go through a telephone line, which
   *     leaves 300 to 3400 Hz of them
   */
  public Reverberator(
      List<Rir> bank, NoiseSource noises, double snr, long seed, boolean telephone) {
    this.bank = List.copyOf(bank);
    this.noises = noises;
    this.snr = snr;
    this.seed = seed;
    this.line = telephone ? Optional.of(new TelephoneBand()) : Optional.empty();
  }

  /** The condition that the utterance {@code key} gets. */
  public Condition condition(String key) {
    return rir(SeededRandom.of(seed, key)).condition();
  }

  private Rir rir(Random random) {
    return bank.get(random.nextInt(bank.size()));
  }

  /**
   * The utterance {@code key} in its room.
   *
   * @param speech at the scale of 16-bit integers; not changed
   * @param sampleRate of the speech, in Hz; impulse response and noise are fitted to it
   */
  public Result reverberate(String key, float[] speech, int sampleRate) {
    Random random = SeededRandom.of(seed, key);
    ImpulseResponse response = rir(random).at(sampleRate);
    float[] samples = response.reverberate(speech);
    if (snr < Double.POSITIVE_INFINITY) {
      float[] noise = noises.make(speech.length, sampleRate, random);
      double noisePower = power(noise);
      double wanted = power(response.early(speech)) / Math.pow(10, snr / 10);
      float gain = noisePower == 0 ? 0 : (float) Math.sqrt(wanted / noisePower);
      for (int i = 0; i < samples.length; i++) {
        samples[i] += gain * noise[i];
      }
    }
    if (line.isPresent()) {
      samples = line.get().apply(samples, sampleRate);
    }
    float peak = 0;
    for (float sample : samples) {
      peak = Math.max(peak, Math.abs(sample));
    }
    float scale = peak > FULL_SCALE ? FULL_SCALE / peak : 1;
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.round(samples[i] * scale);
    }
    return new Result(samples, scale);
  }

  /** Mean square. */
  static double power(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    return sum / samples.length;
  }
}
