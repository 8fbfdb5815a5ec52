package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers behind HAProxy and nginx with the configuration files of scripts/deploy. Needs
 * Debian's packages haproxy and nginx.
 */
@Timeout(300)
class ProxyIT {
  private static final Path DEPLOY = Path.of(System.getProperty("stjem.root"), "scripts/deploy");

  @TempDir private Path folder;
  private ServerGroup group;
  private List<ServerGroup.Server> servers;
  private String proxy;

  @BeforeEach
  void makeModelAndFeatures() throws IOException {
    group = new ServerGroup(folder);
  }

  @AfterEach
  void killAll() {
    group.close();
  }

  private static void assumeInstalled(String program) {
    assumeTrue(
        Stream.of((System.getenv("PATH") + ":/usr/sbin").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program))),
        "no " + program + "; apt-get install " + program);
  }

  /** Starts three servers, and a proxy with the shipped configuration but for addresses. */
  private void startBehind(String configuration, String... line) throws Exception {
    servers =
        group.serve(
            "127.0.0.1:" + ServerGroup.freePort(),
            "127.0.0.1:" + ServerGroup.freePort(),
            "127.0.0.1:" + ServerGroup.freePort());
    int port = ServerGroup.freePort();
    String text =
        Files.readString(DEPLOY.resolve(configuration))
            .replace("bind :50051", "bind 127.0.0.1:" + port)
            .replace("listen 50051", "listen 127.0.0.1:" + port);
    for (int i = 0; i < servers.size(); i++) {
      text = text.replace("asr" + (i + 1) + ":50051", servers.get(i).address());
    }
    Files.writeString(folder.resolve(configuration), text);
    Process process =
        group.start(
            new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("proxy.log").toFile()));
    Await.until(
        "the proxy listens",
        () -> {
          assertThat(process.isAlive()).as(proxyLog()).isTrue();
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 100);
            return true;
          } catch (IOException e) {
            return false;
          }
        });
    proxy = "127.0.0.1:" + port;
  }

  private String proxyLog() {
    try {
      return Files.readString(folder.resolve("proxy.log"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void behindHaproxy() throws Exception {
    assumeInstalled("haproxy");
    startBehind("haproxy.cfg", "haproxy", "-db", "-f", "haproxy.cfg");
  }

  private void behindNginx() throws Exception {
    assumeInstalled("nginx");
    Files.createDirectory(folder.resolve("logs"));
    startBehind(
        "nginx.conf",
        "nginx",
        "-p",
        folder.toString(),
        "-c",
        folder.resolve("nginx.conf").toString(),
        "-e",
        "stderr",
        "-g",
        "daemon off; pid " + folder.resolve("nginx.pid") + ";");
  }

  private double scored(int server) {
    return servers.get(server).scored();
  }

  /** A client loses nothing while one server is drained and another killed. */
  private void assertNoUtteranceIsLost() throws Exception {
    Path expected = group.undisturbed(servers.get(2));
    double before = scored(2);
    Path ark = folder.resolve("balanced.ark");
    Process client = group.score(List.of(), proxy, ark);
    Await.until(
        "all servers are at work", () -> scored(0) > 0 && scored(1) > 0 && scored(2) > before);
    servers.get(1).process().toHandle().destroy();
    servers.get(0).process().destroyForcibly().waitFor();
    assertThat(client.isAlive()).isTrue();
    assertThat(servers.get(1).process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(group.serverLog()).contains("all streams ended, stopped");
    group.assertDone(client, ark, expected);
  }

  private void assertAllTakePart() throws Exception {
    Path expected = group.undisturbed(servers.get(0));
    double before = scored(0);
    Path ark = folder.resolve("balanced.ark");
    group.assertDone(group.score(List.of(), proxy, ark), ark, expected);
    assertThat(scored(0) - before).isGreaterThan(ServerGroup.UTTERANCES / 6.0);
    assertThat(scored(1)).isGreaterThan(ServerGroup.UTTERANCES / 6.0);
    assertThat(scored(2)).isGreaterThan(ServerGroup.UTTERANCES / 6.0);
  }

  @Test
  void haproxy_streamsOfOneConnectionGoToAllServers() throws Exception {
    behindHaproxy();
    assertAllTakePart();
  }

  @Test
  void haproxy_oneServerDrainedAndOneKilled_noUtteranceIsLost() throws Exception {
    behindHaproxy();
    assertNoUtteranceIsLost();
    Await.until(
        "HAProxy has noticed",
        () ->
            proxyLog().contains("Server models/asr1 is DOWN")
                && proxyLog().contains("Server models/asr2 is DOWN"));
    assertThat(proxyLog()).doesNotContain("Server models/asr3 is DOWN");
  }

  @Test
  void nginx_streamsOfOneConnectionGoToAllServers() throws Exception {
    behindNginx();
    assertAllTakePart();
  }

  @Test
  void nginx_oneServerDrainedAndOneKilled_noUtteranceIsLost() throws Exception {
    behindNginx();
    assertNoUtteranceIsLost();
  }
}
