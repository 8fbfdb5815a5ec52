package org.stjem.acoustic.options;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.stjem.acoustic.monitor.EarlierRun;
import org.stjem.frontend.io.Checksums;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Every option of a training by name, as its model and its journal keep them. */
public final class ResolvedOptions {
  private ResolvedOptions() {}

  /**
   * The options of a command after its parsing.
   *
   * @param startingWeights file of the weights that the training starts from, or null
   * @throws org.stjem.frontend.io.StjemException if those cannot be read
   */
  public static Map<String, String> of(CommandSpec command, Path startingWeights) {
    Map<String, String> options = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      Object value = option.getValue();
      if (value != null && !option.usageHelp()) {
        options.put(option.longestName().substring(2), value.toString());
      }
    }
    if (startingWeights != null) {
      options.put(EarlierRun.STARTING_WEIGHTS, Checksums.sha256(startingWeights));
    }
    return options;
  }
}
