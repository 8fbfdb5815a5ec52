package org.stjem.acoustic.cli;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A headless Chromium, driven by its DevTools protocol. */
final class Chromium implements AutoCloseable {
  private static final Gson GSON = new Gson();
  private static final Duration LIMIT = Duration.ofSeconds(120);

  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final int port;
  private final List<Page> pages = new ArrayList<>();

  private Chromium(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** The program, if it is installed. */
  static Optional<Path> program() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(
            folder ->
                List.of("chromium", "chromium-browser", "google-chrome").stream()
                    .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it.
   *
   * @param folder empty, for its files
   * @param microphone WAV file that its microphone hears
   */
  static Chromium start(Path program, Path folder, Path microphone) throws Exception {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder,
                "--autoplay-policy=no-user-gesture-required",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                "--use-file-for-fake-audio-capture=" + microphone,
                "--window-size=1200,1100",
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path active = folder.resolve("DevToolsActivePort");
    Await.until("Chromium is ready", () -> Files.exists(active) && Files.size(active) > 0);
    return new Chromium(process, Integer.parseInt(Files.readAllLines(active).get(0)));
  }

  /** Opens an address in a window of its own. */
  Page open(String address) throws IOException, InterruptedException {
    String query = URLEncoder.encode(address, StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new?" + query))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    String answer = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    String socket =
        JsonParser.parseString(answer).getAsJsonObject().get("webSocketDebuggerUrl").getAsString();
    Page page = new Page(socket);
    pages.add(page);
    return page;
  }

  @Override
  public void close() {
    pages.forEach(Page::close);
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A window. */
  final class Page implements WebSocket.Listener {
    private final LinkedBlockingQueue<JsonObject> answers = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;
    private int calls;

    private Page(String address) {
      socket = client.newWebSocketBuilder().buildAsync(URI.create(address), this).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        JsonObject message = JsonParser.parseString(partial.toString()).getAsJsonObject();
        partial.setLength(0);
        if (message.has("id")) {
          answers.add(message);
        }
      }
      from.request(1);
      return null;
    }

    private JsonObject call(String method, Map<String, ?> parameters) throws InterruptedException {
      int id = ++calls;
      socket
          .sendText(GSON.toJson(Map.of("id", id, "method", method, "params", parameters)), true)
          .join();
      JsonObject answer = answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (answer == null || answer.get("id").getAsInt() != id || answer.has("error")) {
        throw new AssertionError(method + " was answered with " + answer);
      }
      return answer.getAsJsonObject("result");
    }

    /** The value of a JavaScript expression, or of the promise that it gives. */
    JsonElement evaluate(String expression) throws InterruptedException {
      JsonObject result =
          call(
              "Runtime.evaluate",
              Map.of(
                  "expression", expression,
                  "awaitPromise", true,
                  "returnByValue", true,
                  "userGesture", true));
      if (result.has("exceptionDetails")) {
        throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
      }
      return result.getAsJsonObject("result").get("value");
    }

    /** The text of an element. */
    String text(String id) throws InterruptedException {
      return evaluate("document.getElementById('" + id + "').textContent.trim()").getAsString();
    }

    void click(String id) throws InterruptedException {
      evaluate("document.getElementById('" + id + "').click()");
    }

    /** Waits until the page is there and an expression is true. */
    void await(String expression) throws Exception {
      Await.until(
          expression,
          () -> evaluate("Boolean(document.body && (" + expression + "))").getAsBoolean());
    }

    /** Chooses a file in an input. */
    void choose(String id, Path file) throws InterruptedException {
      int root = call("DOM.getDocument", Map.of()).getAsJsonObject("root").get("nodeId").getAsInt();
      int node =
          call("DOM.querySelector", Map.of("nodeId", root, "selector", "#" + id))
              .get("nodeId")
              .getAsInt();
      call("DOM.setFileInputFiles", Map.of("nodeId", node, "files", List.of(file.toString())));
    }

    /** What the window looks like, PNG. */
    byte[] screenshot() throws InterruptedException {
      call(
          "Emulation.setDeviceMetricsOverride",
          Map.of("width", 1000, "height", 1000, "deviceScaleFactor", 1, "mobile", false));
      return Base64.getDecoder()
          .decode(
              call("Page.captureScreenshot", Map.of("format", "png")).get("data").getAsString());
    }

    private void close() {
      socket.abort();
    }
  }
}
