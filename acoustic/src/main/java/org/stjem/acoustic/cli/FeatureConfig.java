package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.io.StjemException;

/** The configuration file that features were made with, such as Kaldi's {@code conf/fbank.conf}. */
final class FeatureConfig {
  private FeatureConfig() {}

  /**
   * The {@code --name=value} lines by name without the dashes; a flag alone is {@code true}.
   *
   * @throws StjemException if the file cannot be read or has another line
   */
  static Map<String, String> read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StjemException("--feature-config: cannot read " + file, e);
    }
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String option = lines.get(i).replaceFirst("#.*", "").strip();
      if (option.isEmpty()) {
        continue;
      }
      if (!option.startsWith("--")) {
        throw new StjemException(
            "--feature-config: "
                + file
                + " line "
                + (i + 1)
                + ": expected --name=value, found "
                + option);
      }
      int equals = option.indexOf('=');
      String name = option.substring(2, equals < 0 ? option.length() : equals);
      options.put(name.replace('_', '-'), equals < 0 ? "true" : option.substring(equals + 1));
    }
    return options;
  }
}
