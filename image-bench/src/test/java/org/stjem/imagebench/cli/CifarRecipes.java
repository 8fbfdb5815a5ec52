package org.stjem.imagebench.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The recipes of the CIFAR tables, as processes. */
final class CifarRecipes {
  private static final Path FOLDER =
      Path.of(System.getProperty("stjem.root"), "scripts/recipes/cifar");

  private CifarRecipes() {}

  /** What a recipe printed and returned. */
  record Outcome(int status, String output) {
    List<String> lines() {
      return output.lines().toList();
    }
  }

  /** Starts a recipe; its output and messages go to {@code target}. */
  static Process start(String recipe, List<String> arguments, ProcessBuilder.Redirect target)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(FOLDER.resolve(recipe).toString());
    line.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(target);
    builder.environment().put("STJEM_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx1g");
    return builder.start();
  }

  /** Runs a recipe to its end. */
  static Outcome run(String recipe, List<String> arguments) throws Exception {
    Process process = start(recipe, arguments, ProcessBuilder.Redirect.PIPE);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }
}
