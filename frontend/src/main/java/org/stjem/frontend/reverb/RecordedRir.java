package org.stjem.frontend.reverb;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.io.StjemException;

/**
 * A room impulse response from a file, resampled where the speech has another sample rate; its
 * largest sample is taken for the direct path.
 */
public final class RecordedRir implements Rir {
  private static final Logger log = LoggerFactory.getLogger(RecordedRir.class);

  private final Condition condition;
  private final ImpulseResponse response;
  private final Map<Integer, ImpulseResponse> resampled = new ConcurrentHashMap<>();

  /**
   * The response in the first channel of {@code wave}.
   *
   * @param name for the table of conditions
   * @throws StjemException if it is empty or silent or has no decay to measure the reverberation
   *     time of
   */
  public RecordedRir(String name, WaveData wave) {
    float[] taps = wave.channel(0);
    int direct = 0;
    for (int i = 0; i < taps.length; i++) {
      if (Math.abs(taps[i]) > Math.abs(taps[direct])) {
        direct = i;
      }
    }
    try {
      response = new ImpulseResponse(wave.sampleRate(), taps, direct);
      condition = new Condition(name, response.t60(), "-");
    } catch (StjemException e) {
      throw new StjemException("impulse response " + name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Condition condition() {
    return condition;
  }

  @Override
  public ImpulseResponse at(int sampleRate) {
    if (sampleRate == response.sampleRate()) {
      return response;
    }
    return resampled.computeIfAbsent(sampleRate, this::resample);
  }

  private ImpulseResponse resample(int rate) {
    if (rate > response.sampleRate()) {
      log.warn(
          "Impulse response {} has a sample rate of {} Hz, the speech {} Hz; frequencies from {} Hz"
              + " on are lost",
          condition.room(),
          response.sampleRate(),
          rate,
          response.sampleRate() / 2);
    }
    return response.resampled(rate);
  }
}
