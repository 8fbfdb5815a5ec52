package org.stjem.frontend.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Words as util/parse-options.cc takes them, tried with Kaldi's compute-fbank-feats. */
class KaldiOptionsTest {
  @TempDir Path folder;

  @CommandLine.Command
  private static final class Options {
    @Option(names = "--use-energy", arity = "0..1", fallbackValue = "true")
    private boolean useEnergy;

    @Option(names = "--snip-edges", arity = "0..1", fallbackValue = "true")
    private Boolean snipEdges;

    @Option(names = "--low-freq")
    private float lowFreq = 20;

    @Option(names = "--scale")
    private Double scale;

    @Option(names = "--weights", split = ",")
    private double[] weights;
  }

  private static Options parse(String... arguments) {
    Options options = new Options();
    KaldiOptions.parser(options)
        .parseArgs(KaldiOptions.normalise(List.of(arguments)).toArray(new String[0]));
    return options;
  }

  @ParameterizedTest
  @CsvSource({
    "true, true", "TRUE, true", "t, true", "T, true", "1, true",
    "false, false", "False, false", "f, false", "F, false", "0, false"
  })
  void booleans_takeKaldisWords(String text, boolean value) {
    Options options = parse("--use_energy=" + text, "--snip-edges=" + text);
    assertThat(options.useEnergy).isEqualTo(value);
    assertThat(options.snipEdges).isEqualTo(value);
  }

  @Test
  void booleans_withoutAValue_areTrue() {
    assertThat(parse("--use-energy").useEnergy).isTrue();
    assertThat(parse("--use-energy=f", "--use-energy").useEnergy).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "01", "2", "truely"})
  void booleans_ofOtherWords_areRefused(String text) {
    assertThatThrownBy(() -> parse("--use-energy=" + text))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("'--use-energy'")
        .hasMessageContaining("'" + text + "' must be true, t, 1, false, f or 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "-Infinity", "1e999", "x", ""})
  void numbers_thatAreNotFinite_areRefused(String text) {
    for (String name : List.of("--low-freq", "--scale", "--weights")) {
      assertThatThrownBy(() -> parse(name + "=" + text))
          .isInstanceOf(CommandLine.ParameterException.class)
          .hasMessageContaining(name)
          .hasMessageContaining("'" + text + "' must be a finite number");
    }
    assertThatThrownBy(() -> parse("--low-freq=1e39"))
        .hasMessageContaining("'1e39' is beyond the largest number here");
  }

  @Test
  void numbers_keepTheirDigits() {
    assertThat(parse("--low-freq=0.1").lowFreq).isEqualTo(0.1f);
    assertThat(parse("--scale=1e-300").scale).isEqualTo(1e-300);
    assertThat(parse("--weights=1,.5").weights).containsExactly(1, 0.5);
  }

  @Test
  void configuration_comesFirst_andTheCommandLineWins() throws IOException {
    Path config = folder.resolve("fbank.conf");
    Files.writeString(
        config, "# of the site\n\n--use_energy   # bare\n  --snip-edges=f\n--low-freq=40 # Hz\n");
    Options options = parse("--low-freq=60", "--config=" + config);
    assertThat(options.useEnergy).isTrue();
    assertThat(options.snipEdges).isFalse();
    assertThat(options.lowFreq).isEqualTo(60);
  }

  @Test
  void configuration_ofOtherLines_isRefusedByLine() throws IOException {
    Path config = Files.writeString(folder.resolve("bad.conf"), "--use-energy\nsnip-edges=f\n");
    assertThatThrownBy(() -> parse("--config=" + config))
        .isInstanceOf(StjemException.class)
        .hasMessage("--config: " + config + " line 2: expected --name=value, found snip-edges=f");
    assertThatThrownBy(() -> parse("--config=none.conf"))
        .isInstanceOf(StjemException.class)
        .hasMessage("--config: there is no file none.conf");
  }

  @Test
  void floats_areNotRoundedTwice() {
    // Halfway between two floats but for digits that a double does not keep.
    assertThat(parse("--low-freq=1.00000017881393432617187499").lowFreq).isEqualTo(1.0000001f);
  }
}
