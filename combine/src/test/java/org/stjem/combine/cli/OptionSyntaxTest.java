package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stjem.frontend.cli.Command;
import org.stjem.frontend.options.KaldiOptions;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Kaldi's syntax in every option of every command of the three modules of speech, on command lines
 * and in configuration files.
 */
class OptionSyntaxTest {
  private static final Map<String, Boolean> BOOLEANS =
      Map.of("", true, "=t", true, "=1", true, "=True", true, "=F", false, "=0", false);

  /** Noise may be without power. */
  private static final Set<String> MAY_BE_INFINITE = Set.of("--snr");

  @TempDir Path folder;

  private static Stream<Command> commands() {
    return Stream.of(
            org.stjem.frontend.cli.Main.COMMANDS,
            org.stjem.acoustic.cli.Main.COMMANDS,
            Main.COMMANDS)
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void booleans_takeKaldisWords(Command command) throws IOException {
    CommandLine line = lenient(command);
    for (OptionSpec option : line.getCommandSpec().options()) {
      if (!option.usageHelp() && isOne(option, Boolean.class, boolean.class)) {
        String name = option.longestName();
        for (Map.Entry<String, Boolean> value : BOOLEANS.entrySet()) {
          assertThat(parse(line, name + value.getKey()).<Boolean>matchedOptionValue(name, null))
              .as(name + value.getKey())
              .isEqualTo(value.getValue());
        }
        assertThat(faults(parse(line, name + "=yes")))
            .anyMatch(fault -> fault.contains("'yes' must be true, t, 1, false, f or 0"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void numbers_areFinite(Command command) throws IOException {
    CommandLine line = lenient(command);
    for (OptionSpec option : line.getCommandSpec().options()) {
      if (isOne(option, Double.class, double.class, Float.class, float.class)) {
        for (String value : List.of("NaN", "Infinity", "-Infinity")) {
          if (!value.equals("Infinity") || !MAY_BE_INFINITE.contains(option.longestName())) {
            assertThat(faults(parse(line, option.longestName() + "=" + value)))
                .as(option.longestName())
                .anyMatch(fault -> fault.contains("'" + value + "' must be a finite number"));
          }
        }
      }
    }
  }

  /** A parser that does not stop at what is missing. */
  private static CommandLine lenient(Command command) {
    CommandLine line = KaldiOptions.parser(command.factory().get());
    line.getCommandSpec().parser().collectErrors(true);
    return line;
  }

  /** Whether the option, or each of its values, is of one of these types. */
  private static boolean isOne(OptionSpec option, Class<?>... types) {
    return List.of(types).contains(option.auxiliaryTypes()[0])
        || List.of(types).contains(option.type())
        || option.type().isArray() && List.of(types).contains(option.type().getComponentType());
  }

  /** Reads one option out of a configuration file, or what is wrong with it. */
  private ParseResult parse(CommandLine line, String option) throws IOException {
    Path config = Files.writeString(folder.resolve("config"), option + " # of a test\n");
    return line.parseArgs(
        KaldiOptions.normalise(List.of("--config=" + config)).toArray(new String[0]));
  }

  private static List<String> faults(ParseResult result) {
    return result.errors().stream().map(Exception::getMessage).toList();
  }
}
