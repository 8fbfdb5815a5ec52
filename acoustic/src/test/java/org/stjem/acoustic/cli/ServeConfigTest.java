package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The configuration file that comes with the server. */
class ServeConfigTest {

  @Test
  void serveConf_statesEveryOptionAndItsDefault() throws IOException {
    Path file = Path.of(System.getProperty("stjem.root"), "scripts/deploy/serve.conf");
    List<String> stated = new ArrayList<>();
    List<String> mentioned = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("--")) {
        stated.add(line.replaceFirst("#.*", "").strip());
      } else if (line.startsWith("# --") && line.contains("=")) {
        mentioned.add(line.substring(2, line.indexOf('=')));
      }
    }
    List<String> withDefault = new ArrayList<>();
    List<String> without = new ArrayList<>();
    for (var option : new CommandLine(new ServeCommand()).getCommandSpec().options()) {
      Object value = option.defaultValue() == null ? option.initialValue() : option.defaultValue();
      if (value == null || value.equals(List.of())) {
        without.add(option.longestName());
      } else {
        withDefault.add(option.longestName() + "=" + value);
      }
    }
    assertThat(stated).containsExactlyInAnyOrderElementsOf(withDefault);
    assertThat(mentioned).containsExactlyInAnyOrderElementsOf(without);
  }
}
