package org.stjem.acoustic.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.decode.DecoderOptions;
import org.stjem.acoustic.export.SmallModels;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelWeights;
import org.stjem.acoustic.recognition.DecodingGraph;
import org.stjem.acoustic.recognition.Recognition;
import org.stjem.acoustic.recognition.RecognitionStream;
import org.stjem.acoustic.recognition.Recognizer;
import org.stjem.acoustic.serving.AudioFrontend;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveHolder;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiObjects;

/** The server without a browser, and a model of random weights. */
class WatchServerTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final int DIM = 20;
  private static final int PDFS = 152;
  private static final int RATE = 16_000;
  private static final String TOKEN = "abcdefgh";

  @TempDir private Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private AcousticModel model;
  private Recognizer recognizer;
  private WatchServer server;

  @BeforeEach
  void serve() throws IOException {
    ModelDescription description = SmallModels.hearing(DIM, PDFS, "per-utterance mean", 0, 4);
    ModelFolder.save(folder, description, ModelWeights.fresh(description));
    model = ModelFolder.load(folder);
    recognizer =
        new Recognizer(
            "model",
            model,
            AudioFrontend.of(description, folder),
            DecodingGraph.open(MINI.resolve("exp/tri1/graph"), null, null, 0),
            new Recognizer.Settings(DecoderOptions.DEFAULT, 1, Optional.empty()));
    Path range = folder.resolve(ModelFolder.SPEECH_RANGE);
    Path script = folder.resolve("wav.scp");
    Files.writeString(script, "u " + MINI.resolve("audio/t01-001.flac") + "\n");
    Watcher.measureRange(recognizer, "scp:" + script, 10, 0.05, range);
    server =
        WatchServer.start(
            Watcher.of("model", recognizer, range),
            "127.0.0.1",
            0,
            TOKEN,
            3,
            List.of(new WatchServer.Example("one", new byte[] {1, 2, 3})));
  }

  @AfterEach
  void stop() {
    server.close();
    model.close();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(server.address()).resolve(path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, byte[] body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(server.address() + path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonObject json(HttpResponse<String> response) {
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private String begin() throws IOException, InterruptedException {
    return "sounds/" + json(post("sounds", new byte[0])).get("id").getAsString();
  }

  private static float[] speech() {
    WaveData wave =
        KaldiObjects.read(MINI.resolve("audio/t01-001.flac").toString(), new WaveHolder());
    return wave.channel(0);
  }

  private static byte[] bytes(float[] samples, int from, int to) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * (to - from)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = from; i < to; i++) {
      bytes.putShort((short) samples[i]);
    }
    return bytes.array();
  }

  @Test
  void pages_needTheToken_andForbidWhatIsForeign() throws Exception {
    HttpResponse<String> page = get("");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("<title>stjem listens</title>").doesNotContain("http");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'");
    for (String name : List.of("watch.js", "pictures.js", "microphone.js", "watch.css")) {
      assertThat(get(name).statusCode()).as(name).isEqualTo(200);
    }
    assertThat(get("WatchServer.class").statusCode()).isEqualTo(404);
    for (String other : List.of("/", "/about", "/abcdefgi/about", "/abcdefgh", "/../abcdefgh")) {
      HttpResponse<String> refused = get(other);
      assertThat(refused.statusCode()).as(other).isEqualTo(404);
      assertThat(refused.body()).contains("no valid token");
    }
    assertThat(get("sounds").statusCode()).isEqualTo(405);
    assertThat(post("about", new byte[0]).statusCode()).isEqualTo(405);
    assertThat(get("examples/0").body()).isEqualTo("\1\2\3");
    assertThat(get("examples/1").statusCode()).isEqualTo(404);
    assertThat(get("examples/x").statusCode()).isEqualTo(404);
    JsonObject about = json(get("about"));
    assertThat(about.get("sampleRate").getAsInt()).isEqualTo(RATE);
    assertThat(about.getAsJsonArray("range")).hasSize(101);
    assertThat(about.get("wordsAfterEnd").getAsBoolean()).isTrue();
  }

  @Test
  void sound_inPieces_hasTheWordsOfTheWhole() throws Exception {
    float[] samples = speech();
    RecognitionStream stream = recognizer.open("u");
    stream.accept(samples);
    Recognition expected = stream.finish();
    String sound = begin();
    int frames = 0;
    int views = 0;
    JsonObject answer = null;
    for (int from = 0; from < samples.length; from += 3001) {
      int to = Math.min(samples.length, from + 3001);
      String address = sound + (to == samples.length ? "?last" : "");
      answer = json(post(address, bytes(samples, from, to)));
      JsonObject mel = answer.getAsJsonObject("mel");
      assertThat(mel.get("from").getAsInt()).isEqualTo(frames);
      frames += Base64.getDecoder().decode(mel.get("data").getAsString()).length / DIM;
      views += answer.has("view") ? 1 : 0;
    }
    assertThat(views).isGreaterThan(2);
    JsonObject view = answer.getAsJsonObject("view");
    assertThat(view.get("frames").getAsInt()).isEqualTo(frames);
    assertThat(view.getAsJsonArray("density")).hasSize(frames);
    int names = view.getAsJsonObject("phones").getAsJsonArray("names").size();
    assertThat(
            Base64.getDecoder()
                .decode(view.getAsJsonObject("phones").get("posteriors").getAsString()))
        .hasSize(names * frames);
    assertThat(view.getAsJsonArray("words"))
        .extracting(word -> word.getAsJsonObject().get("word").getAsString())
        .isEqualTo(expected.words().stream().map(word -> word.word()).toList());
    assertThat(view.getAsJsonArray("words"))
        .allMatch(word -> word.getAsJsonObject().get("settled").getAsBoolean());
    // It has ended.
    assertThat(post(sound, new byte[2]).statusCode()).isEqualTo(404);
  }

  @Test
  void sounds_thatAreNoGood_areRefusedInASentence() throws Exception {
    assertThat(post(begin(), new byte[3]).body()).contains("half a sample");
    assertThat(post(begin(), new byte[2 * 3 * RATE + 2]).body()).contains("3 s at most");
    assertThat(post(begin(), new byte[5 << 20]).statusCode()).isEqualTo(413);
    assertThat(post(begin() + "?last", new byte[20]).body()).contains("too short: 10 samples");
    assertThat(post("sounds/none", new byte[2]).statusCode()).isEqualTo(404);
    for (int i = 0; i < 15; i++) {
      begin();
    }
    // One of the refused ones is still there, as it may be sent in smaller pieces.
    HttpResponse<String> busy = post("sounds", new byte[0]);
    assertThat(busy.statusCode()).isEqualTo(503);
    assertThat(busy.body()).contains("16 sounds already");
  }

  @Test
  void start_onAPortThatIsTaken_saysSo() {
    int port = URI.create(server.address()).getPort();
    assertThatThrownBy(
            () ->
                WatchServer.start(
                    Watcher.of("model", recognizer, null), "127.0.0.1", port, TOKEN, 3, List.of()))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("cannot listen on 127.0.0.1:" + port);
  }

  @Test
  void range_isReadAsItWasWritten_andDamageIsNamed() throws IOException {
    Path file = folder.resolve(ModelFolder.SPEECH_RANGE);
    SpeechRange range = SpeechRange.read(file);
    assertThat(range.utterances()).isEqualTo(1);
    for (String broken :
        List.of(
            "", "{", "[]", "{\"formatVersion\":1}", "{\"formatVersion\":1,\"logDensity\":[1]}")) {
      Files.writeString(file, broken, StandardCharsets.UTF_8);
      assertThatThrownBy(() -> SpeechRange.read(file))
          .isInstanceOf(StjemException.class)
          .hasMessageContaining(file.toString());
    }
    range.write(file);
    assertThat(SpeechRange.read(file).logDensity()).isEqualTo(range.logDensity());
    ModelFolder.save(folder, model.description(), ModelWeights.fresh(model.description()));
    assertThat(file).doesNotExist();
  }
}
