package org.stjem.frontend.data;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveWriter;

/** Data directories with waves of seeded noise. */
public final class WaveDirs {
  private static final int RATE = 16000;
  private static final int SPEAKERS = 3;

  private WaveDirs() {}

  /** Key of utterance {@code i}: one speaker after the other, in byte order. */
  public static String key(int i, int utterances) {
    return String.format("%s-%03d", speaker(i, utterances), i);
  }

  private static String speaker(int i, int utterances) {
    return "spk" + i * SPEAKERS / utterances;
  }

  /** Writes waves of 0.2 to 0.5 s, wav.scp, utt2spk and spk2utt. */
  public static void write(Path dir, int utterances) throws IOException {
    Files.createDirectories(dir.resolve("wav"));
    StringBuilder waves = new StringBuilder();
    StringBuilder utt2spk = new StringBuilder();
    StringBuilder spk2utt = new StringBuilder();
    String last = "";
    for (int i = 0; i < utterances; i++) {
      String key = key(i, utterances);
      String speaker = speaker(i, utterances);
      Path file = dir.resolve("wav").resolve(key + ".wav");
      wave(file, 0.2 + 0.3 * i / utterances, 1, i);
      waves.append(key).append(' ').append(file).append('\n');
      utt2spk.append(key).append(' ').append(speaker).append('\n');
      if (!speaker.equals(last)) {
        spk2utt.append(last.isEmpty() ? "" : "\n").append(speaker);
      }
      spk2utt.append(' ').append(key);
      last = speaker;
    }
    Files.writeString(dir.resolve("wav.scp"), waves);
    Files.writeString(dir.resolve("utt2spk"), utt2spk);
    Files.writeString(dir.resolve("spk2utt"), spk2utt.append('\n'));
  }

  /** Writes noise. */
  public static void wave(Path file, double seconds, int channels, long seed) throws IOException {
    Random random = new Random(seed);
    float[][] samples = new float[channels][(int) (seconds * RATE)];
    for (float[] channel : samples) {
      for (int t = 0; t < channel.length; t++) {
        channel[t] = (float) Math.rint(1000 * random.nextGaussian());
      }
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      WaveWriter.write(new WaveData(RATE, samples), out, file.toString());
    }
  }
}
