package org.stjem.acoustic.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.recognition.AudioClip;
import org.stjem.acoustic.recognition.Recognition;
import org.stjem.acoustic.recognition.RecognitionStream;
import org.stjem.acoustic.recognition.RecognizedWord;
import org.stjem.acoustic.recognition.Recognizer;
import org.stjem.acoustic.recognition.TranscriptFormat;
import org.stjem.frontend.audio.RawEncoding;
import org.stjem.frontend.audio.RawFormat;
import org.stjem.frontend.kaldi.KaldiObjects;

/** Hears standard input and prints its words as they settle. */
final class LiveTranscript {
  private static final Logger LOG = LoggerFactory.getLogger(LiveTranscript.class);
  private static final String KEY = "stdin";
  private static final double NANOS = 1e9;

  private final Recognizer recognizer;
  private final TranscriptFormat format;
  private final boolean print;

  /** Standard output, which FLAC's decoder has not while it runs. */
  private final PrintStream out = System.out;

  private final RecognitionStream stream;

  /** When how many seconds of audio had come, {@code {seconds, ns}}. */
  private final List<double[]> arrivals = new ArrayList<>();

  /** When each word was printed, in ns. */
  private final List<Double> printed = new ArrayList<>();

  private double busyNanos;
  private boolean truncated;

  /**
   * Prepares to hear.
   *
   * @param print whether words are printed
   */
  LiveTranscript(Recognizer recognizer, TranscriptFormat format, boolean print) {
    this.recognizer = recognizer;
    this.format = format;
    this.print = print;
    this.stream = recognizer.open(KEY);
  }

  /** Whether the input ended before its header said. */
  boolean truncated() {
    return truncated;
  }

  /** Hears until the input ends. */
  Recognition run() {
    if (recognizer.wordsAfterEnd()) {
      LOG.info(
          "the model's features are normalised by the whole recording, so that the words come when"
              + " it ends; a model with --feature-normalisation=online hears as you speak");
    }
    RawFormat raw = new RawFormat(recognizer.sampleRate(), 1, RawEncoding.S16LE);
    truncated =
        KaldiObjects.read(
            "-", in -> AudioClip.listen(in, recognizer.sampleRate(), raw, this::hear));
    double begin = System.nanoTime();
    Recognition heard = stream.finish();
    show(heard);
    busyNanos += System.nanoTime() - begin;
    report(heard);
    return heard;
  }

  private void hear(float[] samples) {
    double begin = System.nanoTime();
    stream.accept(samples);
    arrivals.add(new double[] {stream.seconds(), begin});
    showSettled();
    busyNanos += System.nanoTime() - begin;
  }

  private void showSettled() {
    List<String> settled = stream.settled();
    if (settled.size() == printed.size()) {
      return;
    }
    if (print && format == TranscriptFormat.TEXT) {
      printWords(settled);
    } else if (print && format == TranscriptFormat.JSON) {
      out.print(TranscriptFormat.settledJson(KEY, settled));
      out.flush();
    }
    notePrinted(settled.size());
  }

  private void show(Recognition heard) {
    if (print && format == TranscriptFormat.TEXT) {
      printWords(heard.words().stream().map(RecognizedWord::word).toList());
      out.println();
    } else if (print) {
      out.print(format.of(heard));
    }
    out.flush();
    notePrinted(heard.words().size());
  }

  private void printWords(List<String> words) {
    for (int i = printed.size(); i < words.size(); i++) {
      out.print((i == 0 ? "" : " ") + words.get(i));
    }
    out.flush();
  }

  private void notePrinted(int count) {
    while (printed.size() < count) {
      printed.add((double) System.nanoTime());
    }
  }

  private void report(Recognition heard) {
    List<Double> delays = new ArrayList<>();
    for (int i = 0; i < heard.words().size(); i++) {
      double end = heard.words().get(i).end();
      double arrival =
          arrivals.stream()
              .filter(piece -> piece[0] >= end)
              .findFirst()
              .orElse(arrivals.get(arrivals.size() - 1))[1];
      delays.add((printed.get(i) - arrival) / NANOS);
    }
    delays.sort(null);
    LOG.info(
        String.format(
            Locale.ROOT,
            "%.1f s of audio: real-time factor %.3g%s",
            heard.seconds(),
            busyNanos / NANOS / heard.seconds(),
            delays.isEmpty()
                ? ", no words"
                : String.format(
                    Locale.ROOT,
                    "; words were settled %.2f s (median), %.2f s (at most) after they had come in",
                    delays.get(delays.size() / 2),
                    delays.get(delays.size() - 1))));
  }
}
