package org.stjem.acoustic.recognition;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.stjem.acoustic.wer.ScliteText;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;

/** How the words of recordings are written. */
public enum TranscriptFormat {
  /** Lines {@code KEY WORDS}, as Kaldi's {@code text}. */
  TEXT("txt"),
  /** Lines {@code KEY 1 BEGIN DURATION WORD CONFIDENCE}. */
  CTM("ctm"),
  /** A JSON object in a line for each recording. */
  JSON("jsonl"),
  /** WebVTT captions in which each word appears at its time; a file holds one recording. */
  VTT("vtt");

  private static final String VTT_HEADER = "WEBVTT\n";
  private static final int CONFIDENCE_DIGITS = 6;
  private static final double ROUNDING = 1e6;

  /** A caption ends before a pause of so many seconds, or after so many words. */
  private static final double PAUSE = 0.6;

  private static final int WORDS_PER_CAPTION = 10;
  private static final int MS_PER_SECOND = 1000;
  private static final int MS_PER_MINUTE = 60_000;
  private static final int MS_PER_HOUR = 3_600_000;

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private final String extension;

  TranscriptFormat(String extension) {
    this.extension = extension;
  }

  /** What names of files in this format end in, without the dot. */
  public String extension() {
    return extension;
  }

  /** The name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The format of that name.
   *
   * @throws StjemException if there is none
   */
  public static TranscriptFormat of(String name) {
    for (TranscriptFormat format : values()) {
      if (format.toString().equals(name)) {
        return format;
      }
    }
    throw new StjemException("no format '" + name + "'; there are text, ctm, json and vtt");
  }

  /** What is written of a recording, with its line feed. */
  public String of(Recognition heard) {
    return switch (this) {
      case TEXT -> (heard.key() + " " + heard.text()).strip() + "\n";
      case CTM -> ctm(heard);
      case JSON -> json(heard);
      case VTT -> VTT_HEADER + captions(heard.words());
    };
  }

  /** What is written before the first utterance of a recording. */
  public String header() {
    return this == VTT ? VTT_HEADER : "";
  }

  /** What is written of one of several utterances; that of text has the words alone. */
  public String ofUtterance(Recognition heard) {
    return switch (this) {
      case TEXT -> heard.text() + "\n";
      case CTM -> ctm(heard);
      case JSON -> json(heard);
      case VTT -> captions(heard.words());
    };
  }

  private static String ctm(Recognition heard) {
    return heard.words().stream()
        .map(
            word ->
                ScliteText.ctm(
                    heard.key(),
                    word.begin(),
                    word.end() - word.begin(),
                    word.word(),
                    word.confidence(),
                    CONFIDENCE_DIGITS))
        .collect(Collectors.joining());
  }

  /** The words that are settled of an utterance that goes on, as a line of JSON. */
  public static String settledJson(String key, List<String> words) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("key", key);
    line.put("final", false);
    line.put("text", String.join(" ", words));
    return ByteText.json(GSON.toJson(line)) + "\n";
  }

  private static String json(Recognition heard) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("key", heard.key());
    line.put("final", true);
    line.put("text", heard.text());
    line.put("seconds", rounded(heard.seconds()));
    List<Map<String, Object>> words = new ArrayList<>();
    for (RecognizedWord word : heard.words()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("word", word.word());
      fields.put("begin", rounded(word.begin()));
      fields.put("end", rounded(word.end()));
      fields.put("confidence", rounded(word.confidence()));
      words.add(fields);
    }
    line.put("words", words);
    return ByteText.json(GSON.toJson(line)) + "\n";
  }

  private static double rounded(double value) {
    return Math.round(value * ROUNDING) / ROUNDING;
  }

  private static String captions(List<RecognizedWord> words) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    while (from < words.size()) {
      int to = from + 1;
      while (to < words.size()
          && to - from < WORDS_PER_CAPTION
          && words.get(to).begin() - words.get(to - 1).end() < PAUSE) {
        to++;
      }
      text.append('\n').append(time(words.get(from).begin())).append(" --> ");
      text.append(time(words.get(to - 1).end())).append('\n');
      for (int i = from; i < to; i++) {
        if (i > from) {
          text.append(" <").append(time(words.get(i).begin())).append('>');
        }
        text.append(escaped(words.get(i).word()));
      }
      text.append('\n');
      from = to;
    }
    return text.toString();
  }

  private static String escaped(String word) {
    return word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String time(double seconds) {
    long ms = Math.round(seconds * MS_PER_SECOND);
    return String.format(
        Locale.ROOT,
        "%02d:%02d:%02d.%03d",
        ms / MS_PER_HOUR,
        ms % MS_PER_HOUR / MS_PER_MINUTE,
        ms % MS_PER_MINUTE / MS_PER_SECOND,
        ms % MS_PER_SECOND);
  }
}
