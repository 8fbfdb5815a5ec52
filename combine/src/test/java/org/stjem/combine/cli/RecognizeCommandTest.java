package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelWeights;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.cli.Command;

/** Mixtures of models of random weights on recordings of the bundled corpus. */
class RecognizeCommandTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final Path TRI1 = MINI.resolve("exp/tri1");
  private static final int DIM = 20;
  private static final int PDFS = 152;

  @TempDir private Path folder;

  private String messages = "";

  private String save(String name, long seed, String normalisation) throws IOException {
    float[] stddev = new float[DIM];
    Arrays.fill(stddev, 3);
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "st-jem",
            "mlp",
            List.of(32),
            "silu",
            DIM,
            2,
            2,
            PDFS,
            10,
            normalisation,
            Map.of("num-mel-bins", "" + DIM, "dither", "0"),
            new float[DIM],
            stddev,
            new Random(3).doubles(PDFS, 1, 1000).toArray(),
            Map.of(),
            seed,
            "unknown");
    ModelFolder.save(folder.resolve(name), description, ModelWeights.fresh(description));
    return folder.resolve(name).toString();
  }

  private String run(int status, String module, List<Command> commands, String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
      assertThat(Cli.run(module, commands, arguments)).isEqualTo(status);
    } finally {
      System.setOut(out);
      System.setErr(err);
      messages = errors.toString(StandardCharsets.UTF_8);
    }
    return output.toString(StandardCharsets.UTF_8);
  }

  private String recognize(int status, String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("recognize", "--acoustic-scale=1", "--min-active=0"));
    all.addAll(List.of(arguments));
    return run(status, "combine", Main.COMMANDS, all.toArray(new String[0]));
  }

  @Test
  void recognize_hasTheWordsOfForwardAndDecode() throws IOException {
    String members = save("a", 1, "per-utterance mean") + "," + save("b", 2, "per-utterance mean");
    List<String> lines = new ArrayList<>();
    for (String key : List.of("t01-001", "t02-001")) {
      lines.add(key + " " + MINI.resolve("audio/" + key + ".flac"));
    }
    Files.write(folder.resolve("wav.scp"), lines);
    String waves = "scp:" + folder.resolve("wav.scp");
    String feats = "ark:" + folder.resolve("feats.ark");
    String loglikes = "ark:" + folder.resolve("loglikes.ark");
    String[] how = {"--weights=2,1", "--log-z=0.5,0"};
    run(
        0,
        "frontend",
        org.stjem.frontend.cli.Main.COMMANDS,
        "fbank",
        "--num-mel-bins=20",
        "--dither=0",
        waves,
        feats);
    run(
        0,
        "combine",
        Main.COMMANDS,
        "forward",
        "--feats=" + feats,
        "--apply-normalisation=true",
        how[0],
        how[1],
        members.split(",")[0],
        members.split(",")[1],
        loglikes);
    String decoded =
        run(
            0,
            "acoustic",
            org.stjem.acoustic.cli.Main.COMMANDS,
            "decode",
            "--acoustic-scale=1",
            "--min-active=0",
            "--allow-partial=true",
            TRI1.resolve("final.mdl").toString(),
            TRI1.resolve("graph/HCLG.fst").toString(),
            TRI1.resolve("graph/words.txt").toString(),
            loglikes,
            "-");
    String heard =
        recognize(0, "--members=" + members, how[0], how[1], TRI1.resolve("graph") + "", waves);
    assertThat(heard).isNotBlank();
    assertThat(heard.replace(" \n", "\n")).isEqualTo(decoded.replace(" \n", "\n"));
  }

  @Test
  void members_thatCannotHearTogether_areRefused() throws IOException {
    String graph = TRI1.resolve("graph").toString();
    String wav = MINI.resolve("audio/t01-001.flac").toString();
    String a = save("a", 1, "per-utterance mean");
    recognize(1, "--members=" + a, graph, wav);
    assertThat(messages).contains("--members needs two or more model folders, it has 1");
    recognize(1, "--members=" + a + "," + save("b", 2, "none"), graph, wav);
    assertThat(messages).contains("ERROR").doesNotContain("Exception");
    recognize(1, graph, wav);
    assertThat(messages).contains("--members");
  }

  @Test
  void watch_tellsTheDomains() throws Exception {
    List<String> line =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            "org.stjem.combine.cli.Main",
            "watch",
            "--port=0",
            "--members=" + save("one", 1, "none") + "," + save("two", 2, "none"),
            TRI1.resolve("graph").toString());
    Process server = new ProcessBuilder(line).redirectError(folder.resolve("log").toFile()).start();
    try {
      String address = server.inputReader().readLine();
      assertThat(address)
          .as(Files.readString(folder.resolve("log")))
          .startsWith("http://127.0.0.1:");
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest about = HttpRequest.newBuilder(URI.create(address + "about")).build();
      assertThat(client.send(about, HttpResponse.BodyHandlers.ofString()).body())
          .contains("/one\",\"")
          .contains("/two\"]");
      String id = post(client, address + "sounds", new byte[0]).replaceAll(".*:\"|\"}", "");
      byte[] noise = new byte[32_000];
      new Random(5).nextBytes(noise);
      assertThat(post(client, address + "sounds/" + id + "?last", noise))
          .containsPattern(
              "\"domains\":\\{\"frames\":\"[^\"]+\",\"utterance\":\\[[0-9.E-]+,[0-9.E-]+]");
    } finally {
      server.destroy();
      assertThat(server.waitFor()).isGreaterThanOrEqualTo(0);
    }
  }

  private static String post(HttpClient client, String address, byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
