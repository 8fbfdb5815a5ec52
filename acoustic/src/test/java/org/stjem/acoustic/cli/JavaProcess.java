package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of programs in virtual machines of their own. */
public final class JavaProcess {
  /** Options of a virtual machine that is not to run for long. */
  public static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private JavaProcess() {}

  /** The line that runs a command of {@code module} with the classes of the tests. */
  public static List<String> line(List<String> options, String module, String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.add("org.stjem." + module + ".cli.Main");
    line.addAll(List.of(arguments));
    return line;
  }
}
