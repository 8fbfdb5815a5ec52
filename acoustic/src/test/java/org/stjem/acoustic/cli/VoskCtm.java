package org.stjem.acoustic.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveHolder;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import org.vosk.LibVosk;
import org.vosk.LogLevel;
import org.vosk.Model;
import org.vosk.Recognizer;

/** The words of Vosk with its confidences. */
final class VoskCtm {
  private static final float SAMPLE_RATE = 16_000;

  /** Vosk takes a frame for 30 ms, ours come every 10. */
  private static final double TIME_FACTOR = 1.0 / 3;

  private VoskCtm() {}

  /** Writes the {@code ctm} of a Vosk folder: arguments FOLDER WAV-RSPECIFIER CTM. */
  public static void main(String[] arguments) throws IOException {
    Map<String, WaveData> waves = new TreeMap<>();
    try (SequentialTableReader<WaveData> table =
        Tables.read(arguments[1], new WaveHolder()::read)) {
      while (table.next()) {
        waves.put(table.key(), table.value());
      }
    }
    write(Path.of(arguments[0]), waves, Path.of(arguments[2]));
  }

  /** Hears each recording at once, so that nothing ends within it. */
  static void write(Path vosk, Map<String, WaveData> waves, Path ctm) throws IOException {
    LibVosk.setLogLevel(LogLevel.WARNINGS);
    StringBuilder lines = new StringBuilder();
    try (Model model = new Model(vosk.toString())) {
      for (Map.Entry<String, WaveData> wave : waves.entrySet()) {
        try (Recognizer recognizer = new Recognizer(model, SAMPLE_RATE)) {
          recognizer.setWords(true);
          float[] samples = wave.getValue().channel(0);
          short[] pcm = new short[samples.length];
          for (int i = 0; i < pcm.length; i++) {
            pcm[i] = (short) samples[i];
          }
          recognizer.acceptWaveForm(pcm, pcm.length);
          JsonObject heard = JsonParser.parseString(recognizer.getFinalResult()).getAsJsonObject();
          if (heard.has("result")) {
            for (JsonElement element : heard.getAsJsonArray("result")) {
              lines.append(line(wave.getKey(), element.getAsJsonObject()));
            }
          }
        }
      }
    }
    Files.writeString(ctm, lines);
  }

  private static String line(String key, JsonObject word) {
    double begin = word.get("start").getAsDouble() * TIME_FACTOR;
    double end = word.get("end").getAsDouble() * TIME_FACTOR;
    return String.format(
        Locale.ROOT,
        "%s 1 %.2f %.2f %s %.6f%n",
        key,
        begin,
        end - begin,
        word.get("word").getAsString(),
        Math.min(1, word.get("conf").getAsDouble()));
  }
}
