package org.stjem.acoustic.watch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.stjem.acoustic.recognition.EndpointRules;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** One sound that a page sends bit by bit, kept in memory. Thread-safe. */
final class WatchSession {
  /** Everything is looked at anew when the sound has grown by this factor and so many frames. */
  private static final double GROWTH = 1.1;

  private static final int LEAST_FRAMES = 25;

  /** Log-Mel features from 0 to this are sent as bytes. */
  private static final float LOUDEST = 25;

  private static final int STEPS = 255;

  private final Watcher watcher;
  private final int maxSeconds;
  private final Optional<EndpointRules> endpoints;
  private final Sound sound;
  private int sentFrames;
  private int seenFrames;
  private boolean ended;
  private volatile long lastUse = System.nanoTime();

  /**
   * At the start of a sound.
   *
   * @param endpoints where its utterances end; none if it is one
   */
  WatchSession(Watcher watcher, int maxSeconds, Optional<EndpointRules> endpoints) {
    this.watcher = watcher;
    this.maxSeconds = maxSeconds;
    this.endpoints = endpoints;
    this.sound = new Sound(watcher.recognizer().frontend().rawStream("sound"));
  }

  /** When it was last asked for, by {@link System#nanoTime}. */
  long lastUse() {
    return lastUse;
  }

  /**
   * Takes the next samples.
   *
   * @param bytes 16-bit samples, little-endian
   * @param last whether they are the last
   * @return what is new
   * @throws StjemException if the sound is too long or has ended before
   */
  synchronized Map<String, Object> accept(byte[] bytes, boolean last) {
    lastUse = System.nanoTime();
    if (ended) {
      throw new StjemException("the sound has ended already");
    }
    if (bytes.length % Short.BYTES != 0) {
      throw new StjemException("half a sample: " + bytes.length + " bytes");
    }
    int rate = watcher.recognizer().sampleRate();
    ShortBuffer shorts = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    if (sound.samples() + shorts.remaining() > (long) maxSeconds * rate) {
      throw new StjemException("a sound may last " + maxSeconds + " s at most (--max-seconds)");
    }
    float[] samples = new float[shorts.remaining()];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = shorts.get(i);
    }
    sound.accept(samples);
    if (last) {
      ended = true;
      sound.end();
    }
    double seconds = (double) sound.samples() / rate;
    FloatMatrix features = sound.features();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("seconds", seconds);
    answer.put("mel", mel(features));
    if (features.rows() > 0 && (last || features.rows() >= GROWTH * seenFrames + LEAST_FRAMES)) {
      seenFrames = features.rows();
      answer.put("view", watcher.view(features, seconds, last, endpoints));
    } else if (last) {
      throw new StjemException("the sound is too short: " + sound.samples() + " samples");
    }
    lastUse = System.nanoTime();
    return answer;
  }

  private Map<String, Object> mel(FloatMatrix features) {
    int cols = features.cols();
    byte[] data = new byte[(features.rows() - sentFrames) * cols];
    for (int i = 0; i < data.length; i++) {
      float value = features.data()[sentFrames * cols + i];
      data[i] = (byte) Math.round(STEPS * Math.max(0, Math.min(1, value / LOUDEST)));
    }
    Map<String, Object> mel = new LinkedHashMap<>();
    mel.put("from", sentFrames);
    mel.put("bins", cols);
    mel.put("data", Base64.getEncoder().encodeToString(data));
    sentFrames = features.rows();
    return mel;
  }
}
