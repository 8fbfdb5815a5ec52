package org.stjem.frontend.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where libsndfile is installed, the table of what it reads is still true of it. */
class AudioHeadersIT {

  @Test
  void libsndfile_readsWhatTheTableSays(@TempDir Path folder) throws Exception {
    AudioHeaders.write(folder);
    String script = AudioHeadersTest.TABLE.resolveSibling("read-with-libsndfile.py").toString();
    Process process = new ProcessBuilder("python3", script, folder.toString()).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assumeTrue(process.waitFor() == 0, "neither Python nor libsndfile is there");
    Map<String, AudioHeadersTest.Line> table = AudioHeadersTest.table();
    assertThat(lines).hasSameSizeAs(table.keySet());
    for (String line : lines) {
      String[] fields = line.split("\t", 2);
      assertThat(fields[1]).as(fields[0]).isEqualTo(table.get(fields[0]).libsndfile());
    }
  }
}
