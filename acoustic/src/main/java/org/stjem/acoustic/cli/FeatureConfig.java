package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.stjem.frontend.options.ConfigFile;

/** The configuration file that features were made with, such as Kaldi's {@code conf/fbank.conf}. */
final class FeatureConfig {
  private FeatureConfig() {}

  /**
   * The {@code --name=value} lines by name without the dashes; a flag alone is {@code true}.
   *
   * @throws org.stjem.frontend.io.StjemException if the file cannot be read or has another line
   */
  static Map<String, String> read(Path file) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String option : ConfigFile.read("--feature-config", file)) {
      int equals = option.indexOf('=');
      String name = option.substring(2, equals < 0 ? option.length() : equals);
      options.put(name, equals < 0 ? "true" : option.substring(equals + 1));
    }
    return options;
  }
}
