package org.stjem.frontend.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteNamesTest {
  @TempDir private Path folder;

  /** What a program prints. */
  private static byte[] run(List<String> line) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(line).start();
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    return output;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "caf\udce9.wav",
        "a/../caf\udce9",
        "../\udce9",
        "/tmp/\udcff\udcfe/b c%41#?",
        "\u00e9t\u00e9/\udce9",
        "plain",
        "/"
      })
  void of_givesTheNameOfAPath(String name) {
    Path path = ByteNames.path(name);
    assertThat(ByteNames.of(path)).isEqualTo(name);
    assertThat(path.isAbsolute()).isEqualTo(name.startsWith("/"));
  }

  @Test
  void path_namesTheFileThatOtherProgramsSee() throws Exception {
    Path file = ByteNames.resolve(folder, "caf\udce9 'x'\\%.txt");
    AtomicFile.writeString(file, "na\udcefve");
    byte[] listed = run(List.of("ls", folder.toString()));
    assertThat(ByteText.decode(listed)).isEqualTo("caf\udce9 'x'\\%.txt\n");
    assertThat(TextFile.read(file)).isEqualTo("na\udcefve");
    try (var files = Files.list(folder)) {
      assertThat(files.map(ByteNames::of)).containsExactly(folder + "/caf\udce9 'x'\\%.txt");
    }
  }

  @Test
  void path_withAZero_isInvalid() {
    assertThatThrownBy(() -> ByteNames.path("\udce9\0")).isInstanceOf(InvalidPathException.class);
  }

  @Test
  void shell_runsTheBytesOfACommand() throws Exception {
    String command = "printf '%s|' 'caf\udce9' \"a\\\\b\" '%d' \"$(echo \u00e9)\"; exit 0";
    assertThat(ByteText.decode(run(ByteNames.shell(command))))
        .isEqualTo("caf\udce9|a\\b|%d|\u00e9|");
    Process fails = new ProcessBuilder(ByteNames.shell(": '\udce9'; exit 7")).start();
    assertThat(fails.waitFor()).isEqualTo(7);
  }

  @Test
  void arguments_areTheBytesThatTheProgramWasGiven() throws Exception {
    String java =
        String.join(
            " ",
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path") + "'",
            "'" + Echo.class.getName() + "'",
            "-x '' 'caf\udce9 \u00e9'");
    for (String locale : List.of("C", "C.UTF-8")) {
      byte[] output = run(ByteNames.shell("LC_ALL=" + locale + " " + java));
      assertThat(ByteText.decode(output)).as(locale).isEqualTo("-x\n\ncaf\udce9 \u00e9\n");
    }
  }

  @Test
  void arguments_thatAreNotThoseOfTheProcess_stay() {
    assertThat(ByteNames.arguments("a", "caf\u00e9")).containsExactly("a", "caf\u00e9");
  }

  /** A program that prints its arguments. */
  static final class Echo {
    private Echo() {}

    public static void main(String[] args) {
      for (String argument : ByteNames.arguments(args)) {
        System.out.writeBytes(ByteText.encode(argument));
        System.out.writeBytes("\n".getBytes(US_ASCII));
      }
      System.out.flush();
    }
  }
}
