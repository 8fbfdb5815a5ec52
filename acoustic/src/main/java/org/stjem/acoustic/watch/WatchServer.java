package org.stjem.acoustic.watch;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.recognition.EndpointRules;
import org.stjem.frontend.io.StjemException;

/**
 * Serves the page on which one watches a model listen. All addresses begin with a token, and sounds
 * live in memory for as long as somebody sends them.
 *
 * <pre>
 * GET  /TOKEN/              the page, and its script and style beside it
 * GET  /TOKEN/about         what the model is
 * GET  /TOKEN/examples/N    a recording, WAV
 * POST /TOKEN/sounds        begins a sound, ?live that of a microphone; answers {"id": ID}
 * POST /TOKEN/sounds/ID     the next 16-bit samples; answers what is new; ?last ends the sound
 * </pre>
 */
public final class WatchServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WatchServer.class);

  /** Requests that are worked on at a time. */
  private static final int THREADS = 4;

  private static final int MOST_SOUNDS = 16;

  /** A sound that nobody sends to for so long is forgotten. */
  private static final long IDLE_NANOS = 60_000_000_000L;

  /** Bytes of samples in a request at most. */
  private static final int MOST_BYTES = 4 << 20;

  /** Java's HTTP server gives whoever sends half a request a thread for so many seconds. */
  private static final int REQUEST_SECONDS = 30;

  private static final String REQUEST_LIMIT = "sun.net.httpserver.maxReqTime";
  private static final int TOKEN_BYTES = 12;

  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int WRONG_METHOD = 405;
  private static final int TOO_LARGE = 413;
  private static final int BUSY = 503;
  private static final int BROKEN = 500;

  private static final String JSON = "application/json";

  private static final Map<String, String> PAGES =
      Map.of(
          "index.html", "text/html; charset=utf-8",
          "watch.css", "text/css; charset=utf-8",
          "watch.js", "text/javascript; charset=utf-8",
          "pictures.js", "text/javascript; charset=utf-8",
          "microphone.js", "text/javascript; charset=utf-8");

  /** Nothing from elsewhere, and no page of others around this one. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " media-src 'self' blob:; connect-src 'self'; worker-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private static final Gson GSON = new GsonBuilder().serializeNulls().create();

  private final Watcher watcher;
  private final int maxSeconds;
  private final List<Example> examples;
  private final String token;
  private final HttpServer server;
  private final ExecutorService threads;
  private final Map<String, WatchSession> sounds = new ConcurrentHashMap<>();

  /**
   * A recording to begin with.
   *
   * @param name shown
   * @param wav the file
   */
  @SuppressWarnings("ArrayRecordComponent") // read, never compared
  public record Example(String name, byte[] wav) {}

  /** What the page is told is wrong. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    final int status;

    Refusal(int status, String sentence) {
      super(sentence);
      this.status = status;
    }
  }

  private WatchServer(
      Watcher watcher, int maxSeconds, List<Example> examples, String token, HttpServer server) {
    this.watcher = watcher;
    this.maxSeconds = maxSeconds;
    this.examples = List.copyOf(examples);
    this.token = token;
    this.server = server;
    this.threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "watch");
              thread.setDaemon(true);
              return thread;
            });
    server.createContext("/", this::handle);
    server.setExecutor(threads);
  }

  /** A token that nobody guesses. */
  public static String newToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * Starts to serve.
   *
   * @param host name or address of this machine to listen on
   * @param port 0 for any
   * @param token that all addresses begin with
   * @param maxSeconds longest sound
   * @throws StjemException if the host is not this machine's, or the port is taken
   */
  public static WatchServer start(
      Watcher watcher,
      String host,
      int port,
      String token,
      int maxSeconds,
      List<Example> examples) {
    if (System.getProperty(REQUEST_LIMIT) == null) {
      // Read once, when the first server of the process is made; there is no other way to set it.
      System.setProperty(REQUEST_LIMIT, String.valueOf(REQUEST_SECONDS));
    }
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), 0);
      WatchServer watch = new WatchServer(watcher, maxSeconds, examples, token, server);
      server.start();
      return watch;
    } catch (UnknownHostException e) {
      throw new StjemException("--host=" + host + " is not known", e);
    } catch (IOException e) {
      throw new StjemException(
          "cannot listen on " + host + ":" + port + ": " + StjemException.reason(e), e);
    }
  }

  /** The address of the page. */
  public String address() {
    InetAddress host = server.getAddress().getAddress();
    String shown = host.isAnyLocalAddress() ? "localhost" : host.getHostAddress();
    return "http://"
        + (shown.contains(":") ? "[" + shown + "]" : shown)
        + ":"
        + server.getAddress().getPort()
        + "/"
        + token
        + "/";
  }

  /** Stops; sounds that are being sent are broken off. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    sounds.clear();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        answer(exchange);
      } catch (Refusal e) {
        fault(exchange, e.status, e.getMessage());
      } catch (StjemException e) {
        fault(exchange, BAD_REQUEST, e.getMessage());
      } catch (RuntimeException | OutOfMemoryError e) {
        LOG.warn("a request failed: {}", e.toString(), e);
        fault(exchange, BROKEN, "The server failed; its log says why.");
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException, Refusal {
    String[] path = exchange.getRequestURI().getPath().substring(1).split("/", -1);
    byte[] given = path[0].getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, token.getBytes(StandardCharsets.UTF_8)) || path.length < 2) {
      throw new Refusal(NOT_FOUND, "There is nothing here: the address has no valid token.");
    }
    switch (path[1]) {
      case "about" -> {
        require(exchange, "GET");
        send(exchange, OK, JSON, GSON.toJson(about()).getBytes(StandardCharsets.UTF_8));
      }
      case "examples" -> {
        require(exchange, "GET");
        send(exchange, OK, "audio/wav", example(path).wav);
      }
      case "sounds" -> {
        require(exchange, "POST");
        Object result = path.length == 2 ? begin(exchange) : accept(exchange, path[2]);
        send(exchange, OK, JSON, GSON.toJson(result).getBytes(StandardCharsets.UTF_8));
      }
      default -> {
        require(exchange, "GET");
        page(exchange, path[1].isEmpty() ? "index.html" : path[1]);
      }
    }
  }

  private static void require(HttpExchange exchange, String method) throws Refusal {
    if (!exchange.getRequestMethod().equals(method)) {
      throw new Refusal(WRONG_METHOD, "This address takes " + method + " only.");
    }
  }

  private Map<String, Object> about() {
    Map<String, Object> about = watcher.about();
    about.put("maxSeconds", maxSeconds);
    about.put("examples", examples.stream().map(Example::name).toList());
    return about;
  }

  private Example example(String... path) throws Refusal {
    try {
      return examples.get(Integer.parseInt(path[path.length - 1]));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new Refusal(NOT_FOUND, "There is no such example.");
    }
  }

  private Map<String, Object> begin(HttpExchange exchange) throws Refusal {
    long now = System.nanoTime();
    sounds.values().removeIf(sound -> now - sound.lastUse() > IDLE_NANOS);
    if (sounds.size() >= MOST_SOUNDS) {
      throw new Refusal(BUSY, "The server hears " + MOST_SOUNDS + " sounds already; try later.");
    }
    String id = newToken();
    boolean live = "live".equals(exchange.getRequestURI().getQuery());
    sounds.put(
        id,
        new WatchSession(
            watcher, maxSeconds, live ? Optional.of(EndpointRules.DEFAULT) : Optional.empty()));
    return Map.of("id", id);
  }

  private Map<String, Object> accept(HttpExchange exchange, String id) throws IOException, Refusal {
    WatchSession sound = sounds.get(id);
    if (sound == null) {
      throw new Refusal(NOT_FOUND, "The server has forgotten this sound; begin it again.");
    }
    byte[] bytes;
    try (InputStream body = exchange.getRequestBody()) {
      bytes = body.readNBytes(MOST_BYTES + 1);
      // What is left is read and forgotten, or the sender would never see the answer.
      body.transferTo(OutputStream.nullOutputStream());
    }
    if (bytes.length > MOST_BYTES) {
      throw new Refusal(TOO_LARGE, "More than " + MOST_BYTES + " bytes of samples at once.");
    }
    boolean last = "last".equals(exchange.getRequestURI().getQuery());
    try {
      return sound.accept(bytes, last);
    } catch (StjemException e) {
      sounds.remove(id);
      throw e;
    } finally {
      if (last) {
        sounds.remove(id);
      }
    }
  }

  private static void page(HttpExchange exchange, String name) throws IOException, Refusal {
    String type = PAGES.get(name);
    if (type == null) {
      throw new Refusal(NOT_FOUND, "There is no such page.");
    }
    try (InputStream in = WatchServer.class.getResourceAsStream(name)) {
      send(exchange, OK, type, in.readAllBytes());
    }
  }

  private static void fault(HttpExchange exchange, int status, String sentence) throws IOException {
    byte[] body = GSON.toJson(Map.of("fault", sentence)).getBytes(StandardCharsets.UTF_8);
    send(exchange, status, JSON, body);
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
