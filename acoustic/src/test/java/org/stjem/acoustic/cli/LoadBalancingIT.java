package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three servers as processes, which take turns, while some of them go away. */
@Timeout(300)
class LoadBalancingIT {
  @TempDir private Path folder;
  private ServerGroup group;

  @BeforeEach
  void makeModelAndFeatures() throws IOException {
    group = new ServerGroup(folder);
  }

  @AfterEach
  void killAll() {
    group.close();
  }

  @Test
  void oneOfThreeKilledAndOneDrained_noUtteranceIsLost() throws Exception {
    List<ServerGroup.Server> servers =
        group.serve(
            "127.0.0.1:" + ServerGroup.freePort(),
            "127.0.0.1:" + ServerGroup.freePort(),
            "127.0.0.1:" + ServerGroup.freePort());
    Path expected = group.undisturbed(servers.get(2));
    double before = servers.get(2).scored();

    Path ark = folder.resolve("balanced.ark");
    String all = String.join(",", servers.stream().map(ServerGroup.Server::address).toList());
    Process client = group.score(List.of(), all, ark);
    Await.until(
        "all servers are at work",
        () ->
            servers.get(0).scored() >= 5
                && servers.get(1).scored() > 0
                && servers.get(2).scored() > before);
    servers.get(0).process().destroyForcibly().waitFor();
    assertThat(client.isAlive()).isTrue();
    servers.get(1).process().toHandle().destroy();
    assertThat(servers.get(1).process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(group.serverLog()).contains("all streams ended, stopped");
    group.assertDone(client, ark, expected);
  }

  @Test
  void dnsNameOfThreeServers_allTakePart() throws Exception {
    int port = ServerGroup.freePort();
    List<ServerGroup.Server> servers =
        group.serve("127.0.0.1:" + port, "127.0.0.2:" + port, "127.0.0.3:" + port);
    Path expected = group.undisturbed(servers.get(0));
    double before = servers.get(0).scored();
    Path hosts =
        Files.writeString(
            folder.resolve("hosts"),
            "127.0.0.1 models.test\n127.0.0.2 models.test\n127.0.0.3 models.test\n");
    Path ark = folder.resolve("dns.ark");
    Process client =
        group.score(List.of("-Djdk.net.hosts.file=" + hosts), "dns:///models.test:" + port, ark);
    group.assertDone(client, ark, expected);
    assertThat(servers.get(0).scored() - before).isGreaterThan(ServerGroup.UTTERANCES / 5.0);
    assertThat(servers.get(1).scored()).isGreaterThan(ServerGroup.UTTERANCES / 5.0);
    assertThat(servers.get(2).scored()).isGreaterThan(ServerGroup.UTTERANCES / 5.0);
  }
}
