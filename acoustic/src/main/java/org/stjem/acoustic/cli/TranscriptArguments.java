package org.stjem.acoustic.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.recognition.AudioClip;
import org.stjem.acoustic.recognition.EndpointRules;
import org.stjem.acoustic.recognition.Recognition;
import org.stjem.acoustic.recognition.RecognitionStream;
import org.stjem.acoustic.recognition.Recognizer;
import org.stjem.acoustic.recognition.TranscriptFormat;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.OrderedWorkers;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Recognizes the recordings that a command names, and writes their words as its options say. */
public final class TranscriptArguments {
  private static final Logger LOG = LoggerFactory.getLogger(TranscriptArguments.class);

  /** Standard input, heard while it comes. */
  private static final String LIVE = "-";

  private static final double NANOS = 1e9;
  private static final int MOST_THREADS = 1024;

  /** Samples that are handed on at once, a tenth of a second at 16 kHz. */
  private static final int PIECE = 1600;

  @Option(
      names = "--format",
      paramLabel = "text|ctm|json|vtt",
      description =
          "text: KEY WORDS; ctm: KEY 1 BEGIN DURATION WORD CONFIDENCE; json: an object per line;"
              + " vtt: WebVTT captions, of one recording per file (default: ${DEFAULT-VALUE})")
  private String format = "text";

  @Option(
      names = "--output-dir",
      paramLabel = "DIR",
      description =
          "write a file KEY.txt, .ctm, .jsonl or .vtt for each recording, in place of standard"
              + " output")
  private Path outputFolder;

  @Option(
      names = "--nj",
      paramLabel = "N",
      description = "recordings at the same time (default: ${DEFAULT-VALUE})")
  private int threads = 1;

  @Mixin private EndpointArguments endpoints;

  private final Set<String> keys = new HashSet<>();
  private int done;
  private int failed;
  private double heardSeconds;
  private final List<Double> waits = new ArrayList<>();

  /** A recording, or why there is none. */
  private record Item(String key, AudioClip clip, String fault) {}

  /** Its words, or why there are none. */
  private record Outcome(
      String key, Recognition words, boolean truncated, double seconds, String fault) {}

  /**
   * Checks the options.
   *
   * @param inputs what is to be recognized
   */
  public void check(List<String> inputs) {
    TranscriptFormat wanted = TranscriptFormat.of(format);
    if (threads < 1 || threads > MOST_THREADS) {
      throw new StjemException("--nj must be from 1 to " + MOST_THREADS + ", not " + threads);
    }
    if (inputs.contains(LIVE) && inputs.size() > 1) {
      throw new StjemException("standard input, '-', is heard alone, without other recordings");
    }
    boolean many = inputs.size() > 1 || Tables.isSpecifier(inputs.get(0));
    if (wanted == TranscriptFormat.VTT && many && outputFolder == null) {
      throw new StjemException("--format=vtt of more than one recording needs --output-dir");
    }
  }

  /**
   * Recognizes recordings. What is wrong with one is said, and the others go on.
   *
   * @return the exit status: 0 if all went well, else 1
   */
  public int run(Recognizer recognizer, List<String> inputs) {
    long start = System.nanoTime();
    if (inputs.get(0).equals(LIVE)) {
      LiveTranscript live =
          new LiveTranscript(
              recognizer, TranscriptFormat.of(format), outputFolder == null, endpoints.rules(true));
      live.run().ifPresent(this::write);
      return live.truncated() ? 1 : 0;
    }
    Optional<EndpointRules> rules = endpoints.rules(false);
    try (OrderedWorkers<Item, Outcome> workers =
        new OrderedWorkers<>(threads, () -> worker(recognizer, rules), this::take)) {
      for (String input : inputs) {
        if (Tables.isSpecifier(input)) {
          submitTable(input, recognizer.sampleRate(), workers);
        } else {
          workers.submit(file(input, recognizer.sampleRate()));
        }
      }
      workers.finish();
    }
    report((System.nanoTime() - start) / NANOS);
    return failed == 0 ? 0 : 1;
  }

