package org.stjem.acoustic.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
  @TempDir private Path folder;

  @Test
  void add_leavesOutWhatIsNoNumber() throws IOException {
    Path file = folder.resolve("x.jsonl");
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("a", 1.5);
    value.put("b", Double.NaN);
    value.put("c", new float[] {1, Float.NaN, Float.NEGATIVE_INFINITY});
    new JsonLines(file).add(value);
    assertThat(file).hasContent("{\"a\":1.5,\"c\":[1.0,null,null]}\n");
  }

  @Test
  void reading_dropsALineThatAKillCutOff() throws IOException {
    Path file = folder.resolve("x.jsonl");
    JsonLines lines = new JsonLines(file);
    lines.add(Map.of("step", 1));
    lines.add(Map.of("step", 2));
    Files.writeString(file, "{\"step\":3,\"lo", StandardOpenOption.APPEND);
    JsonLines again = new JsonLines(file);
    assertThat(again.objects()).hasSize(2);
    again.retain(line -> line.get("step").getAsInt() < 2);
    again.add(Map.of("step", 9));
    assertThat(file).hasContent("{\"step\":1}\n{\"step\":9}\n");
  }
}
