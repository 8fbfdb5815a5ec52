package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server's memory does not grow with the streams it has had. */
@Timeout(900)
class ServerMemoryIT {
  /**
   * Would be passed by a loss of 200 bytes a stream. Before the first count the JVM still compiles
   * and fills its heap.
   */
  private static final double LARGEST_GROWTH_MIB = 16;

  private static final Pattern MEMORY =
      Pattern.compile("(\\d+) utterances of 10 frames: resident memory (\\d+) MiB");

  @Test
  void memory_after120000Streams_isThatAfter40000() throws Exception {
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("stjem.root"), "scripts", "stjem").toString(),
            "acoustic",
            "bench-server",
            "--hidden-layers=16",
            "--num-pdfs=100",
            "--utterances=40000,120000",
            "--utterance-frames=10",
            "--streams=1",
            "--paced-streams=1",
            "--seconds=1");
    command.environment().put("STJEM_JAVA_OPTS", "-Xmx256m");
    Process bench = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(bench.getInputStream().readAllBytes());
    assertThat(bench.waitFor()).as(output).isZero();
    List<MatchResult> memory = MEMORY.matcher(output).results().toList();
    assertThat(memory).extracting(line -> line.group(1)).containsExactly("40000", "120000");
    double before = Double.parseDouble(memory.get(0).group(2));
    assertThat(Double.parseDouble(memory.get(1).group(2)))
        .as(output)
        .isLessThan(before + LARGEST_GROWTH_MIB);
  }
}
