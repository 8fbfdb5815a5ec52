package org.stjem.frontend.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class CliTest {
  @Test
  void outOfMemory_isSaidInASentence() {
    PrintStream standardError = System.err;
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    System.setErr(new PrintStream(messages, true, UTF_8));
    int status;
    try {
      status = Cli.run("frontend", List.of(new Command("big", "", Greedy::new)), "big");
    } finally {
      System.setErr(standardError);
    }
    assertThat(status).isEqualTo(1);
    assertThat(messages.toString(UTF_8))
        .contains("ERROR (stjem frontend big) out of memory: the Java heap has ")
        .doesNotContain("\tat ");
  }

  @picocli.CommandLine.Command
  private static final class Greedy implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new OutOfMemoryError("Java heap space");
    }
  }
}
