package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Compares with {@code compute-wer-bootci --mode=present}. */
class WerBootciCommandTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "acoustic/src/test/resources/golden/wer");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+\\.[0-9]+");

  // Both sides draw 10 000 times. The standard deviation of the rate over draws is at most 3.5, so
  // that of a difference of two means is 0.05, and that of two bounds 0.1.
  private static final double NOISE = 0.4;

  private static String file(String name) {
    return GOLDEN.resolve(name).toString();
  }

  @Test
  void bootci_equalsKaldiWithinSamplingNoise() throws IOException {
    List<String> golden = Files.readAllLines(GOLDEN.resolve("bootci.txt"));
    for (int i = 0; i < golden.size(); ) {
      String[] command = golden.get(i++).split(" ");
      List<String> arguments = new ArrayList<>(List.of("wer-bootci", command[1]));
      for (int argument = 2; argument < command.length; argument++) {
        arguments.add("ark:" + file(command[argument].substring("ark:".length())));
      }
      CommandResult result = CommandResult.of(arguments.toArray(new String[0]));
      assertThat(result.status()).isZero();
      for (String line : result.output().split("\n")) {
        assertSameButForNoise(line, golden.get(i++));
      }
    }
  }

  private static void assertSameButForNoise(String actual, String expected) {
    assertThat(NUMBER.matcher(actual).replaceAll("N"))
        .isEqualTo(NUMBER.matcher(expected).replaceAll("N"));
    Matcher ours = NUMBER.matcher(actual);
    Matcher kaldis = NUMBER.matcher(expected);
    while (ours.find() && kaldis.find()) {
      // A probability of 0.976 has a standard deviation of 0.15 % over 10 000 draws.
      double tolerance = actual.startsWith("Probability") ? 0.9 : NOISE;
      assertThat(Double.parseDouble(ours.group()))
          .isCloseTo(Double.parseDouble(kaldis.group()), within(tolerance));
    }
  }

  @Test
  void bootci_sameSeed_givesTheSameNumbers() {
    String[] arguments = {"wer-bootci", "--replications=100", file("ref.txt"), file("hyp2.txt")};
    String first = CommandResult.of(arguments).output();
    assertThat(CommandResult.of(arguments).output()).isEqualTo(first);
    String[] other = arguments.clone();
    other[1] = "--replications=101";
    assertThat(CommandResult.of(other).output()).isNotEqualTo(first);
  }

  @Test
  void bootci_missingHypothesis_isRefusedByDefault() {
    CommandResult result =
        CommandResult.of("wer-bootci", file("ref.txt"), file("hyp2.txt"), file("hyp.txt"));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).isEmpty();
    assertThat(result.messages()).contains("no hypothesis for key fjlp-an418-fjlp-b");
  }

  @Test
  void bootci_badArguments_areNamed() {
    CommandResult none =
        CommandResult.of("wer-bootci", "--replications=0", file("ref.txt"), file("ref.txt"));
    assertThat(none.messages()).contains("--replications must be 1 or more, not 0");
    CommandResult threeSystems =
        CommandResult.of("wer-bootci", file("ref.txt"), "a.txt", "b.txt", "c.txt");
    assertThat(threeSystems.status()).isEqualTo(1);
    assertThat(threeSystems.messages()).contains("c.txt");
  }
}
