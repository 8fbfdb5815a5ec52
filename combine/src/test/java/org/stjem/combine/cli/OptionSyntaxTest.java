package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
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
    List<String> names =
        names(
            command, option -> !option.usageHelp() && isOne(option, Boolean.class, boolean.class));
    for (Map.Entry<String, Boolean> value : BOOLEANS.entrySet()) {
      ParseResult result = parse(command, names, value.getKey());
      for (String name : names) {
        assertThat(result.<Boolean>matchedOptionValue(name, null))
            .as(name + value.getKey())
            .isEqualTo(value.getValue());
      }
    }
    assertThat(faults(parse(command, names, "=yes")))
        .filteredOn(fault -> fault.contains("'yes' must be true, t, 1, false, f or 0"))
        .hasSameSizeAs(names);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void numbers_areFinite(Command command) throws IOException {
    for (String value : List.of("NaN", "Infinity", "-Infinity")) {
      List<String> names =
          names(
              command,
              option ->
                  isOne(option, Double.class, double.class, Float.class, float.class)
                      && !(value.equals("Infinity")
                          && MAY_BE_INFINITE.contains(option.longestName())));
      assertThat(faults(parse(command, names, "=" + value)))
          .as(names.toString())
          .filteredOn(fault -> fault.contains("'" + value + "' must be a finite number"))
          .hasSameSizeAs(names);
    }
  }

  private static List<String> names(Command command, Predicate<OptionSpec> wanted) {
    return lenient(command).getCommandSpec().options().stream()
        .filter(wanted)
        .map(OptionSpec::longestName)
        .toList();
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

  /** Reads options of one value out of a configuration file, or what is wrong with them. */
  private ParseResult parse(Command command, List<String> names, String value) throws IOException {
    List<String> lines = names.stream().map(name -> name + value + " # of a test").toList();
    Path config = Files.write(folder.resolve("config"), lines);
    List<String> arguments =
        lines.isEmpty() ? List.of() : KaldiOptions.normalise(List.of("--config=" + config));
    return lenient(command).parseArgs(arguments.toArray(new String[0]));
  }

  private static List<String> faults(ParseResult result) {
    return result.errors().stream().map(Exception::getMessage).toList();
  }
}
