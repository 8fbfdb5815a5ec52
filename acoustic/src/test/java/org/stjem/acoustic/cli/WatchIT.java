package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.decode.DecoderOptions;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.DomainModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.recognition.DecodingGraph;
import org.stjem.acoustic.recognition.Recognizer;
import org.stjem.acoustic.serving.AudioFrontend;
import org.stjem.acoustic.watch.WatchServer;
import org.stjem.acoustic.watch.Watcher;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveHolder;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;

/**
 * The page of {@code acoustic watch} in a real browser, with a model trained on the bundled corpus.
 */
@Timeout(600)
class WatchIT {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final Path GRAPH = MINI.resolve("exp/tri1/graph");
  private static final String KEY = "t01-001";
  private static final int RATE = 16_000;
  private static final List<String> PICTURES = List.of("wave", "mel", "phones", "density");

  @TempDir private static Path folder;

  private static Process server;
  private static String address;
  private static Chromium chromium;

  @BeforeAll
  static void trainServeAndBrowse() throws Exception {
    assumeTrue(
        Chromium.program().isPresent(),
        "no chromium, chromium-browser or google-chrome on the PATH: the page was not tried");
    Path config =
        Files.writeString(folder.resolve("fbank.conf"), "--num-mel-bins=20\n--dither=0\n");
    Path model = folder.resolve("model");
    MiniTraining training = new MiniTraining(folder);
    Process train =
        training.train(
            JavaProcess.SHORT_LIVED,
            model,
            "--objective=st-jem-row",
            "--num-epochs=2",
            "--sample-every=4",
            "--feature-config=" + config,
            "--feature-normalisation=none");
    assertThat(train.waitFor()).as(training.log()).isZero();
    wav("microphone.wav", wave(KEY));
    server = serve(model);
    address = server.inputReader().readLine();
    assertThat(address).as(log()).startsWith("http://127.0.0.1:");
    chromium =
        Chromium.start(
            Chromium.program().get(),
            Files.createDirectory(folder.resolve("browser")),
            folder.resolve("microphone.wav"));
  }

  private static Process serve(Path model) throws IOException {
    List<String> line =
        JavaProcess.line(
            JavaProcess.SHORT_LIVED,
            "acoustic",
            "watch",
            "--port=0",
            "--max-seconds=10",
            "--examples=scp:data/test/wav.scp",
            "--reference=scp:data/test/wav.scp",
            model.toString(),
            GRAPH.toString());
    return new ProcessBuilder(line)
        .directory(MINI.toFile())
        .redirectError(folder.resolve("server.log").toFile())
        .start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (chromium != null) {
      chromium.close();
    }
    if (server != null) {
      server.destroyForcibly().waitFor();
    }
  }

  private static String log() throws IOException {
    return Files.readString(folder.resolve("server.log"));
  }

  private static WaveData wave(String key) {
    return KaldiObjects.read(MINI.resolve("audio/" + key + ".flac").toString(), new WaveHolder());
  }

  private static Path wav(String name, WaveData wave) {
    Path file = folder.resolve(name);
    KaldiObjects.write(file.toString(), true, wave, new WaveHolder());
    return file;
  }

  private static Chromium.Page page() throws Exception {
    Chromium.Page page = chromium.open(address);
    page.await("document.body.dataset.ready");
    return page;
  }