  private static void submitTable(
      String rspecifier, int sampleRate, OrderedWorkers<Item, Outcome> workers) {
    try (SequentialTableReader<AudioClip> table =
        Tables.read(rspecifier, in -> AudioClip.read(in, sampleRate))) {
      while (table.next()) {
        Item item;
        try {
          item = new Item(table.key(), table.value(), null);
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          item = new Item(table.key(), null, e.getMessage());
        }
        workers.submit(item);
      }
    }
  }

  private Item file(String name, int sampleRate) {
    String key = key(name);
    try {
      return new Item(key, KaldiObjects.read(name, in -> AudioClip.read(in, sampleRate)), null);
    } catch (StjemException e) {
      return new Item(key, null, e.getMessage());
    }
  }

  /** The file's name without folder and ending, or all of it if there was such a key before. */
  private String key(String name) {
    String last = name.substring(name.lastIndexOf('/') + 1);
    int dot = last.lastIndexOf('.');
    String brief = String.join("_", ByteText.words(dot > 0 ? last.substring(0, dot) : last));
    String key = keys.contains(brief) ? String.join("_", ByteText.words(name)) : brief;
    keys.add(key);
    return key;
  }

  private static Function<Item, Outcome> worker(
      Recognizer recognizer, Optional<EndpointRules> rules) {
    return item -> {
      if (item.fault != null) {
        return new Outcome(item.key, null, false, 0, item.fault);
      }
      try {
        RecognitionStream stream = recognizer.open(item.key, rules);
        float[] samples = item.clip.samples();
        for (int from = 0; from < samples.length; from += PIECE) {
          stream.accept(Arrays.copyOfRange(samples, from, Math.min(samples.length, from + PIECE)));
        }
        long end = System.nanoTime();
        Recognition last = stream.finish();
        List<Recognition> utterances = new ArrayList<>(stream.takeEnded());
        utterances.add(last);
        Recognition heard = Recognition.joined(utterances);
        double afterEnd = (System.nanoTime() - end) / NANOS;
        return new Outcome(item.key, heard, item.clip.truncated(), afterEnd, null);
      } catch (StjemException e) {
        return new Outcome(item.key, null, false, 0, e.getMessage());
      }
    };
  }

  private void take(Outcome outcome) {
    if (outcome.fault != null) {
      LOG.warn("{} is not recognized: {}", outcome.key, outcome.fault);
      failed++;
      return;
    }
    if (outcome.truncated) {
      LOG.warn("{} ends before its header says; the words are those of what is there", outcome.key);
      failed++;
    } else {
      done++;
    }
    if (!outcome.words.reachedFinal()) {
      LOG.warn("{} does not end where a sentence of the graph does", outcome.key);
    }
    heardSeconds += outcome.words.seconds();
    waits.add(outcome.seconds);
    write(outcome.words);
  }

  private void write(Recognition heard) {
    TranscriptFormat wanted = TranscriptFormat.of(format);
    if (outputFolder == null) {
      System.out.print(wanted.of(heard));
      System.out.flush();
      return;
    }
    String name = heard.key().replace('/', '_') + "." + wanted.extension();
    try {
      Files.createDirectories(outputFolder);
      AtomicFile.writeString(ByteNames.resolve(outputFolder, name), wanted.of(heard));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void report(double seconds) {
    if (heardSeconds > 0) {
      waits.sort(null);
      LOG.info(
          String.format(
              Locale.ROOT,
              "%.1f s of audio in %.1f s: real-time factor %.3g; the last words of a recording came"
                  + " %.3f s after its end (median), %.3f s at most",
              heardSeconds,
              seconds,
              seconds / heardSeconds,
              waits.get(waits.size() / 2),
              waits.get(waits.size() - 1)));
    }
    LOG.info("Done {} recordings, failed for {}", done, failed);
  }
}
