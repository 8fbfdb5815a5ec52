package org.stjem.imagebench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stjem.frontend.cli.Command;
import org.stjem.frontend.options.KaldiOptions;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Kaldi's syntax in every option of every command. */
class OptionSyntaxTest {
  private static List<Command> commands() {
    return Main.COMMANDS;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void options_takeKaldisWordsAndFiniteNumbers(Command command) {
    CommandLine line = KaldiOptions.parser(command.factory().get());
    // What is missing besides is not asked for here.
    line.getCommandSpec().parser().collectErrors(true);
    for (OptionSpec option : line.getCommandSpec().options()) {
      String name = option.longestName();
      if (List.of(boolean.class, Boolean.class).contains(option.type()) && !option.usageHelp()) {
        Map.of("", true, "=t", true, "=1", true, "=F", false, "=0", false)
            .forEach(
                (text, value) ->
                    assertThat(line.parseArgs(name + text).<Boolean>matchedOptionValue(name, null))
                        .as(name + text)
                        .isEqualTo(value));
      } else if (List.of(double.class, Double.class, float.class).contains(option.type())) {
        for (String value : List.of("NaN", "Infinity", "-Infinity")) {
          assertThat(faults(line.parseArgs(name + "=" + value)))
              .anyMatch(fault -> fault.contains("'" + value + "' must be a finite number"));
        }
      }
    }
  }

  private static List<String> faults(ParseResult result) {
    return result.errors().stream().map(Exception::getMessage).toList();
  }
}