  /** Does something and waits until its sound has been heard to the end. */
  private static void hear(Chromium.Page page, Action action) throws Exception {
    int before = page.evaluate("Number(document.body.dataset.heard ?? 0)").getAsInt();
    action.run();
    page.await("Number(document.body.dataset.heard ?? 0) > " + before);
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void hearExample(Chromium.Page page, int number) throws Exception {
    page.evaluate("document.getElementById('example').selectedIndex = " + number);
    hear(page, () -> page.click("hear-example"));
  }

  /** How many colours a picture has. */
  private static int colours(Chromium.Page page, String canvas) throws InterruptedException {
    return page.evaluate(
            "(() => { const c = document.getElementById('"
                + canvas
                + "'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                + " const s = new Set(); for (let i = 0; i < d.length; i += 4)"
                + " s.add(d[i] + ',' + d[i+1] + ',' + d[i+2] + ',' + d[i+3]); return s.size; })()")
        .getAsInt();
  }

  /** The words of {@code recognize} for some recordings by name. */
  private static Map<String, String> recognized(String... files) {
    List<String> arguments =
        new ArrayList<>(List.of("recognize", folder.resolve("model").toString(), GRAPH.toString()));
    arguments.addAll(List.of(files));
    CommandResult result = CommandResult.of(arguments.toArray(new String[0]));
    assertThat(result.status()).as(result.messages()).isZero();
    return result
        .output()
        .lines()
        .map(line -> line.split(" ", 2))
        .collect(Collectors.toMap(line -> line[0], line -> line[1]));
  }

  @Test
  void example_hasTheWordsOfRecognize_andPictures() throws Exception {
    Chromium.Page page = page();
    hearExample(page, 0);
    String file = MINI.resolve("audio/" + KEY + ".flac").toString();
    assertThat(page.text("words")).isEqualTo(recognized(file).get(KEY));
    assertThat(page.text("judgement")).isEqualTo("This sounds like the speech I know.");
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    for (String picture : PICTURES) {
      assertThat(colours(page, picture)).as(picture).isGreaterThan(3);
    }
    assertThat(
            page.evaluate("document.querySelector('#words span').title.includes('% sure')")
                .getAsBoolean())
        .isTrue();
    page.evaluate("document.querySelector('#words span').focus()");
    assertThat(page.text("word-detail")).contains("% sure");
    page.click("play");
    page.await(
        "!document.getElementById('cursor').hidden"
            + " && parseFloat(document.getElementById('cursor').style.left) > 5");
    page.await("document.getElementById('cursor').hidden");
  }

  @Test
  void files_areHeard_orRefusedInASentence() throws Exception {
    Chromium.Page page = page();
    Path speech = wav("speech.wav", wave("t02-001"));
    hear(page, () -> page.choose("file", speech));
    assertThat(page.text("words")).isEqualTo(recognized(speech.toString()).get("speech"));
    Path broken = Files.writeString(folder.resolve("broken.wav"), "RIFF, but no sound");
    page.choose("file", broken);
    page.await("document.getElementById('status').classList.contains('fault')");
    assertThat(page.text("status"))
        .isEqualTo(
            "broken.wav cannot be heard: it is no sound file that this browser reads, or it is"
                + " broken.");
    Path lengthy = wav("lengthy.wav", WaveData.mono(RATE, new float[11 * RATE]));
    page.choose("file", lengthy);
    page.await("document.getElementById('status').textContent.includes('10 s at most')");
    Path other = wav("other.wav", WaveData.mono(8000, resampled(wave("t02-001").channel(0))));
    hear(page, () -> page.choose("file", other));
    assertThat(page.text("words")).isNotEmpty();
  }

  private static float[] resampled(float... samples) {
    float[] half = new float[samples.length / 2];
    for (int i = 0; i < half.length; i++) {
      half[i] = (samples[2 * i] + samples[2 * i + 1]) / 2;
    }
    return half;
  }

  @Test
  void otherSounds_areNotKnown() throws Exception {
    Chromium.Page page = page();
    Random random = new Random(1);
    float[] noise = new float[4 * RATE];
    float[] music = new float[4 * RATE];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) (3000 * random.nextGaussian());
      double seconds = (double) i / RATE;
      double pitch = 262 * Math.pow(2, Math.floor(2 * seconds) / 12);
      for (int harmonic = 1; harmonic < 6; harmonic++) {
        music[i] += (float) (3000 / harmonic * Math.sin(2 * Math.PI * pitch * harmonic * seconds));
      }
    }
    Map<String, float[]> sounds =
        Map.of("noise", noise, "music", music, "silence", new float[4 * RATE]);
    for (Map.Entry<String, float[]> sound : sounds.entrySet()) {
      Path file = wav(sound.getKey() + ".wav", WaveData.mono(RATE, sound.getValue()));
      hear(page, () -> page.choose("file", file));
      assertThat(page.text("judgement")).as(sound.getKey()).startsWith("I do not know this: ");
      assertThat(page.evaluate("document.getElementById('judgement').className").getAsString())
          .isEqualTo("unknown");
    }
  }

  @Test
  void microphone_isHeardWhileItSpeaks() throws Exception {
    Chromium.Page page = page();
    page.click("microphone");
    page.await("document.querySelectorAll('#words span').length > 2");
    assertThat(page.text("microphone")).isEqualTo("Stop");
    hear(page, () -> page.click("microphone"));
    assertThat(page.text("microphone")).isEqualTo("Speak");
    assertThat(page.text("status")).startsWith("Microphone: ");
    // The browser plays the file over and over, so that the sound may begin anywhere in it.
    List<String> spoken =
        List.of(recognized(folder.resolve("microphone.wav") + "").get("microphone").split(" "));
    assertThat(List.of(page.text("words").split(" "))).containsAnyElementsOf(spoken);
    assertThat(colours(page, "mel")).isGreaterThan(3);
  }

  /**
   * The trained model as a mixture: the more a frame is like silence, the less of the first domain.
   */
  private record TwoDomains(AcousticModel model) implements DomainModel {
    @Override
    public ModelDescription description() {
      return model.description();
    }

    @Override
    public FloatMatrix logits(FloatMatrix features) {
      return model.logits(features);
    }

    @Override
    public FloatMatrix logitsOfPadded(FloatMatrix features) {
      return model.logitsOfPadded(features);
    }

    @Override
    public List<String> domains() {
      return List.of("models/loud", "models/quiet");
    }

    @Override
    public Posteriors domainPosteriors(FloatMatrix features) {
      FloatMatrix frames = new FloatMatrix(features.rows(), 2);
      double mean = 0;
      for (int t = 0; t < features.rows(); t++) {
        float first = features.get(t, features.cols() / 2);
        float loud = (float) (1 / (1 + Math.exp(12 - first)));
        frames.set(t, 0, loud);
        frames.set(t, 1, 1 - loud);
        mean += loud / features.rows();
      }
      return new Posteriors(frames, new float[] {(float) mean, (float) (1 - mean)});
    }

    @Override
    public void close() {
      model.close();
    }
  }

  @Test
  void domainsOfAMixture_areDrawn() throws Exception {
    Path own = folder.resolve("model");
    try (TwoDomains mixture = new TwoDomains(ModelFolder.load(own))) {
      Recognizer recognizer =
          new Recognizer(
              "two",
              mixture,
              AudioFrontend.of(mixture.description(), own),
              DecodingGraph.open(GRAPH, null, null, 0),
              new Recognizer.Settings(DecoderOptions.DEFAULT, 0.1f, Optional.empty()));
      try (WatchServer watch =
          WatchServer.start(
              Watcher.of("two", recognizer, null), "127.0.0.1", 0, "abcdefgh", 10, List.of())) {
        Chromium.Page page = chromium.open(watch.address());
        page.await("document.body.dataset.ready");
        Path speech = wav("domains.wav", wave(KEY));
        hear(page, () -> page.choose("file", speech));
        assertThat(page.text("domain-caption")).matches("Domain: loud \\d+ % quiet \\d+ % ?");
        assertThat(page.evaluate("document.getElementById('domain-figure').hidden").getAsBoolean())
            .isFalse();
        page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        assertThat(colours(page, "domains")).isGreaterThan(1);
        assertThat(page.text("model")).startsWith("loud + quiet");
      }
    }
  }

  @Test
  void twoWindows_hearAtOnce() throws Exception {
    Chromium.Page one = page();
    Chromium.Page other = page();
    one.evaluate("document.getElementById('example').selectedIndex = 0");
    other.evaluate("document.getElementById('example').selectedIndex = 1");
    one.click("hear-example");
    other.click("hear-example");
    one.await("document.body.dataset.heard");
    other.await("document.body.dataset.heard");
    String first = MINI.resolve("audio/t01-001.flac").toString();
    String second = MINI.resolve("audio/t01-002.flac").toString();
    Map<String, String> expected = recognized(first, second);
    assertThat(one.text("words")).isEqualTo(expected.get("t01-001"));
    assertThat(other.text("words")).isEqualTo(expected.get("t01-002"));
  }

  @Test
  void server_thatIsToldToStop_stops_andThePageSaysSo() throws Exception {
    Process second = serve(folder.resolve("model"));
    try {
      String own = second.inputReader().readLine();
      Chromium.Page page = chromium.open(own);
      page.await("document.body.dataset.ready");
      second.destroy();
      assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(log()).contains("stopped").doesNotContain("Exception");
      page.click("hear-example");
      page.await("document.getElementById('status').classList.contains('fault')");
      assertThat(page.text("status")).isEqualTo("The server does not answer; was it stopped?");
    } finally {
      second.destroyForcibly().waitFor();
    }
  }
}
