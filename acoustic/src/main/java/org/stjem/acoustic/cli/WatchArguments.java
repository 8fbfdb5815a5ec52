package org.stjem.acoustic.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.recognition.AudioClip;
import org.stjem.acoustic.recognition.Recognizer;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.acoustic.watch.WatchServer;
import org.stjem.acoustic.watch.Watcher;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveWriter;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Option;

/** The command-line options of the page on which one watches a model listen. */
public final class WatchArguments {
  private static final Logger LOG = LoggerFactory.getLogger(WatchArguments.class);
  private static final String AUTO = "auto";
  private static final String NONE = "none";
  private static final int MOST_EXAMPLES = 30;
  private static final int MOST_REFERENCES = 300;
  private static final int MOST_SECONDS = 600;
  private static final int MOST_PORT = 65_535;
  private static final double PERCENT = 100;

  @Option(
      names = "--port",
      description = "port of the page, 0 for any that is free (default: ${DEFAULT-VALUE})")
  private int port = 8047;

  @Option(
      names = "--host",
      description =
          "address to listen on; others than this machine reach the page if it is not its own"
              + " loopback, and send their sounds without encryption (default: ${DEFAULT-VALUE})")
  private String host = "127.0.0.1";

  @Option(
      names = "--token",
      description =
          "what the page's address begins with, letters and digits; who does not know it sees"
              + " nothing (default: a new one at each start)")
  private String token;

  @Option(
      names = "--max-seconds",
      paramLabel = "S",
      description = "longest sound (default: ${DEFAULT-VALUE})")
  private int maxSeconds = 60;

  @Option(
      names = "--examples",
      paramLabel = "WAV-RSPECIFIER",
      description = "recordings to choose from on the page, the first " + MOST_EXAMPLES)
  private String examples;

  @Option(
      names = "--reference",
      paramLabel = "WAV-RSPECIFIER",
      description =
          "recordings of speech that the model knows, best held out from its training: log p(x) and"
              + " how well phones and words fit are measured on the first "
              + MOST_REFERENCES
              + ", for the page to compare with, and kept in the file of --speech-range")
  private String reference;

  @Option(
      names = "--speech-range",
      paramLabel = "auto|none|FILE",
      description =
          "what --reference measured, now or earlier; auto is speech-range.json in the model folder"
              + " (default: ${DEFAULT-VALUE})")
  private String speechRange = AUTO;

  @Option(
      names = "--false-refusals",
      paramLabel = "PERCENT",
      description =
          "so many of the recordings of --reference may be answered with 'I do not know this'; the"
              + " thresholds are the strictest that keep to it (default: ${DEFAULT-VALUE})")
  private double falseRefusals = 5;

  /** Checks the options. */
  public void check() {
    if (!(falseRefusals >= 0 && falseRefusals <= PERCENT)) {
      throw new StjemException(
          "--false-refusals must be from 0 to 100 percent, not " + falseRefusals);
    }
    ServerOptions.require("--port", port, 0, MOST_PORT);
    ServerOptions.require("--max-seconds", maxSeconds, 1, MOST_SECONDS);
    if (token != null && !token.matches("[A-Za-z0-9]{8,64}")) {
      throw new StjemException("--token must be 8 to 64 letters and digits");
    }
  }

  /**
   * Serves the page until the process is told to end.
   *
   * @param name of the model, for readers
   * @param folder of the model, where the range of speech is kept; null if there is none
   */
  public void run(String name, Path folder, Recognizer recognizer)
      throws IOException, InterruptedException {
    Path range = range(folder);
    if (reference != null) {
      LOG.info("measuring the range of known speech on {}", reference);
      Watcher.measureRange(recognizer, reference, MOST_REFERENCES, falseRefusals / PERCENT, range);
      LOG.info("the range of known speech is in {}", range);
    }
    if (range == null || !Files.exists(range)) {
      LOG.warn(
          "nothing tells how known speech looks to this model, so the page cannot tell other sounds"
              + " from it; give --reference=scp:wav.scp of held-out speech once");
      range = null;
    }
    Watcher watcher = Watcher.of(name, recognizer, range);
    String secret = token == null ? WatchServer.newToken() : token;
    CountDownLatch ended = new CountDownLatch(1);
    try (WatchServer server =
        WatchServer.start(watcher, host, port, secret, maxSeconds, examples(recognizer))) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    server.close();
                    System.err.println("LOG (stjem watch) stopped");
                    ended.countDown();
                  },
                  "stop"));
      System.out.println(server.address());
      System.out.flush();
      LOG.info("open {} in a browser; Ctrl-C ends", server.address());
      ended.await();
    }
  }

  private Path range(Path folder) {
    Path range = null;
    if (speechRange.equals(AUTO)) {
      range = folder == null ? null : folder.resolve(ModelFolder.SPEECH_RANGE);
    } else if (!speechRange.equals(NONE)) {
      range = ByteNames.path(speechRange);
      if (reference == null && !Files.exists(range)) {
        throw new StjemException("--speech-range: there is no file " + range);
      }
    }
    if (reference != null && range == null) {
      throw new StjemException("--reference needs --speech-range=FILE to write");
    }
    return range;
  }

  private List<WatchServer.Example> examples(Recognizer recognizer) throws IOException {
    List<WatchServer.Example> wanted = new ArrayList<>();
    if (examples == null) {
      return wanted;
    }
    int rate = recognizer.sampleRate();
    try (SequentialTableReader<AudioClip> table =
        Tables.read(examples, in -> AudioClip.read(in, rate))) {
      while (wanted.size() < MOST_EXAMPLES && table.next()) {
        try {
          ByteArrayOutputStream wav = new ByteArrayOutputStream();
          WaveWriter.write(WaveData.mono(rate, table.value().samples()), wav, table.key());
          wanted.add(new WatchServer.Example(ByteText.shown(table.key()), wav.toByteArray()));
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          LOG.warn("example {} is left out: {}", table.key(), e.getMessage());
        }
      }
    }
    return wanted;
  }
}
