package org.stjem.acoustic.cli;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.recognition.AudioClip;
import org.stjem.acoustic.recognition.EndpointRules;
import org.stjem.acoustic.recognition.Recognition;
import org.stjem.acoustic.recognition.RecognitionStream;
import org.stjem.acoustic.recognition.RecognizedWord;
import org.stjem.acoustic.recognition.Recognizer;
import org.stjem.acoustic.recognition.TranscriptFormat;
import org.stjem.frontend.audio.RawEncoding;
import org.stjem.frontend.audio.RawFormat;
import org.stjem.frontend.kaldi.KaldiObjects;

/**
 * Hears standard input and prints its words as they settle, an utterance after the other. What is
 * printed is not kept.
 */
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

  /** The utterances, if they are not printed. */
  private final List<Recognition> kept = new ArrayList<>();

  /** When how many seconds of audio had come, {@code {seconds, ns}}, from the last utterance on. */
  private final Deque<double[]> arrivals = new ArrayDeque<>();

  /** When each word of the utterance that goes on was printed, in ns. */
  private final List<Double> printed = new ArrayList<>();

  private final DelayCounts delays = new DelayCounts();
  private double busyNanos;
  private boolean truncated;

  /**
   * Prepares to hear.
   *
   * @param print whether words are printed, or given back
   * @param endpoints where utterances end; none if all is one
   */
  LiveTranscript(
      Recognizer recognizer,
      TranscriptFormat format,
      boolean print,
      Optional<EndpointRules> endpoints) {
    this.recognizer = recognizer;
    this.format = format;
    this.print = print;
    this.stream = recognizer.open(KEY, endpoints);
  }

  /** Whether the input ended before its header said. */
  boolean truncated() {
    return truncated;
  }

  /** Hears until the input ends; gives all of it if it was not printed. */
  Optional<Recognition> run() {
    if (recognizer.wordsAfterEnd()) {
      LOG.info(
          "the model's features are normalised by the whole recording, so that the words come when"
              + " it ends; a model with --feature-normalisation=online hears as you speak");
    }
    RawFormat raw = new RawFormat(recognizer.sampleRate(), 1, RawEncoding.S16LE);
    if (print) {
      out.print(format.header());
    }
    truncated =
        KaldiObjects.read(
            "-", in -> AudioClip.listen(in, recognizer.sampleRate(), raw, this::hear));
    double begin = System.nanoTime();
    Recognition last = stream.finish();
    stream.takeEnded().forEach(this::show);
    show(last);
    busyNanos += System.nanoTime() - begin;
    report(last.seconds());
    return print ? Optional.empty() : Optional.of(Recognition.joined(kept));
  }

  private void hear(float[] samples) {
    double begin = System.nanoTime();
    stream.accept(samples);
    arrivals.add(new double[] {stream.seconds(), begin});
    stream.takeEnded().forEach(this::show);
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

  /** Shows an utterance that has ended. */
  private void show(Recognition heard) {
    if (!print) {
      kept.add(heard);
    } else if (format == TranscriptFormat.TEXT) {
      printWords(heard.words().stream().map(RecognizedWord::word).toList());
      if (!heard.words().isEmpty()) {
        out.println();
      }
    } else if (!heard.words().isEmpty() || heard.seconds() == stream.seconds()) {
      out.print(format.ofUtterance(heard));
    }
    out.flush();
    notePrinted(heard.words().size());
    noteDelays(heard.words());
    printed.clear();
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

  private void noteDelays(List<RecognizedWord> words) {
    for (int i = 0; i < words.size(); i++) {
      while (arrivals.size() > 1 && arrivals.peek()[0] < words.get(i).end()) {
        arrivals.remove();
      }
      delays.add((printed.get(i) - arrivals.peek()[1]) / NANOS);
    }
    while (arrivals.size() > 1) {
      arrivals.remove();
    }
  }

  private void report(double seconds) {
    LOG.info(
        String.format(
            Locale.ROOT,
            "%.1f s of audio: real-time factor %.3g%s",
            seconds,
            busyNanos / NANOS / seconds,
            delays.count() == 0
                ? ", no words"
                : String.format(
                    Locale.ROOT,
                    "; words were settled %.2f s (median), %.2f s (at most) after they had come in",
                    delays.median(),
                    delays.most())));
  }
}
